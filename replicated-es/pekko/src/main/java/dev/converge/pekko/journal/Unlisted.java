package dev.converge.pekko.journal;

import dev.converge.crdt.clock.Dot;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Rows of other replicas whose places in their logs are not known: those that were carried over
 * from an older journal. When the row of such an event comes with its log, it gets its place there;
 * it is not stored twice. Empty once all logs have come. Not thread-safe: the thread that commits
 * has it.
 */
final class Unlisted {
  private final Map<String, Map<Dot, Known>> byKey = new HashMap<>();

  @SuppressWarnings("ArrayRecordComponent") // compared by its own method alone
  private record Known(long position, byte[] hash) {}

  void add(String key, Dot dot, long position, byte[] contentHash) {
    byKey.computeIfAbsent(key, k -> new HashMap<>()).put(dot, new Known(position, contentHash));
  }

  boolean isEmpty() {
    return byKey.isEmpty();
  }

  /**
   * The position of the row that is there already; 0 if there is none, or if its content is another
   * (then both are kept, and the entity reports them).
   */
  long positionOf(String key, Dot dot, byte[] contentHash) {
    Known known = byKey.getOrDefault(key, Map.of()).get(dot);
    return known != null && Arrays.equals(known.hash(), contentHash) ? known.position() : 0;
  }

  /** The row has its place now. */
  void remove(String key, Dot dot) {
    Map<Dot, Known> ofKey = byKey.get(key);
    if (ofKey != null && ofKey.remove(dot) != null && ofKey.isEmpty()) {
      byKey.remove(key);
    }
  }
}
