package dev.converge.engine.walk;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.MembershipMessage;
import org.jspecify.annotations.Nullable;

/** A message under way, from one slot to another. Equal if it says the same. */
final class Flight {
  sealed interface Body {}

  /** An entry, pushed right after its commit. */
  record Push(long lsn, Entry entry) implements Body {
    @Override
    public String toString() {
      return lsn + " is " + entry;
    }
  }

  /** What the sender holds and promises, in its epoch. */
  record Tell(long epoch, VersionVector held, Promise promise) implements Body {
    @Override
    public String toString() {
      return "has "
          + held
          + " in "
          + epoch
          + ", nothing after "
          + promise.lsn()
          + " before "
          + promise.time();
    }
  }

  /** About membership. */
  record About(MembershipMessage message) implements Body {}

  private final int from;
  private final ReplicaId sender;
  private final int to;
  private final ReplicaId receiver;
  private final Body body;
  private final String text;

  Flight(int from, ReplicaId sender, int to, ReplicaId receiver, Body body) {
    this.from = from;
    this.sender = sender;
    this.to = to;
    this.receiver = receiver;
    this.body = body;
    this.text = sender + " to " + receiver + ": " + body;
  }

  int from() {
    return from;
  }

  ReplicaId sender() {
    return sender;
  }

  int to() {
    return to;
  }

  ReplicaId receiver() {
    return receiver;
  }

  Body body() {
    return body;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Flight other && text.equals(other.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
