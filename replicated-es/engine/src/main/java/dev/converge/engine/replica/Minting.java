package dev.converge.engine.replica;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.causal.CausalBuffer;
import dev.converge.engine.causal.Offered;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.EventContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Own events: the next name, a time later than all there is, and what counts as seen. */
final class Minting<S, E> {
  private final ReplicaId self;
  private final EntityModel<S, E> model;
  private final Held<S, E> held;
  private final CausalBuffer<E> buffer;
  private final InFlight<E> inFlight;

  /** What own events count as seen. */
  private VersionVector ownFloor = VersionVector.empty();

  Minting(
      ReplicaId self,
      EntityModel<S, E> model,
      Held<S, E> held,
      CausalBuffer<E> buffer,
      InFlight<E> inFlight) {
    this.self = self;
    this.model = model;
    this.held = held;
    this.buffer = buffer;
    this.inFlight = inFlight;
  }

  ReplicaId self() {
    return self;
  }

  ReplicatedEvent<E> mint(
      E payload,
      byte[] payloadBytes,
      HybridTimestamp time,
      int schemaVersion,
      @Nullable OriginId originId,
      CausalContext context) {
    if (time.compareTo(latestTime()) <= 0) {
      throw new IllegalArgumentException(
          "an own event at "
              + time
              + " must be later than all that is held, "
              + latestTime()
              + ": let the clock observe latestTime() before it ticks");
    }
    if (!context().covers(context)) {
      throw new IllegalArgumentException(
          "an own event depends on " + context + ", and only " + context() + " is held");
    }
    ReplicatedEvent<E> event =
        ReplicatedEvent.of(
            nextDot(), time, raised(context), schemaVersion, originId, payload, payloadBytes);
    held.requireTail(event);
    if (!(buffer.offer(event) instanceof Offered.Delivered<E> delivered)) {
      throw new AssertionError("an own event has nothing to wait for: " + event.dot());
    }
    inFlight.add(event);
    delivered.events().stream().filter(other -> other != event).forEach(inFlight::addWoken);
    return event;
  }

  boolean needsTail(CausalContext context) {
    return held.lackedBy(raised(context));
  }

  private CausalContext raised(CausalContext context) {
    return context.merge(CausalContext.of(ownFloor));
  }

  void raiseFloor(VersionVector seen) {
    VersionVector vector = held.log().vector();
    if (!vector.covers(seen)) {
      throw new IllegalArgumentException(
          "a floor of " + seen + " cannot be promised, as only " + vector + " is held");
    }
    ownFloor = ownFloor.merge(seen);
  }

  CausalContext context() {
    CausalContext context = CausalContext.of(held.log().vector());
    for (ReplicatedEvent<E> event : inFlight.of(self)) {
      context = context.merge(event.context()).with(event.dot());
    }
    return context;
  }

  Dot nextDot() {
    return buffer.vector().next(self);
  }

  HybridTimestamp latestTime() {
    return inFlight.latestTime(held.log().latestTime());
  }

  S runningState() {
    S state = held.fold().state();
    for (ReplicatedEvent<E> event : inFlight.of(self)) {
      state =
          model.apply(state, event.payload(), EventContext.of(event, Decision.apply(), List.of()));
    }
    return state;
  }
}
