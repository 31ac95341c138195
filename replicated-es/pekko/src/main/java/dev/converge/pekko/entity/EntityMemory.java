package dev.converge.pekko.entity;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.FoldCheckpoint;
import dev.converge.engine.fold.FoldException;
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.TailNeeded;
import dev.converge.engine.replica.EntityFrontier;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.replica.TailNeededException;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.SyncLimits;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.snapshot.EntityCheckpoint;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LoggedEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An entity's events in the memory of a node: the engine's replica, with where each event stands in
 * the logs and in the journal, and what is parked. Single-threaded, without I/O.
 *
 * <p>Rows come in any order that a journal may have, and more than once: what is known is passed
 * over. They are taken in by the total order, which extends causality.
 *
 * @param <S> the states
 * @param <E> the events
 */
final class EntityMemory<S, E> {
  private static final Logger LOG = LoggerFactory.getLogger(EntityMemory.class);

  /** How many events may wait for what they depend on; in a node none does. */
  private static final int BUFFER = 10_000;

  private final String entity;
  private final ReplicaId self;
  private final Schema<E> schema;
  private final EntityReplica<S, E> replica;
  private final Parked parked = new Parked();
  private Places places;

  private EntityMemory(
      String entity,
      ReplicaId self,
      EntityModel<S, E> model,
      Schema<E> schema,
      EntityCheckpoint<S, E> start) {
    this.entity = entity;
    this.self = self;
    this.schema = schema;
    this.replica =
        new EntityReplica<>(
            self,
            model,
            BUFFER,
            SyncLimits.events(Integer.MAX_VALUE),
            new FoldOptions(entity, false),
            start.fold());
    this.places = new Places(start.fold().vector(), start.covered(), start.position());
  }

  /** Before any event. */
  static <S, E> EntityCheckpoint<S, E> nothing(EntityModel<S, E> model) {
    return new EntityCheckpoint<>(FoldCheckpoint.empty(model), VersionVector.empty(), 0);
  }

  /**
   * An entity from a checkpoint and the rows behind it.
   *
   * @param entity names it in errors
   * @param withoutTail whether to fold an event all the same for which the checkpoint is too new:
   *     an alarm, see {@link EntityReplica#loadWithoutTail}
   * @throws TailNeededException if the checkpoint is too new for one of the rows
   * @throws UnreadableException if a row is not what was written, or one is missing
   */
  static <S, E> EntityMemory<S, E> load(
      String entity,
      ReplicaId self,
      EntityModel<S, E> model,
      Schema<E> schema,
      EntityCheckpoint<S, E> start,
      List<LoggedEvent> rows,
      boolean withoutTail) {
    EntityMemory<S, E> memory = new EntityMemory<>(entity, self, model, schema, start);
    List<Schema.Read<E>> fresh = memory.sorted(rows);
    List<ReplicatedEvent<E>> events = memory.known(fresh);
    try {
      if (withoutTail) {
        memory.replica.loadWithoutTail(events);
      } else {
        memory.replica.load(events);
      }
    } catch (TailNeededException e) {
      throw e;
    } catch (IllegalStateException e) {
      throw new UnreadableException(
          "the journal of " + entity + " is not whole: " + e.getMessage(), e);
    }
    memory.place(fresh);
    return memory;
  }

  /**
   * Rows that are not known yet, read, in the total order; of what is known, its place is noted.
   */
  private List<Schema.Read<E>> sorted(List<LoggedEvent> rows) {
    List<Schema.Read<E>> fresh = new ArrayList<>(rows.size());
    for (LoggedEvent row : rows) {
      if (places.knows(row.origin(), row.lsn(), row.position(), self)) {
        continue;
      }
      Schema.Read<E> read = schema.read(entity, row);
      Dot dot = read.record().dot();
      if (replica.vector().contains(dot)) {
        places.learned(dot, row.lsn(), row.position());
        warnIfOther(read);
      } else {
        fresh.add(read);
      }
    }
    fresh.sort(Comparator.comparing(read -> read.record(), EntityMemory::byTime));
    for (int i = fresh.size() - 1; i > 0; i--) {
      if (fresh.get(i).record().dot().equals(fresh.get(i - 1).record().dot())) {
        fresh.remove(i);
      }
    }
    return fresh;
  }

  private static int byTime(EventRecord a, EventRecord b) {
    int byTime = a.time().compareTo(b.time());
    return byTime != 0 ? byTime : a.dot().compareTo(b.dot());
  }

  private void warnIfOther(Schema.Read<E> read) {
    Dot dot = read.record().dot();
    try {
      replica
          .eventByDot(dot)
          .filter(held -> !Arrays.equals(held.event().hash().bytes(), read.record().hash()))
          .ifPresent(
              held ->
                  LOG.error(
                      "two events of {} have the dot {}: {} is kept, the one in {} is passed over",
                      entity,
                      dot,
                      held.event(),
                      read.row().where()));
    } catch (FoldException e) {
      LOG.debug("nothing can be compared, as {} cannot be folded", entity, e);
    }
  }

