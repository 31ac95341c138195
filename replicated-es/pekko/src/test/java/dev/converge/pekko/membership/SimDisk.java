package dev.converge.pekko.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What survives the end of a process: one incarnation's database. */
final class SimDisk {
  final ReplicaId id;
  final Map<ReplicaId, List<LogRow>> logs = new TreeMap<>();
  final List<LogRow> arrivals = new ArrayList<>();
  final Map<String, byte[]> states = new HashMap<>();
  final List<LogRow> staged = new ArrayList<>();
  VersionVector held = VersionVector.empty();
  Promise promise = new Promise(0, HybridTimestamp.ZERO);

  /**
   * How many arrivals are on the disk whatever happens: nothing that is flushed comes after less.
   */
  private int flushed;

  SimDisk(ReplicaId id) {
    this.id = id;
  }

  /** At its place in the journal. */
  LogRow store(LogRow row) {
    List<LogRow> log = log(row.origin());
    if (row.lsn() != log.size() + 1 || !held.covers(row.after())) {
      throw new IllegalArgumentException(
          id
              + " stores "
              + row.origin()
              + "/"
              + row.lsn()
              + " after "
              + row.after()
              + " on "
              + held);
    }
    LogRow placed = row.at(arrivals.size() + 1);
    log.add(placed);
    arrivals.add(placed);
    held = held.with(row.origin(), row.lsn());
    return placed;
  }

  void flush() {
    flushed = arrivals.size();
  }

  /**
   * Power is lost: rows behind those that were flushed may be missing.
   *
   * @return those that are
   */
  List<LogRow> losePower(Random random) {
    int keep = flushed + random.nextInt(arrivals.size() - flushed + 1);
    List<LogRow> kept = List.copyOf(arrivals.subList(0, keep));
    List<LogRow> gone = List.copyOf(arrivals.subList(keep, arrivals.size()));
    logs.clear();
    arrivals.clear();
    held = VersionVector.empty();
    kept.forEach(this::store);
    return gone;
  }

  List<LogRow> log(ReplicaId origin) {
    return logs.computeIfAbsent(origin, o -> new ArrayList<>());
  }

  @Nullable LogRow row(ReplicaId origin, long lsn) {
    List<LogRow> log = log(origin);
    return lsn >= 1 && lsn <= log.size() ? log.get((int) lsn - 1) : null;
  }

  @Override
  public String toString() {
    return id + " with " + held;
  }
}
