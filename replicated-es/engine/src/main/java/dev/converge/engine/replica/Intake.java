package dev.converge.engine.replica;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.causal.CausalBuffer;
import dev.converge.engine.causal.Offered;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.TailNeeded;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.BatchApplier;
import dev.converge.engine.sync.SyncLimits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** The ways in for events that were minted before: from the journal, and from peers. */
final class Intake<S, E> {
  private final Held<S, E> held;
  private final CausalBuffer<E> buffer;
  private final InFlight<E> inFlight;
  private final BatchApplier<E> applier;

  Intake(Held<S, E> held, CausalBuffer<E> buffer, InFlight<E> inFlight, SyncLimits<E> batchLimits) {
    this.held = held;
    this.buffer = buffer;
    this.inFlight = inFlight;
    this.applier = new BatchApplier<>(buffer, batchLimits);
  }

  void load(Collection<ReplicatedEvent<E>> stored) {
    for (ReplicatedEvent<E> event : stored) {
      if (!held.log().vector().contains(event.dot())) {
        held.requireTailOfStored(event);
      }
    }
    loadWithoutTail(stored);
  }

  void loadWithoutTail(Collection<ReplicatedEvent<E>> stored) {
    List<ReplicatedEvent<E>> events = new ArrayList<>(stored.size());
    for (ReplicatedEvent<E> event : stored) {
      if (held.log().released().contains(event.dot())) {
        continue;
      }
      held.noteIfIgnorant(event);
      Offered<E> offered = buffer.offer(event);
      if (!(offered instanceof Offered.Delivered<E>)) {
        throw new IllegalStateException(
            "event "
                + event.dot()
                + " cannot be replayed after "
                + held.log().vector()
                + ": "
                + offered);
      }
      held.log().add(event);
      events.add(event);
    }
    held.fold().insert(events);
  }

  AdmitResult<E> admit(List<ReplicatedEvent<E>> batch, Predicate<ReplicaId> origins) {
    if (applier.faultsOfWhole(batch).isEmpty()) {
      for (ReplicatedEvent<E> event : batch) {
        if (!buffer.vector().contains(event.dot()) && origins.test(event.replica())) {
          TailNeeded lacked = held.lackedBy(event);
          if (lacked != null) {
            return AdmitResult.tailNeeded(lacked);
          }
        }
      }
    }
    return admitAnyway(batch, origins);
  }

  AdmitResult<E> admitAnyway(List<ReplicatedEvent<E>> batch, Predicate<ReplicaId> origins) {
    AdmitResult<E> result = applier.admit(batch, origins);
    for (ReplicatedEvent<E> event : result.toPersist()) {
      inFlight.add(event);
      held.noteIfIgnorant(event);
    }
    List<ReplicatedEvent<E>> toPersist = inFlight.takeWoken();
    if (toPersist.isEmpty()) {
      return result;
    }
    toPersist.addAll(result.toPersist());
    return new AdmitResult<>(
        toPersist, result.waiting(), result.duplicates(), result.refused(), null);
  }

  void applied(List<ReplicatedEvent<E>> stored) {
    List<ReplicatedEvent<E>> fresh = new ArrayList<>(stored.size());
    for (ReplicatedEvent<E> event : stored) {
      if (inFlight.remove(event.dot())) {
        held.log().add(event);
        fresh.add(event);
      } else if (!held.log().vector().contains(event.dot())) {
        throw new IllegalArgumentException(
            "event " + event.dot() + " was neither minted nor admitted here");
      }
    }
    held.fold().insert(fresh);
  }
}
