package dev.converge.engine.walk;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.MembershipMessage;

/** A message under way, from one slot to another. */
record Flight(int from, ReplicaId sender, int to, ReplicaId receiver, Body body) {
  sealed interface Body {}

  /** An entry, pushed right after its commit. */
  record Push(long lsn, Entry entry) implements Body {}

  /** What the sender holds and promises, in its epoch. */
  record Tell(long epoch, VersionVector held, Promise promise) implements Body {}

  /** About membership. */
  record About(MembershipMessage message) implements Body {}
}
