package dev.converge.engine.causal;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds back events until all that they depend on has been delivered: every dot of their context,
 * and the dot before their own. Bounded: what finds no room is refused and comes again with the
 * next anti-entropy. An event that need not wait never needs room. Single-threaded, mutable.
 *
 * <p>Each waiting event watches one missing dot and looks again only when that is delivered, so an
 * event costs O(replicas + cloud) each time it looks, at most once per dot it lacks.
 *
 * <p>Invariants: the delivered dots of a replica are contiguous from 1; no waiting dot is
 * delivered; every waiting event stands in exactly one watch list, under a dot not delivered.
 *
 * @param <E> the type of payloads
 */
public class CausalBuffer<E> {
  private final int capacity;
  private final Function<Dot, @Nullable ReplicatedEvent<E>> delivered;
  private VersionVector vector;
  private final SortedMap<Dot, ReplicatedEvent<E>> waiting = new TreeMap<>();
  private final Map<Dot, List<ReplicatedEvent<E>>> watchers = new HashMap<>();

  /**
   * An empty buffer.
   *
   * @param capacity how many events may wait, not negative
   * @param vector what has been delivered already
   * @param delivered finds a delivered event by its dot; null where it is no longer held
   */
  public CausalBuffer(
      int capacity, VersionVector vector, Function<Dot, @Nullable ReplicatedEvent<E>> delivered) {
    if (capacity < 0) {
      throw new IllegalArgumentException("a buffer's capacity is not negative: " + capacity);
    }
    this.capacity = capacity;
    this.vector = vector;
    this.delivered = delivered;
  }

  /** Takes in an event, or says why not. */
  public final Offered<E> offer(ReplicatedEvent<E> event) {
    ReplicatedEvent<E> known =
        vector.contains(event.dot()) ? delivered.apply(event.dot()) : waiting.get(event.dot());
    if (known != null && !known.hash().equals(event.hash())) {
      return new Offered.Contradiction<>(known, event);
    }
    if (known != null || vector.contains(event.dot())) {
      return new Offered.Duplicate<>();
    }
    Dot missing = firstMissing(event);
    if (missing != null) {
      if (waiting.size() >= capacity) {
        return new Offered.Full<>(missing);
      }
      waiting.put(event.dot(), event);
      watch(missing, event);
      return new Offered.Waiting<>(missing);
    }
    ReplicatedEvent<E> cause = causeNotBefore(event, Map.of());
    return cause == null ? deliver(event) : new Offered.Impossible<>(event, cause);
  }

  private Offered.Delivered<E> deliver(ReplicatedEvent<E> first) {
    Map<Dot, ReplicatedEvent<E>> fresh = new HashMap<>();
    List<ReplicatedEvent<E>> events = new ArrayList<>();
    List<Offered.Impossible<E>> impossible = new ArrayList<>();
    ArrayDeque<ReplicatedEvent<E>> ready = new ArrayDeque<>(List.of(first));
    for (ReplicatedEvent<E> event = ready.poll(); event != null; event = ready.poll()) {
      ReplicatedEvent<E> cause = causeNotBefore(event, fresh);
      waiting.remove(event.dot());
      if (cause != null) {
        impossible.add(new Offered.Impossible<>(event, cause));
        continue;
      }
      events.add(event);
      fresh.put(event.dot(), event);
      vector = vector.with(event.replica(), event.dot().sequence());
      List<ReplicatedEvent<E>> woken = watchers.remove(event.dot());
      if (woken != null) {
        for (ReplicatedEvent<E> one : woken) {
          Dot missing = firstMissing(one);
          if (missing == null) {
            ready.add(one);
          } else {
            watch(missing, one);
          }
        }
      }
    }
    return new Offered.Delivered<>(events, impossible);
  }

  private void watch(Dot missing, ReplicatedEvent<E> event) {
    watchers.computeIfAbsent(missing, dot -> new ArrayList<>()).add(event);
  }

  /** A dot that must be delivered before {@code event}, or null if none is missing. */
  @Nullable Dot firstMissing(ReplicatedEvent<E> event) {
    Dot dot = event.dot();
    if (vector.get(dot.replica()) < dot.sequence() - 1) {
      return new Dot(dot.replica(), dot.sequence() - 1);
    }
    return firstMissingCause(event);
  }

  /** A dot of the context that must be delivered before {@code event}, or null. */
  @Nullable Dot firstMissingCause(ReplicatedEvent<E> event) {
    for (Map.Entry<ReplicaId, Long> entry : event.context().vector().entries().entrySet()) {
      if (vector.get(entry.getKey()) < entry.getValue()) {
        return new Dot(entry.getKey(), entry.getValue());
      }
    }
    for (Dot dot : event.context().cloud()) {
      if (!vector.contains(dot)) {
        return dot;
      }
    }
    return null;
  }

  /**
   * An event that {@code event} must follow and whose time is not earlier, or null. As a replica's
   * times grow with its sequence numbers, only the last dots of the context need a look.
   */
  private @Nullable ReplicatedEvent<E> causeNotBefore(
      ReplicatedEvent<E> event, Map<Dot, ReplicatedEvent<E>> fresh) {
    List<Dot> last = new ArrayList<>(event.context().cloud());
    event.context().vector().entries().forEach((replica, seq) -> last.add(new Dot(replica, seq)));
    if (event.dot().sequence() > 1) {
      last.add(new Dot(event.replica(), event.dot().sequence() - 1));
    }
    for (Dot dot : last) {
      ReplicatedEvent<E> cause = fresh.containsKey(dot) ? fresh.get(dot) : delivered.apply(dot);
      if (cause != null && cause.time().compareTo(event.time()) >= 0) {
        return cause;
      }
    }
    return null;
  }

  /** All that has been delivered. */
  public final VersionVector vector() {
    return vector;
  }

  /** How many events wait. */
  public final int size() {
    return waiting.size();
  }

  /** What the authors of the events that wait had seen. */
  public final List<CausalContext> contexts() {
    return waiting.values().stream().map(ReplicatedEvent::context).toList();
  }

  /** The dots of the events that wait, sorted. */
  public final List<Dot> waiting() {
    return List.copyOf(waiting.keySet());
  }

  /** What must come before everything here can be delivered: what to ask for. Sorted. */
  public final List<DotRange> gaps() {
    TreeMap<ReplicaId, Long> needed = new TreeMap<>();
    for (ReplicatedEvent<E> event : waiting.values()) {
      needed.merge(event.replica(), event.dot().sequence(), Math::max);
      event
          .context()
          .vector()
          .entries()
          .forEach((replica, seq) -> needed.merge(replica, seq, Math::max));
      event
          .context()
          .cloud()
          .forEach(dot -> needed.merge(dot.replica(), dot.sequence(), Math::max));
    }
    List<DotRange> gaps = new ArrayList<>();
    needed.forEach(
        (replica, last) -> {
          long next = vector.get(replica) + 1;
          if (next > last) {
            return;
          }
          // Ranges between the waiting dots, not one look per dot: a forged dot may be far away.
          for (Dot held : waiting.subMap(new Dot(replica, next), new Dot(replica, last)).keySet()) {
            if (held.sequence() > next) {
              gaps.add(new DotRange(replica, next, held.sequence() - 1));
            }
            next = held.sequence() + 1;
          }
          if (next <= last && !waiting.containsKey(new Dot(replica, last))) {
            gaps.add(new DotRange(replica, next, last));
          } else if (next < last) {
            gaps.add(new DotRange(replica, next, last - 1));
          }
        });
    return gaps;
  }
}
