package dev.converge.node.store;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which keys of a store are removed when nobody writes them. Immutable.
 *
 * <p>A key is removed when no node has changed it for as long as its rule says. That time is
 * counted by each node on its own steady clock, from when it last saw the key change, by whomever;
 * and only while this node runs and hears from all other nodes that are configured: from one that
 * is away the key may have been written all the time. So a key lives at least as long as its rule
 * says, and longer if a node is away; no wall clock is compared with another.
 *
 * <p>The removal is one of what the node sees: a write that is concurrent with it survives.
 *
 * @param rules the longest prefix that fits a key counts; keys that none fits stay
 * @param peers the names of the other nodes
 */
public record StoreExpiry(List<Rule> rules, Set<String> peers) {
  /** Nothing is removed. */
  public static final StoreExpiry NONE = new StoreExpiry(List.of(), Set.of());

  /** The most rules. */
  public static final int MAX_RULES = 100;

  /**
   * Keys that start with {@code prefix} are removed when they were not written for {@code after}.
   *
   * @param after at least 100 ms
   */
  public record Rule(String prefix, Duration after) {
    /** The shortest time. */
    public static final Duration LEAST = Duration.ofMillis(100);

    /**
     * Checks the time.
     *
     * @throws IllegalArgumentException if it is too short
     */
    public Rule {
      if (after.compareTo(LEAST) < 0) {
        throw new IllegalArgumentException("keys expire after at least 100 ms, not " + after);
      }
    }
  }

  /**
   * Sorts the rules, those with the longest prefix first.
   *
   * @throws IllegalArgumentException if two have one prefix, or there are too many
   */
  public StoreExpiry {
    Set<String> prefixes = new HashSet<>();
    for (Rule rule : rules) {
      if (!prefixes.add(rule.prefix())) {
        throw new IllegalArgumentException("two rules for the prefix '" + rule.prefix() + "'");
      }
    }
    if (rules.size() > MAX_RULES) {
      throw new IllegalArgumentException(
          rules.size() + " rules are more than the " + MAX_RULES + " that are possible");
    }
    rules =
        rules.stream()
            .sorted(Comparator.comparing((Rule rule) -> -rule.prefix().length()))
            .toList();
    peers = Set.copyOf(peers);
  }
}
