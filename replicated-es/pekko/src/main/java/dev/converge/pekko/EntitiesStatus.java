package dev.converge.pekko;

import java.util.List;
import java.util.Map;

/**
 * How a node's entities are. Entities are named by type and id, {@code type/id}.
 *
 * @param live how many are in memory
 * @param maxLive how many may be
 * @param notSettled of those in memory, how many have events that are not final or not known to be
 *     everywhere
 * @param damaged those that do not answer until they are repaired, with the error
 * @param parked those in memory with events of a newer schema than this node knows, and how many
 * @param differing those whose state was found to differ from a peer's at equal versions, with the
 *     evidence: an alarm
 * @param cameTooLate those in memory with events that came although they are ordered before what
 *     was final, and these: a replica did not keep its promise
 * @param hooksWaiting how many own events wait for their finality, or for their hook
 * @param hookFailures the events whose hook failed last time, with the error
 */
public record EntitiesStatus(
    int live,
    int maxLive,
    int notSettled,
    Map<String, String> damaged,
    Map<String, Long> parked,
    Map<String, String> differing,
    Map<String, List<String>> cameTooLate,
    long hooksWaiting,
    Map<String, String> hookFailures) {
  /** Copies the maps. */
  public EntitiesStatus {
    damaged = Map.copyOf(damaged);
    parked = Map.copyOf(parked);
    differing = Map.copyOf(differing);
    cameTooLate = Map.copyOf(cameTooLate);
    hookFailures = Map.copyOf(hookFailures);
  }
}
