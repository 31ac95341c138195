package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.event.OriginId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which event counts for each origin id: the first in the total order, and the first after that one
 * is no longer remembered.
 */
final class OriginIndex<S, E> {
  private final long remembered;
  private final Map<OriginId, Uses<S, E>> byOrigin = new HashMap<>();

  /** Those of {@link Uses#released}, and older ones, in the total order. */
  private final ArrayDeque<CountedRequest> released = new ArrayDeque<>();

  /**
   * An empty index.
   *
   * @param remembered for how many milliseconds of event time an id is remembered
   */
  OriginIndex(long remembered) {
    this.remembered = remembered;
  }

  /** The events with one origin id. */
  private static final class Uses<S, E> {
    /** The last that counted, if it has left memory. */
    @Nullable CountedRequest released;

    /** In memory, sorted in the total order. */
    final List<Entry<S, E>> entries = new ArrayList<>(1);
  }

  /** Takes in an entry; gives those that counted so far and no longer do, or count as another. */
  List<Entry<S, E>> add(Entry<S, E> entry) {
    OriginId id = entry.event.originId();
    if (id == null) {
      return List.of();
    }
    List<Entry<S, E>> entries = byOrigin.computeIfAbsent(id, o -> new Uses<>()).entries;
    int at = -Collections.binarySearch(entries, entry) - 1;
    entries.add(at, entry);
    // SUBTLE: with ids forgotten after a time, also those behind the next that counts may change.
    return insteadOf(entry) == null
        ? List.copyOf(entries.subList(at + 1, entries.size()))
        : List.of();
  }

  /** The event that counts for a request, the last if there are several, or null. */
  @Nullable Dot last(OriginId id) {
    Uses<S, E> uses = byOrigin.get(id);
    return uses == null ? null : counting(uses, Integer.MAX_VALUE);
  }

  /** The event that counts in place of {@code entry}, or null if that is itself. */
  @Nullable Dot insteadOf(Entry<S, E> entry) {
    OriginId id = entry.event.originId();
    Uses<S, E> uses = id == null ? null : byOrigin.get(id);
    if (uses == null) {
      return null;
    }
    Dot counts = counting(uses, Collections.binarySearch(uses.entries, entry));
    return entry.event.dot().equals(counts) ? null : counts;
  }

  /** The event that counts for the one at a position. O(counting · log n). */
  private @Nullable Dot counting(Uses<S, E> uses, int position) {
    CountedRequest before = uses.released;
    Dot counts = before == null ? null : before.dot();
    int next = before == null ? 0 : firstForgetting(before.time(), uses.entries);
    while (next <= position && next < uses.entries.size()) {
      Entry<S, E> entry = uses.entries.get(next);
      counts = entry.event.dot();
      next = firstForgetting(entry.event.time(), uses.entries);
    }
    return counts;
  }

  /** The position of the first entry at whose time one at {@code time} is forgotten. */
  private int firstForgetting(HybridTimestamp time, List<Entry<S, E>> entries) {
    int low = 0;
    int high = entries.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (remembers(remembered, time, entries.get(middle).event.time())) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Whether a request that counted at one time is known at another, not earlier. */
  static boolean remembers(long remembered, HybridTimestamp counted, HybridTimestamp now) {
    return now.millis() - counted.millis() <= remembered;
  }

  /** An entry leaves memory, the first in the total order. */
  void release(Entry<S, E> entry) {
    OriginId id = entry.event.originId();
    Uses<S, E> uses = id == null ? null : byOrigin.get(id);
    if (id == null || uses == null) {
      return;
    }
    uses.entries.remove(0);
    if (entry.duplicateOf() == null) {
      remember(new CountedRequest(id, entry.event.dot(), entry.event.time()));
    }
  }

  /** What has left memory before, in the total order. */
  void remember(CountedRequest counted) {
    byOrigin.computeIfAbsent(counted.id(), o -> new Uses<>()).released = counted;
    released.add(counted);
  }

  /** Forgets what no event at or after {@code time} can repeat. O(forgotten). */
  void forget(HybridTimestamp time) {
    for (CountedRequest oldest = released.peek();
        oldest != null && !remembers(remembered, oldest.time(), time);
        oldest = released.peek()) {
      released.remove();
      Uses<S, E> uses = byOrigin.get(oldest.id());
      if (uses != null && oldest.equals(uses.released)) {
        uses.released = null;
        if (uses.entries.isEmpty()) {
          byOrigin.remove(oldest.id());
        }
      }
    }
  }

  /** What has left memory and is remembered, in the total order. */
  Collection<CountedRequest> released() {
    return Collections.unmodifiableCollection(released);
  }
}
