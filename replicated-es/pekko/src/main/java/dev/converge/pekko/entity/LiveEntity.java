package dev.converge.pekko.entity;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ContentHash;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.Refusal;
import dev.converge.engine.sync.SyncBatch;
import dev.converge.engine.sync.SyncLimits;
import dev.converge.pekko.CommandRefusedException;
import dev.converge.pekko.Effect;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.ReplicatedEntity;
import dev.converge.pekko.SessionToken;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.WireException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An entity in memory: the engine's replica, the user's entity, and the bytes of every event.
 * Translates between them; the actor around it stores and sends. Single-threaded.
 */
final class LiveEntity<C, E, S> {
  /** How many events may wait for what they depend on; more are refused and asked for again. */
  private static final int BUFFER = 10_000;

  /** The largest batch that is taken in, and, in events, the largest that is sent. */
  private static final int BATCH_EVENTS = 500;

  private static final long BATCH_BYTES = 256L * 1024;

  private final EntityType<C, E, S> type;
  private final String id;
  private final ReplicatedEntity<C, E, S> entity;
  private final NodeClock clock;
  private final EntityReplica<S, E> replica;
  private final SyncLimits<E> sending;

  /** The bytes of what is held, in flight or waiting. */
  private final Map<Dot, EventRecord> records = new HashMap<>();

  /** What the journal gave and is not folded yet. */
  private List<EventRecord> replayed = new ArrayList<>();

  LiveEntity(EntityType<C, E, S> type, String id, ReplicaId self, NodeClock clock) {
    this.type = type;
    this.id = id;
    this.clock = clock;
    this.entity = type.factory().apply(id);
    this.sending = new SyncLimits<>(BATCH_EVENTS, BATCH_BYTES, this::size);
    this.replica =
        new EntityReplica<>(self, entity.model(), BUFFER, SyncLimits.events(BATCH_EVENTS * 4));
  }

  private long size(ReplicatedEvent<E> event) {
    EventRecord record = records.get(event.dot());
    return record == null ? 0 : record.payload().length + 200L;
  }

  /** One event from the journal, while it is replayed. */
  void replay(EventRecord record) {
    replayed.add(record);
  }

  /** The journal is at its end: everything is folded, once. */
  void replayEnded() {
    List<ReplicatedEvent<E>> events = new ArrayList<>(replayed.size());
    for (EventRecord record : replayed) {
      records.put(record.dot(), record);
      events.add(decoded(record));
    }
    replayed = new ArrayList<>();
    replica.load(events);
    clock.observe(replica.latestTime());
  }

  /**
   * Decides a command, and takes its events in: the next one is decided on the state with them, and
   * they are stored together. If they cannot be stored, this object is to be thrown away.
   *
   * @return the new events, to be stored in this order; empty if there is nothing to do
   * @throws CommandRefusedException if the entity refuses
   */
  List<EventRecord> run(C command) {
    Effect<E> effect;
    try {
      effect = entity.onCommand(replica.state(), command);
    } catch (IllegalArgumentException e) {
      throw new CommandRefusedException(String.valueOf(e.getMessage()));
    }
    if (effect instanceof Effect.Refuse<E> refusal) {
      throw new CommandRefusedException(refusal.reason());
    }
    List<ReplicatedEvent<E>> events = new ArrayList<>();
    if (effect instanceof Effect.Persist<E> persist) {
      // All bytes first: an event that cannot be encoded must leave nothing minted behind.
      List<byte[]> payloads = persist.events().stream().map(type.events()::encode).toList();
      clock.observe(replica.latestTime());
      for (int i = 0; i < payloads.size(); i++) {
        byte[] payload = payloads.get(i);
        ReplicatedEvent<E> event =
            replica.mint(
                persist.events().get(i), payload, clock.now(), entity.schemaVersion(), null);
        records.put(event.dot(), record(event, payload));
        events.add(event);
      }
      replica.applied(events);
    }
    return records(events);
  }

  /**
   * Sorts what came from a peer, and takes in what can be: it is to be stored, or this object
   * thrown away.
   *
   * @throws WireException if an event cannot be read or its hash is wrong; nothing is taken in then
   */
  AdmitResult<E> admit(List<byte[]> batch) {
    List<ReplicatedEvent<E>> events = new ArrayList<>(batch.size());
    Map<Dot, EventRecord> fresh = new HashMap<>();
    for (byte[] bytes : batch) {
      EventRecord record = EventRecordCodec.decode(bytes);
      events.add(checked(record));
      fresh.put(record.dot(), record);
    }
    AdmitResult<E> result = replica.admit(events);
    for (Refusal<E> refusal : result.refused()) {
      fresh.remove(refusal.event().dot());
    }
    fresh.forEach(records::putIfAbsent);
    // An event is never refused once it was acknowledged: however far ahead its time, it is taken
    // in.
    result.toPersist().forEach(event -> clock.observe(event.time()));
    replica.applied(result.toPersist());
    return result;
  }

  /** The stored form of events that are held or in flight. */
  List<EventRecord> records(List<ReplicatedEvent<E>> events) {
    List<EventRecord> found = new ArrayList<>(events.size());
    for (ReplicatedEvent<E> event : events) {
      EventRecord record = records.get(event.dot());
      if (record == null) {
        throw new IllegalStateException("no bytes of event " + event.dot());
      }
      found.add(record);
    }
    return found;
  }

  /** What a replica that holds {@code theirs} lacks, or the first part of it. */
  SyncBatch<E> missingFor(VersionVector theirs) {
    return replica.missingFor(theirs, sending);
  }

  VersionVector vector() {
    return replica.vector();
  }

  EntityAnswer<S> answer() {
    return new EntityAnswer<>(
        id, replica.state(), replica.vector(), false, SessionToken.EMPTY, List.of(), 0);
  }

  HistoryPage<E> history(int from, int limit) {
    return replica.history(from, limit);
  }

  private ReplicatedEvent<E> checked(EventRecord record) {
    ReplicatedEvent<E> event = decoded(record);
    if (!event.hasContent(record.payload())) {
      throw new WireException(
          "event " + record.dot() + " does not match its hash; it was damaged on its way", null);
    }
    return event;
  }

  private ReplicatedEvent<E> decoded(EventRecord record) {
    try {
      return new ReplicatedEvent<>(
          record.dot(),
          record.time(),
          record.context(),
          record.schemaVersion(),
          record.originId() == null ? null : new OriginId(record.originId()),
          ContentHash.ofBytes(record.hash()),
          type.events().decode(record.payload()));
    } catch (IllegalArgumentException e) {
      throw new WireException("event " + record.dot() + " makes no sense: " + e.getMessage(), e);
    }
  }

  private static EventRecord record(ReplicatedEvent<?> event, byte[] payload) {
    OriginId originId = event.originId();
    return new EventRecord(
        event.dot(),
        event.time(),
        event.context(),
        event.schemaVersion(),
        originId == null ? null : originId.value(),
        event.hash().bytes(),
        payload);
  }
}
