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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which events count for each request: those of the execution that has the first in the total
 * order, and of the first execution after that one is no longer remembered.
 */
final class OriginIndex<S, E> {
  private final long remembered;
  private final Map<OriginId, Uses<S, E>> byRequest = new HashMap<>();

  /** What has left memory and counted, in the total order. */
  private final ArrayDeque<CountedRequest> released = new ArrayDeque<>();

  /**
   * An empty index.
   *
   * @param remembered for how many milliseconds of event time a request is remembered
   */
  OriginIndex(long remembered) {
    this.remembered = remembered;
  }

  /** The events of one request. */
  private static final class Uses<S, E> {
    /** The last execution of which something that counted has left memory, as far as that went. */
    @Nullable Execution released;

    /** The last execution that counts; null while there is no entry, as it is that above then. */
    @Nullable Execution last;

    /** In memory, sorted in the total order. */
    final List<Entry<S, E>> entries = new ArrayList<>(1);
  }

  /** An execution that counts. Requests with one event, most of them, need no map. */
  private static final class Execution {
    private final CountedRequest first;
    private @Nullable Map<Integer, Dot> others;

    Execution(CountedRequest first) {
      this.first = first;
    }

    Execution copy() {
      Execution copy = new Execution(first);
      copy.others = others == null ? null : new HashMap<>(others);
      return copy;
    }

    boolean has(OriginId id) {
      return id.execution().equals(first.id().execution());
    }

    /** The event with this number, or null. */
    @Nullable Dot event(int number) {
      if (number == first.id().number()) {
        return first.dot();
      }
      return others == null ? null : others.get(number);
    }

    /** Takes in an event; gives the one that counts in its place, or null if it counts. */
    @Nullable Dot take(OriginId id, Dot dot) {
      if (!has(id)) {
        return first.dot();
      }
      Dot before = event(id.number());
      if (before == null) {
        others = others == null ? new HashMap<>() : others;
        others.put(id.number(), dot);
      }
      return before;
    }
  }

  /**
   * Takes in an entry; gives those that counted so far and no longer do, or count as another. O(1)
   * behind all others of its request, else O(events of the request).
   */
  List<Entry<S, E>> add(Entry<S, E> entry) {
    OriginId id = entry.event.originId();
    if (id == null) {
      return List.of();
    }
    Uses<S, E> uses = byRequest.computeIfAbsent(id.request(), o -> new Uses<>());
    int at = -Collections.binarySearch(uses.entries, entry) - 1;
    uses.entries.add(at, entry);
    if (at == uses.entries.size() - 1) {
      uses.last = next(uses.last == null ? start(uses) : uses.last, entry, id);
      return List.of();
    }
    List<Entry<S, E>> changed = new ArrayList<>();
    Execution execution = start(uses);
    for (Entry<S, E> other : uses.entries) {
      Dot before = other.insteadOf;
      execution = next(execution, other, Objects.requireNonNull(other.event.originId()));
      if (other != entry && !Objects.equals(before, other.insteadOf)) {
        changed.add(other);
      }
    }
    uses.last = execution;
    return changed;
  }

  /** The execution that counts before the first entry, to go on with. */
  private static @Nullable Execution start(Uses<?, ?> uses) {
    return uses.released == null ? null : uses.released.copy();
  }

  /** Decides about the next entry; gives the execution that counts after it. */
  private Execution next(@Nullable Execution before, Entry<S, E> entry, OriginId id) {
    HybridTimestamp time = entry.event.time();
    Dot dot = entry.event.dot();
    if (before == null || !remembers(remembered, before.first.time(), time)) {
      entry.insteadOf = null;
      return new Execution(new CountedRequest(id, dot, time));
    }
    entry.insteadOf = before.take(id, dot);
    return before;
  }

  /**
   * The event that counts for a request, the last if there are several; for {@linkplain
   * OriginId#isPart one of several events} that very one, or the first of the execution that counts
   * in place of its own; or null.
   */
  @Nullable Dot last(OriginId id) {
    Uses<S, E> uses = byRequest.get(id.request());
    if (uses == null) {
      return null;
    }
    Execution last = uses.last == null ? uses.released : uses.last;
    if (last == null) {
      return null;
    }
    return id.isPart() && last.has(id) ? last.event(id.number()) : last.first.dot();
  }

  /** Whether a request that counted at one time is known at another, not earlier. */
  static boolean remembers(long remembered, HybridTimestamp counted, HybridTimestamp now) {
    return now.millis() - counted.millis() <= remembered;
  }

  /** An entry leaves memory, the first in the total order. */
  void release(Entry<S, E> entry) {
    OriginId id = entry.event.originId();
    Uses<S, E> uses = id == null ? null : byRequest.get(id.request());
    if (id == null || uses == null) {
      return;
    }
    uses.entries.remove(0);
    if (entry.duplicateOf() == null) {
      leaves(uses, new CountedRequest(id, entry.event.dot(), entry.event.time()));
    }
    if (uses.entries.isEmpty()) {
      uses.last = null;
    }
  }

  /** What has left memory before, in the total order. */
  void remember(CountedRequest counted) {
    leaves(byRequest.computeIfAbsent(counted.id().request(), o -> new Uses<>()), counted);
  }

  private void leaves(Uses<S, E> uses, CountedRequest counted) {
    Execution of = uses.released;
    if (of == null
        || !remembers(remembered, of.first.time(), counted.time())
        || !of.has(counted.id())) {
      uses.released = new Execution(counted);
    } else {
      of.take(counted.id(), counted.dot());
    }
    released.add(counted);
  }

  /** Forgets what no event at or after {@code time} can repeat. O(forgotten). */
  void forget(HybridTimestamp time) {
    for (CountedRequest oldest = released.peek();
        oldest != null && !remembers(remembered, oldest.time(), time);
        oldest = released.peek()) {
      released.remove();
      OriginId request = oldest.id().request();
      Uses<S, E> uses = byRequest.get(request);
      // An execution is known as long as its first event, on every replica.
      if (uses != null && uses.released != null && oldest.equals(uses.released.first)) {
        uses.released = null;
        if (uses.entries.isEmpty()) {
          byRequest.remove(request);
        }
      }
    }
  }

  /** What has left memory and is remembered, in the total order. O(remembered). */
  Collection<CountedRequest> released() {
    return released.stream().filter(this::isKnown).toList();
  }

  private boolean isKnown(CountedRequest counted) {
    Uses<S, E> uses = byRequest.get(counted.id().request());
    return uses != null
        && uses.released != null
        && uses.released.has(counted.id())
        && counted.dot().equals(uses.released.event(counted.id().number()));
  }
}
