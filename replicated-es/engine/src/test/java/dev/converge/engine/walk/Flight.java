package dev.converge.engine.walk;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.MembershipMessage;
import java.util.Objects;
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
          + " in epoch "
          + epoch
          + ", promise "
          + promise.lsn()
          + "@"
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
  private @Nullable Print print;

  Flight(int from, ReplicaId sender, int to, ReplicaId receiver, Body body) {
    this.from = from;
    this.sender = sender;
    this.to = to;
    this.receiver = receiver;
    this.body = body;
  }

  Print print() {
    if (print == null) {
      print = Print.of(toString());
    }
    return print;
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

  /** Whether its delivery changes nothing, now and ever after. */
  boolean isDead(Node there) {
    if (!there.id.equals(receiver)) {
      return true;
    }
    if (!(body instanceof About about) || there.isJoining()) {
      return false;
    }
    long epoch = there.membership.set().epoch();
    MembershipMessage message = about.message();
    if (message instanceof MembershipMessage.Prepared prepared) {
      // A proposal to come has a ballot of its own.
      return prepared.epoch() < epoch || !there.membership.isCoordinating();
    }
    if (message instanceof MembershipMessage.Accepted accepted) {
      return accepted.epoch() < epoch || !there.membership.isCoordinating();
    }
    if (message instanceof MembershipMessage.Overtaken overtaken) {
      return overtaken.epoch() < epoch
          || (overtaken.epoch() == epoch
              && overtaken.promised().compareTo(there.membership.durable().promised()) <= 0);
    }
    return message instanceof MembershipMessage.Decided decided
        && decided.changes().get(decided.changes().size() - 1).epoch() <= epoch;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o == this
        || (o instanceof Flight other
            && sender.equals(other.sender)
            && receiver.equals(other.receiver)
            && body.equals(other.body));
  }

  @Override
  public int hashCode() {
    return Objects.hash(sender, receiver, body);
  }

  @Override
  public String toString() {
    return sender + " to " + receiver + ": " + body;
  }
}
