package dev.converge.engine.simulation;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.ReplicaSet;
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

  /** False until the join record is here. */
  boolean isMember;

  /**
   * The end of the logs of incarnations that were retired, until all of it has come back under this
   * one.
   */
  final List<Row> attic = new ArrayList<>();

  /** The logs of those incarnations up to where they count: others may not have them yet. */
  final List<Row> former = new ArrayList<>();

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
