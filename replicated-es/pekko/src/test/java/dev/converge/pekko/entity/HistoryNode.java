package dev.converge.pekko.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.NaiveFold;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.replica.TailNeededException;
import dev.converge.pekko.Board;
import dev.converge.pekko.Choice;
import dev.converge.pekko.CommandRefusedException;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.OpenConflict;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.snapshot.CheckpointForm;
import dev.converge.pekko.snapshot.EntityCheckpoint;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.LoggedEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One entity at one node, with a journal in memory: what the actor does, without one. */
final class HistoryNode {
  static final String KEY = Board.TYPE.key("b");

  final ReplicaId self;
  final MemoryLog log;
  final NodeClock clock;
  final Map<ReplicaId, VersionVector> confirmed = new HashMap<>();
  final Map<ReplicaId, Promise> promises = new HashMap<>();

  /** What own events count as seen. */
  VersionVector floor = VersionVector.empty();

  /** Floors that all have announced, each with the ends of the logs at that moment. */
  final Map<VersionVector, VersionVector> announced = new HashMap<>();

  private final Board entity = new Board();
  private final EntityKind<Board.Command, Board.Event, Board.State> kind =
      EntityKind.of(Board.TYPE, entity);
  private final Archive<Board.State, Board.Event> archive;
  LiveEntity<Board.Command, Board.Event, Board.State> live;
  int tailsRead;
  int checkpointsUsed;

  HistoryNode(String name, LongSupplier wallMillis) {
    self = ReplicaId.of(name);
    log = new MemoryLog(self);
    clock = new NodeClock(wallMillis, () -> 0);
    archive = new Archive<>(KEY, kind, log, log);
    live = fresh(archive.load(self));
  }

  private LiveEntity<Board.Command, Board.Event, Board.State> fresh(
      EntityMemory<Board.State, Board.Event> memory) {
    return new LiveEntity<>(kind, "b", entity, memory, clock);
  }

  /** Runs a command as somebody who had seen this much; null for all. */
  void run(Board.Command command, @Nullable VersionVector seen, Random random) {
    write(() -> live.run(command, request(seen)), random);
  }

  void decide(OpenConflict<Board.Event> conflict, Choice<Board.Command> choice, Random random) {
    write(
        () -> {
          try {
            return live.decide(
                conflict.escalation().id(), choice, request(conflict.token().positions()));
          } catch (CommandRefusedException e) {
            return live.run(new Board.Command("x", List.of()), LiveEntity.Request.PLAIN);
          }
        },
        random);
  }

  private LiveEntity.Request request(@Nullable VersionVector seen) {
    return new LiveEntity.Request(null, seen == null ? null : seen.merge(floor));
  }

  private void write(Supplier<Decided<Board.State>> decide, Random random) {
    Decided<Board.State> decided;
    while (true) {
      try {
        decided = decide.get();
        break;
      } catch (TailWantedException e) {
        restore(e.wanted());
      }
    }
    List<LoggedEvent> stored = new ArrayList<>();
    for (EventRecord record : decided.events()) {
      // Rows of other entities lie between.
      long lsn = log.held().get(self) + 1 + random.nextInt(2);
      stored.add(commit(row(self, lsn, log.held(), EventRecordCodec.encode(record))));
    }
    assertThat(live.take(stored)).isNull();
  }

  private static LogRow row(ReplicaId origin, long lsn, VersionVector after, byte[] encoded) {
    return new LogRow(origin, lsn, after, new LogEntry.Event(KEY, encoded), 0);
  }

  private LoggedEvent commit(LogRow row) {
    LogRow placed = log.add(row);
    return LoggedEvent.of(placed, (LogEntry.Event) placed.entry());
  }

  /** Stores some of what another holds, and takes it in. */
  void receive(HistoryNode other, Random random) {
    List<LoggedEvent> stored = new ArrayList<>();
    int most = 1 + random.nextInt(8);
    for (LogRow row : other.log.rows) {
      if (stored.size() < most && row.lsn() > log.held().get(row.origin())) {
        stored.add(commit(row));
      }
    }
    take(stored);
    confirmed.merge(other.self, other.log.held(), VersionVector::merge);
    other.promises.forEach(
        (origin, promise) -> {
          if (log.held().get(origin) >= promise.lsn()) {
            promises.merge(origin, promise, (a, b) -> a.time().compareTo(b.time()) < 0 ? b : a);
          }
        });
  }

  private void take(List<LoggedEvent> rows) {
    TailWanted wanted = live.take(rows);
    while (wanted != null) {
      restore(wanted);
      wanted = live.take(rows);
    }
  }

  private void restore(TailWanted first) {
    tailsRead++;
    for (TailWanted wanted = first; wanted != null; ) {
      Archive.Tail<Board.State, Board.Event> tail = archive.tail(wanted);
      try {
        live.memory().restore(tail.start(), tail.rows());
        wanted = null;
      } catch (TailNeededException e) {
        wanted = new TailWanted(e.needed(), null);
      }
    }
  }

  void promise() {
    promises.put(self, new Promise(log.held().get(self), clock.promisable()));
  }

  void advance(List<HistoryNode> all) {
    HybridTimestamp time = new HybridTimestamp(HybridTimestamp.MAX_MILLIS, 0);
    VersionVector stable = log.held();
    for (HistoryNode one : all) {
      Promise promise = promises.getOrDefault(one.self, new Promise(0, HybridTimestamp.ZERO));
      time = promise.time().compareTo(time) < 0 ? promise.time() : time;
      stable =
          one == this
              ? stable
              : stable.meet(confirmed.getOrDefault(one.self, VersionVector.empty()));
    }
    // A floor counts once all that was written before the announcements has come.
    VersionVector counted = VersionVector.empty();
    for (Map.Entry<VersionVector, VersionVector> one : announced.entrySet()) {
      counted = log.held().covers(one.getValue()) ? counted.merge(one.getKey()) : counted;
    }
    live.advance(new Frontier(time, stable, counted), Long.MAX_VALUE);
    assertThat(live.memory().replica().fold().cameTooLate()).isEmpty();
  }

  void checkpoint() {
    EntityCheckpoint<Board.State, Board.Event> checkpoint = live.memory().checkpoint();
    CheckpointForm<Board.State, Board.Event> form = Objects.requireNonNull(kind.form());
    byte[] bytes = form.encode(checkpoint);
    assertThat(form.decode(bytes)).isEqualTo(checkpoint);
    log.save(KEY, checkpoint.position(), bytes);
  }

  /** Loses its memory, and some of its checkpoints. */
  void restart(Random random) {
    while (log.checkpoints.size() > 3) {
      log.checkpoints.pollFirstEntry();
    }
    if (random.nextInt(3) == 0) {
      log.checkpoints.pollLastEntry();
    }
    live = fresh(archive.load(self));
    if (live.released() > 0) {
      checkpointsUsed++;
    }
  }

  /** Whether it shows what all events come to. */
  void check() {
    List<ReplicatedEvent<Board.Event>> events = new ArrayList<>();
    for (LoggedEvent row :
        log.rows.stream().map(row -> LoggedEvent.of(row, (LogEntry.Event) row.entry())).toList()) {
      events.add(kind.schema().read(KEY, row).event());
    }
    NaiveFold.Result<Board.State, Board.Event> naive = NaiveFold.fold(kind.model(), events);
    assertThat(live.state()).isEqualTo(naive.state());
    assertThat(live.conflicts().stream().map(OpenConflict::escalation).toList())
        .isEqualTo(naive.conflicts());
  }
}