  /** Those that can be folded; the others are parked. */
  private List<ReplicatedEvent<E>> known(List<Schema.Read<E>> fresh) {
    List<ReplicatedEvent<E>> events = new ArrayList<>(fresh.size());
    for (Schema.Read<E> read : fresh) {
      ReplicatedEvent<E> event = read.event();
      if (event == null || parked.isBefore(read.record())) {
        parked.add(read.record().dot(), read.record().time(), read.row().position());
      } else {
        events.add(event);
      }
    }
    return events;
  }

  private void place(List<Schema.Read<E>> fresh) {
    for (Schema.Read<E> read : fresh) {
      Dot dot = read.record().dot();
      if (parked.contains(dot)) {
        places.passed(read.row().position());
      } else {
        places.add(dot, read.record().time(), read.row().lsn(), read.row().position());
      }
    }
  }

  /**
   * Takes in rows that were committed.
   *
   * @return null, or what an older checkpoint must serve: {@link #restore}, then take them again
   * @throws UnreadableException if a row is not what was written, or one is missing
   */
  @Nullable TailNeeded take(List<LoggedEvent> rows) {
    List<Schema.Read<E>> fresh = sorted(rows);
    if (fresh.isEmpty()) {
      return null;
    }
    List<ReplicatedEvent<E>> events = known(fresh);
    AdmitResult<E> result = replica.admit(events);
    if (result.tailNeeded() != null) {
      return result.tailNeeded();
    }
    if (!result.refused().isEmpty()) {
      throw new UnreadableException(
          "the journal of " + entity + " is not whole: " + result.refused().get(0).detail(), null);
    }
    if (!result.waiting().isEmpty()) {
      throw new UnreadableException(
          "the journal of "
              + entity
              + " is not whole: event "
              + result.waiting().get(0)
              + " follows "
              + replica.gaps()
              + ", which no row has",
          null);
    }
    replica.applied(result.toPersist());
    place(fresh);
    return null;
  }

  /** Takes in rows although what an event of them may meet is gone for good: an alarm. */
  void takeWithoutTail(List<LoggedEvent> rows) {
    List<Schema.Read<E>> fresh = sorted(rows);
    replica.applied(replica.admitWithoutTail(known(fresh)).toPersist());
    place(fresh);
  }

  /** Own events are minted and applied; where they stand is to be {@linkplain #take told}. */
  void minted(List<ReplicatedEvent<E>> events) {
    replica.applied(events);
    events.forEach(event -> places.add(event.dot(), event.time(), 0, 0));
  }

  /**
   * Takes events into memory again.
   *
   * @param rows all behind the checkpoint
   * @throws TailNeededException if an older checkpoint is needed still
   * @throws IllegalArgumentException if rows are missing
   */
  void restore(EntityCheckpoint<S, E> older, List<LoggedEvent> rows) {
    List<Schema.Read<E>> read = new ArrayList<>(rows.size());
    rows.forEach(row -> read.add(schema.read(entity, row)));
    List<ReplicatedEvent<E>> events = new ArrayList<>(read.size());
    for (Schema.Read<E> one : read) {
      ReplicatedEvent<E> event = one.event();
      if (event != null && replica.vector().contains(event.dot())) {
        events.add(event);
      }
    }
    replica.restore(older.fold(), events);
    Places longer = new Places(older.fold().vector(), older.covered(), older.position());
    read.sort(Comparator.comparing(one -> one.record(), EntityMemory::byTime));
    for (Schema.Read<E> one : read) {
      Dot dot = one.record().dot();
      if (replica.vector().contains(dot) && !older.fold().vector().contains(dot)) {
        longer.add(dot, one.record().time(), one.row().lsn(), one.row().position());
      } else {
        longer.passed(one.row().position());
      }
    }
    places = longer;
  }

  /**
   * Takes note of how far all replicas are.
   *
   * @param ownHold own events behind this LSN stay in memory whatever the frontier says
   * @return the events that have become final, with their outcome
   */
  List<Folded<E>> advance(Frontier frontier, long ownHold) {
    HybridTimestamp finalTime = parked.heldBack(frontier.finalTime());
    VersionVector stable = capped(frontier.stable(), ownHold);
    List<Folded<E>> finals =
        replica.advance(
            new EntityFrontier(
                finalTime, places.stableUpTo(stable), places.dotsUpTo(frontier.floor())));
    places.release(replica.fold().releasedVector());
    return finals;
  }

  private VersionVector capped(VersionVector stable, long ownHold) {
    if (stable.get(self) <= ownHold) {
      return stable;
    }
    VersionVector[] capped = {VersionVector.empty().with(self, ownHold)};
    stable.forEach(
        (origin, lsn) -> capped[0] = origin.equals(self) ? capped[0] : capped[0].with(origin, lsn));
    return capped[0];
  }

  /** What has left memory; every row that it does not cover is behind its position. */
  EntityCheckpoint<S, E> checkpoint() {
    long position = places.startPosition();
    if (!parked.isEmpty()) {
      position = Math.min(position, Math.max(0, parked.firstPosition() - 1));
    }
    return new EntityCheckpoint<>(replica.checkpoint(), places.covered(), position);
  }

  EntityReplica<S, E> replica() {
    return replica;
  }

  Places places() {
    return places;
  }

  Parked parked() {
    return parked;
  }
}
