package dev.converge.engine.fold;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a pure handler may know about the event it applies, beside its payload. The same on every
 * replica that holds the same events. Valid only during the call to {@link EntityModel#apply}; what
 * its methods return may be kept.
 */
public final class EventContext {
  private final ReplicatedEvent<?> event;
  private final Decision<?> decision;
  private @Nullable Supplier<List<Dot>> rivals;
  private @Nullable List<Dot> concurrentWith;

  EventContext(ReplicatedEvent<?> event, Decision<?> decision, Supplier<List<Dot>> rivals) {
    this.event = event;
    this.decision = decision;
    this.rivals = rivals;
  }

  /**
   * A context as the fold would give it: for tests of a handler.
   *
   * @param concurrentWith the answer of {@link #concurrentWith}
   */
  public static EventContext of(
      ReplicatedEvent<?> event, Decision<?> decision, List<Dot> concurrentWith) {
    List<Dot> dots = List.copyOf(concurrentWith);
    return new EventContext(event, decision, () -> dots);
  }

  /** The event's unique name within the entity. */
  public Dot dot() {
    return event.dot();
  }

  /** When the event was made, by its replica's clock. */
  public HybridTimestamp time() {
    return event.time();
  }

  /** The replica that made the event. */
  public ReplicaId replica() {
    return event.replica();
  }

  /** What the event's author had seen. */
  public CausalContext dependencies() {
    return event.context();
  }

  /** The version of the payload's form. */
  public int schemaVersion() {
    return event.schemaVersion();
  }

  /** The name of the request behind the event, the same for all events of a request. */
  public Optional<OriginId> originId() {
    return Optional.ofNullable(event.originId()).map(OriginId::request);
  }

  /** What was decided on the event, with its reason. */
  public Decision<?> decision() {
    return decision;
  }

  /**
   * The earlier, concurrent events that share a conflict key with this one, in dot order.
   * Unmodifiable. Costs O(rivals) at the first call.
   *
   * @throws IllegalStateException if called after {@link EntityModel#apply} has returned
   */
  public List<Dot> concurrentWith() {
    if (concurrentWith == null) {
      if (rivals == null) {
        throw new IllegalStateException(
            "an EventContext is valid only while its event is applied: keep what you need of "
                + dot()
                + "'s, not the context");
      }
      concurrentWith = rivals.get();
    }
    return concurrentWith;
  }

  /** Ends the validity: the fold moves on, and a later look would see other rivals. */
  void close() {
    rivals = null;
  }
}
