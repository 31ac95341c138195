package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.MembershipMessage;
import dev.converge.pekko.wire.WireException;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/** What the shells of two nodes say to each other; any message may be lost, doubled or late. */
sealed interface Message {
  int FORM = 1;

  /**
   * "This is how it stands with me": what has changed since the handshake.
   *
   * @param asks whether the receiver should say the same of itself
   */
  record Hello(Greeting greeting, boolean asks) implements Message {}

  /** A founder: "these shall be the first set; follow no other founder of my name before me". */
  record PledgeAsk(NavigableSet<ReplicaId> members) implements Message {
    public PledgeAsk {
      members = Collections.unmodifiableNavigableSet(new TreeSet<>(members));
    }
  }

  /** "I follow that founder", durably. */
  record Pledge(ReplicaId founder) implements Message {}

  /** About the next epoch; to that incarnation alone. */
  record About(ReplicaId to, MembershipMessage message) implements Message {}

  /** The bytes of {@code message}. */
  static byte[] encode(Message message) {
    return FormWriter.write(
        FORM,
        out -> {
          if (message instanceof Hello m) {
            m.greeting().write(out.number(1));
            out.flag(m.asks());
          } else if (message instanceof PledgeAsk m) {
            out.number(2).replicas(m.members());
          } else if (message instanceof Pledge m) {
            out.number(3).replica(m.founder());
          } else if (message instanceof About m) {
            MembershipForms.writeMessage(out.number(4).replica(m.to()), m.message());
          }
        });
  }

  /**
   * Reads it.
   *
   * @throws WireException if it is none
   */
  static Message decode(byte[] bytes) {
    return FormReader.read(
        "a message about the set of replicas",
        FORM,
        bytes,
        in -> {
          int kind = Math.toIntExact(in.number());
          return switch (kind) {
            case 1 -> new Hello(Greeting.read(in), in.flag());
            case 2 -> new PledgeAsk(in.replicas());
            case 3 -> new Pledge(in.replica());
            case 4 -> new About(in.replica(), MembershipForms.readMessage(in));
            default -> throw new WireException("a message of kind " + kind, null);
          };
        });
  }
}
