package dev.converge.pekko.entity;

import dev.converge.pekko.StateHash;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Picks entities in turn to compare their states between replicas, and keeps what differs. Pure:
 * who asks, and when, is elsewhere. Not thread-safe.
 *
 * <p>Equal versions must have equal states. A difference is an alarm: a handler that is no function
 * of its input, code that differs, damaged memory. It stays until the two are found equal again.
 */
final class StateComparison {
  /** How many differences are kept. */
  private static final int MAX_DIFFERING = 1_000;

  private final Map<String, String> differing = new TreeMap<>();
  private String last = "";

  /** What a comparison came to. */
  enum Outcome {
    /** Equal. */
    EQUAL,
    /** Other events are in the states, or other code wrote them: nothing can be said. */
    NOT_COMPARABLE,
    /** Known to differ already. */
    STILL_DIFFERENT,
    /** An alarm. */
    DIFFERENT
  }

  /**
   * The key to compare next: the first behind the last one.
   *
   * @param page keys behind {@link #after}, sorted; empty to begin again with the next page
   */
  @Nullable String next(List<String> page) {
    if (page.isEmpty()) {
      last = "";
      return null;
    }
    last = page.get(0);
    return last;
  }

  /** Behind which key the next page begins. */
  String after() {
    return last;
  }

  /**
   * Takes note of two hashes of one entity.
   *
   * @param entity as it is shown
   * @param peer whose the other is
   */
  Outcome compared(String entity, StateHash own, String peer, StateHash other) {
    String name = entity + " at " + peer;
    if (own.contradicts(other)) {
      String evidence = "here " + own + ", at " + peer + " " + other;
      boolean known = differing.containsKey(name);
      if (known || differing.size() < MAX_DIFFERING) {
        differing.put(name, evidence);
      }
      return known ? Outcome.STILL_DIFFERENT : Outcome.DIFFERENT;
    }
    if (own.equals(other)) {
      differing.remove(name);
      return Outcome.EQUAL;
    }
    return Outcome.NOT_COMPARABLE;
  }

  /** Entities at peers, with the evidence. */
  Map<String, String> differing() {
    return Map.copyOf(differing);
  }
}
