package dev.converge.node.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How a node keeps its entities. Immutable.
 *
 * @param idleTime how long an entity stays in memory that nobody asks
 * @param maxLive how many entities may be in memory; beyond it idle ones leave, and if none is
 *     idle, requests for further ones are refused
 * @param askTimeout how long an answer may take before it is a 503, unless the request says
 *     otherwise
 * @param promiseInterval how long after something that is not final was stored the next promise is
 *     made: the shorter, the sooner events are final, and the more commits there are
 * @param retention how long rows that are final, held by all replicas and covered by a snapshot
 *     stay in the journal, for histories
 * @param archive the folder that rows go to before they leave the journal; empty: they are dropped
 * @param plugins the folder of jars with entity types of the user's own; need not be there
 * @param levels by type, what a request over HTTP asks for that says nothing itself
 */
public record EntitiesConfig(
    Duration idleTime,
    int maxLive,
    Duration askTimeout,
    Duration promiseInterval,
    Duration retention,
    Optional<Path> archive,
    Path plugins,
    Map<String, Levels> levels) {
  /** Copies the levels. */
  public EntitiesConfig {
    levels = Map.copyOf(levels);
  }

  /**
   * The levels of one type.
   *
   * @param write local, majority, or a number of replicas from 1
   * @param read local, majority, or session: of a request that says what it has seen, else local
   */
  public record Levels(String write, String read) {
    /** What the contract of the API says. */
    public static final Levels LOCAL = new Levels("local", "local");
  }

  /** What {@code reference-converge.conf} says. */
  public static final EntitiesConfig DEFAULT =
      new EntitiesConfig(
          Duration.ofMinutes(1),
          100_000,
          Duration.ofSeconds(10),
          Duration.ofMillis(75),
          Duration.ofDays(7),
          Optional.empty(),
          Path.of("plugins"),
          Map.of());

  /** The same with plug-ins elsewhere. */
  public EntitiesConfig withPlugins(Path folder) {
    return new EntitiesConfig(
        idleTime, maxLive, askTimeout, promiseInterval, retention, archive, folder, levels);
  }
}
