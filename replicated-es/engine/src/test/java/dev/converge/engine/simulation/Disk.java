package dev.converge.engine.simulation;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.FoldCheckpoint;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What survives the end of a process: one replica's database. */
final class Disk {
  final ReplicaId id;
  private final Map<ReplicaId, List<Row>> logs = new TreeMap<>();
  private final List<Row> arrivals = new ArrayList<>();
  private VersionVector held = VersionVector.empty();
  private HybridTimestamp latest = HybridTimestamp.ZERO;

  /** The row that holds the newest promise. */
  Promise promise = new Promise(0, HybridTimestamp.ZERO);

  /** Stored before any effect of a step is carried out. */
  Membership.Durable membership;

  /** The newest stored checkpoint of each entity that has one. */
  final Map<Integer, FoldCheckpoint<List<String>, Note>> checkpoints = new TreeMap<>();

  /** False until the join record is here. */
  boolean isMember;

  /**
   * The end of the logs of incarnations that were retired, until all of it has come back under this
   * one.
   */
  final List<Row> attic = new ArrayList<>();

  /**
   * What the sets are based on that retired those incarnations: others may not have all of it yet.
   */
  final List<Row> former = new ArrayList<>();

  /** What those incarnations knew to be decided: perhaps nobody else does. */
  final List<EpochChange> formerChanges = new ArrayList<>();

  Disk(ReplicaId id, ReplicaSet first, boolean isMember) {
    this.id = id;
    this.isMember = isMember;
    this.membership = Membership.first(id, first).durable();
  }

  /** Stores a row in its place. */
  void store(Row row) {
    List<Row> log = logs.computeIfAbsent(row.origin(), origin -> new ArrayList<>());
    Invariants.require(
        row.lsn() == log.size() + 1,
        () -> id + " stores " + row + " behind a gap, after " + log.size());
    log.add(row);
    arrivals.add(row);
    held = held.with(row.origin(), row.lsn());
    latest = latest.max(row.time());
  }

  /** The row in a place, if it is there. */
  @Nullable Row row(ReplicaId origin, long lsn) {
    List<Row> log = log(origin);
    return lsn <= log.size() ? log.get((int) lsn - 1) : null;
  }

  List<Row> log(ReplicaId origin) {
    return logs.getOrDefault(origin, List.of());
  }

  /** All rows in the order in which they were stored. */
  List<Row> arrivals() {
    return arrivals;
  }

  /** {origin → LSN}: what is stored. */
  VersionVector held() {
    return held;
  }

  /** If this replica is retired: what is here of what that was based on. */
  List<Row> base() {
    for (EpochChange change : membership.changes()) {
      if (change.retired().contains(id)) {
        return arrivals.stream()
            .filter(row -> row.lsn() <= change.base().get(row.origin()))
            .toList();
      }
    }
    return List.of();
  }

  /** {replica → dots} of one entity, as far as they are among these positions. */
  VersionVector dotsAt(VersionVector positions, int entity) {
    VersionVector dots = VersionVector.empty();
    for (Map.Entry<ReplicaId, List<Row>> log : logs.entrySet()) {
      long last = Math.min(positions.get(log.getKey()), log.getValue().size());
      for (int i = (int) last - 1; i >= 0; i--) {
        ReplicatedEvent<Note> event = log.getValue().get(i).event();
        if (event != null && log.getValue().get(i).entity() == entity) {
          dots = dots.with(log.getKey(), event.dot().sequence());
          break;
        }
      }
    }
    return dots;
  }

  /** The events of one entity, in the order in which they were stored. */
  List<ReplicatedEvent<Note>> events(int entity) {
    List<ReplicatedEvent<Note>> events = new ArrayList<>();
    for (Row row : arrivals) {
      if (row.event() != null && row.entity() == entity) {
        events.add(row.event());
      }
    }
    return events;
  }

  long ownLsn() {
    return log(id).size();
  }

  /** The latest time that a clock has to stay ahead of. */
  HybridTimestamp latestTime() {
    return latest.max(promise.time());
  }

  /** The record that lets a replica in, if it has come. */
  @Nullable JoinRecord joinOf(ReplicaId joiner) {
    for (Row row : arrivals) {
      JoinRecord join = row.join();
      if (join != null && join.joiner().equals(joiner)) {
        return join;
      }
    }
    return null;
  }
}
