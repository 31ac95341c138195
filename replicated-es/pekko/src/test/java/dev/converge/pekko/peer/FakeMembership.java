package dev.converge.pekko.peer;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.MembershipSide;
import dev.converge.pekko.wire.LogRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Everybody may say and store everything, but for fenced ones; remembers what it was told. */
final class FakeMembership implements MembershipSide {
  /** A handshake. */
  record Met(
      String peer,
      ReplicaId replica,
      VersionVector held,
      long ownLsn,
      long sameUpTo,
      String greeting) {}

  private final ReplicaLog log;
  final Set<ReplicaId> mayNotStore = new HashSet<>();
  final Set<ReplicaId> fenced = new HashSet<>();
  final List<LogRow> waiting = new CopyOnWriteArrayList<>();
  final List<Met> met = new CopyOnWriteArrayList<>();
  final List<String> lost = new CopyOnWriteArrayList<>();
  final List<String> came = new CopyOnWriteArrayList<>();
  final Map<ReplicaId, VersionVector> told = new TreeMap<>();
  private VersionVector stored = VersionVector.empty();

  FakeMembership(ReplicaLog log) {
    this.log = log;
    this.stored = log.held();
  }

  @Override
  public long epoch() {
    return 3;
  }

  @Override
  public boolean mayStore(ReplicaId origin, long lsn) {
    return !mayNotStore.contains(origin);
  }

  @Override
  public void waits(LogRow row) {
    waiting.add(row);
  }

  @Override
  public boolean tells(ReplicaId peer) {
    return !fenced.contains(peer);
  }

  @Override
  public Map<ReplicaId, Promise> promises() {
    return Map.of(
        log.self(), new Promise(log.held().get(log.self()), new HybridTimestamp(1_000, 1)));
  }

  @Override
  public byte[] greeting() {
    return ("from " + log.self()).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void met(
      String peer,
      ReplicaId replica,
      long epoch,
      VersionVector held,
      Map<ReplicaId, Promise> promises,
      long ownLsn,
      long sameUpTo,
      byte[] greeting) {
    met.add(
        new Met(
            peer, replica, held, ownLsn, sameUpTo, new String(greeting, StandardCharsets.UTF_8)));
    told.put(replica, held);
  }

  @Override
  public void lost(String peer) {
    lost.add(peer);
  }

  @Override
  public void told(
      ReplicaId from, long epoch, VersionVector held, Map<ReplicaId, Promise> promises) {
    VersionVector before = told.getOrDefault(from, VersionVector.empty());
    if (!held.isEmpty() && !held.covers(before)) {
      throw new AssertionError(from + " told less than before: " + held + " after " + before);
    }
    told.put(from, held);
  }

  @Override
  public void came(String peer, ReplicaId from, byte[] message) {
    came.add(from + ": " + new String(message, StandardCharsets.UTF_8));
  }

  @Override
  public void stored(List<LogRow> rows) {
    for (LogRow row : rows) {
      if (row.lsn() != stored.get(row.origin()) + 1) {
        throw new AssertionError("told of " + row + " after " + stored);
      }
      stored = stored.with(row.origin(), row.lsn());
    }
  }

  List<Met> met() {
    return new ArrayList<>(met);
  }
}
