package dev.converge.pekko.replication;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.wire.LogRow;
import java.util.List;
import java.util.Map;

/**
 * What the link between nodes asks of, and tells to, the one who knows the set of replicas. All
 * calls come on the thread of the {@link ReplicationLoop}; none blocks.
 */
public interface MembershipSide {
  /** The epoch that this node is in; -1 while no set of replicas is formed. */
  long epoch();

  /**
   * Whether this row may be stored: it is of a member, or before a cut-off, and not fenced. To be
   * asked in the same task that hands the row to the journal: what is handed over before a log is
   * closed is committed, and counted, before that is said to anybody.
   */
  boolean mayStore(ReplicaId origin, long lsn);

  /**
   * This row is the next of its log, and comes after others that are not here; told again while
   * that is so.
   */
  void waits(LogRow row);

  /** Whether that replica is told what is stored here: false while it is fenced. */
  boolean tells(ReplicaId peer);

  /** Promises to pass on: the own newest one, and others' whose logs are held up to them. */
  Map<ReplicaId, Promise> promises();

  /** Something opaque that each handshake carries, for {@link #met}. */
  byte[] greeting();

  /**
   * A peer was met, or met again: the handshake is through.
   *
   * @param peer by its configured name
   * @param replica who it is now
   * @param ownLsn up to where it has this replica's log
   * @param sameUpTo up to where that is the same as here
   * @param greeting the peer's
   */
  void met(
      String peer,
      ReplicaId replica,
      long epoch,
      VersionVector held,
      Map<ReplicaId, Promise> promises,
      long ownLsn,
      long sameUpTo,
      byte[] greeting);

  /** A peer is out of reach: nothing was heard of it for longer than the configured time. */
  void lost(String peer);

  /** A peer said what it has stored. Comes after each batch that it stores, and now and then. */
  void told(ReplicaId from, long epoch, VersionVector held, Map<ReplicaId, Promise> promises);

  /** A message about the set of replicas came: what the other side's membership sent. */
  void came(String peer, ReplicaId from, byte[] message);

  /** Rows were committed here, own and others', in the order of the commits. */
  void stored(List<LogRow> rows);
}
