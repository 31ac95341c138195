package dev.converge.pekko.migration;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.event.ContentHash;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.EventContext;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.ReplicatedEntity;
import dev.converge.pekko.journal.JournalDatabase;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Writes migrated events as own ones into the database of a node that does not run. Only into
 * entities without a history, or with what an earlier run of the same migration left: their events
 * come after nothing that others have written. Each is applied to the state before it first, so
 * that nothing is stored that its entity cannot take. Single-threaded; blocks on the database.
 *
 * @param <E> events
 * @param <S> states
 */
public final class JournalTarget<E, S> implements MigrationTarget<E> {
  private static final int PAGE = 1_000;

  private final JournalDatabase database;
  private final EntityType<?, E, S> type;
  private final NodeClock clock;
  private @Nullable Entity present;

  /** A target in that database. */
  public JournalTarget(JournalDatabase database, EntityType<?, E, S> type, NodeClock clock) {
    this.database = database;
    this.type = type;
    this.clock = clock;
    clock.observe(database.promise().time());
  }

  /** What is stored of the entity that events are appended to. */
  private final class Entity {
    private final String id;
    private final ReplicatedEntity<?, E, S> code;
    private final EntityModel<S, E> model;
    private final Set<OriginId> counted = new HashSet<>();
    private long sequence;
    private HybridTimestamp latest = HybridTimestamp.ZERO;
    private S state;

    /** Something that no migration has written; null if there is nothing. */
    private @Nullable String foreign;

    Entity(String id) {
      this.id = id;
      this.code = type.factory().apply(id);
      this.model = code.model();
      this.state = model.emptyState();
      read();
    }

    private void read() {
      if (!database.checkpoints(type.key(id)).isEmpty()) {
        foreign = "a checkpoint";
      }
      long position = 0;
      List<LogRow> page = database.entityRows(type.key(id), position, PAGE);
      while (!page.isEmpty()) {
        for (LogRow row : page) {
          position = row.position();
          if (row.entry() instanceof LogEntry.Event event) {
            take(EventRecordCodec.decode(event.encoded()));
          }
        }
        page = database.entityRows(type.key(id), position, PAGE);
      }
    }

    private void take(EventRecord stored) {
      String origin = stored.originId() == null ? "" : stored.originId();
      boolean isMigrated = origin.startsWith(MigratedEvent.NAMED);
      if (isMigrated) {
        counted.add(new OriginId(origin));
      }
      if (isMigrated && stored.dot().replica().equals(database.self())) {
        sequence = stored.dot().sequence();
        latest = latest.max(stored.time());
        if (foreign == null && stored.schemaVersion() == code.schemaVersion()) {
          E event = type.events().decode(stored.payload());
          apply(event(stored, event));
        }
      } else if (foreign == null) {
        foreign = "event " + stored.dot();
      }
    }

    private ReplicatedEvent<E> event(EventRecord stored, E payload) {
      return new ReplicatedEvent<>(
          stored.dot(),
          stored.time(),
          stored.context(),
          stored.schemaVersion(),
          null,
          ContentHash.ofBytes(stored.hash()),
          payload);
    }

    private void apply(ReplicatedEvent<E> event) {
      state =
          model.apply(state, event.payload(), EventContext.of(event, Decision.apply(), List.of()));
    }

    EventRecord next(MigratedEvent<E> migrated) {
      HybridTimestamp floor = latest.max(database.promise().time());
      clock.observe(floor);
      HybridTimestamp time = migrated.time(floor, clock.now());
      Dot dot = Dot.of(database.self(), sequence + 1);
      CausalContext context =
          sequence == 0
              ? CausalContext.empty()
              : CausalContext.of(VersionVector.empty().with(database.self(), sequence));
      int version = code.schemaVersion();
      try {
        byte[] payload = type.events().encode(migrated.event());
        ContentHash hash = ContentHash.of(dot, time, context, version, migrated.request(), payload);
        EventRecord record =
            new EventRecord(
                dot, time, context, version, migrated.request().value(), hash.bytes(), payload);
        apply(event(record, type.events().decode(payload)));
        sequence++;
        latest = time;
        return record;
      } catch (RuntimeException e) {
        present = null; // its state is not what is stored
        throw new MigrationException(
            migrated.request() + " is nothing that entity '" + id + "' can take: " + e, e);
      }
    }
  }

  @Override
  public CompletionStage<Integer> append(String id, List<MigratedEvent<E>> events) {
    Entity entity = present;
    if (entity == null || !entity.id.equals(id)) {
      entity = new Entity(id);
      present = entity;
    }
    List<EventRecord> fresh = new ArrayList<>();
    for (MigratedEvent<E> event : events) {
      if (!entity.counted.contains(event.request())) {
        if (entity.foreign != null) {
          throw new MigrationException(
              "entity '"
                  + id
                  + "' of type '"
                  + type.name()
                  + "' has a history already ("
                  + entity.foreign
                  + "), and old events cannot come before it; migrate into a new cluster, or under"
                  + " another id",
              null);
        }
        fresh.add(entity.next(event));
        entity.counted.add(event.request());
      }
    }
    if (fresh.isEmpty()) {
      return CompletableFuture.completedFuture(0);
    }
    return database
        .write(type.key(id), fresh)
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                present = null; // what is stored is read again
              }
            })
        .thenApply(done -> fresh.size());
  }
}
