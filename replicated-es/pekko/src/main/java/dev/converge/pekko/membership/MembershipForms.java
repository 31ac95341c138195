package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.Admission;
import dev.converge.engine.membership.Ballot;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.MembershipMessage;
import dev.converge.engine.membership.MembershipMessage.Accept;
import dev.converge.engine.membership.MembershipMessage.Accepted;
import dev.converge.engine.membership.MembershipMessage.Decided;
import dev.converge.engine.membership.MembershipMessage.InEpoch;
import dev.converge.engine.membership.MembershipMessage.Overtaken;
import dev.converge.engine.membership.MembershipMessage.Prepare;
import dev.converge.engine.membership.MembershipMessage.Prepared;
import dev.converge.engine.membership.MembershipMessage.Vote;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.pekko.wire.WireException;
import org.jspecify.annotations.Nullable;

/** The bytes of what {@link Membership} stores and sends, and of join records; form 1 of each. */
final class MembershipForms {
  private static final int FORM = 1;

  private MembershipForms() {}

  // What is stored

  static byte[] durable(Membership.Durable durable) {
    return FormWriter.write(
        FORM,
        out -> {
          out.replica(durable.self())
              .replicas(durable.first().members())
              .list(durable.changes(), MembershipForms::writeChange)
              .vector(durable.held());
          writeBallot(out, durable.promised());
          out.maybe(durable.vote(), MembershipForms::writeVote).replicas(durable.fenced());
        });
  }

  static Membership.Durable durable(byte[] bytes) {
    return FormReader.read(
        "the state of the set of replicas",
        FORM,
        bytes,
        in -> {
          ReplicaId self = in.replica();
          ReplicaSet first = ReplicaSet.first(in.replicas());
          return new Membership.Durable(
              self,
              first,
              in.list(MembershipForms::readChange),
              in.vector(),
              readBallot(in),
              in.maybe(MembershipForms::readVote),
              in.replicas());
        });
  }

  static byte[] joinRecord(JoinRecord record) {
    return FormWriter.write(FORM, out -> writeJoin(out, record));
  }

  static JoinRecord joinRecord(byte[] bytes) {
    return FormReader.read("a join record", FORM, bytes, MembershipForms::readJoin);
  }

  static void writeJoin(FormWriter out, JoinRecord record) {
    writeChange(out, record.change());
    out.time(record.time()).vector(record.holds());
  }

  static JoinRecord readJoin(FormReader in) {
    return new JoinRecord(readChange(in), in.time(), in.vector());
  }

  static void writeChange(FormWriter out, EpochChange change) {
    out.number(change.epoch())
        .maybe(change.admission(), (o, a) -> o.replica(a.joiner()).replica(a.sponsor()))
        .replicas(change.retired())
        .vector(change.base());
  }

  static EpochChange readChange(FormReader in) {
    return new EpochChange(
        in.number(),
        in.maybe(i -> new Admission(i.replica(), i.replica())),
        in.replicas(),
        in.vector());
  }

  private static void writeBallot(FormWriter out, Ballot ballot) {
    out.number(ballot.round()).maybe(ballot.coordinator(), FormWriter::replica);
  }

  private static Ballot readBallot(FormReader in) {
    long round = in.number();
    @Nullable ReplicaId coordinator = in.maybe(FormReader::replica);
    if (round < 0 || (round == 0) != (coordinator == null)) {
      throw new WireException("no ballot: round " + round + " of " + coordinator, null);
    }
    return new Ballot(round, coordinator);
  }

  private static void writeVote(FormWriter out, Vote vote) {
    writeBallot(out, vote.ballot());
    writeChange(out, vote.change());
  }

  private static Vote readVote(FormReader in) {
    return new Vote(readBallot(in), readChange(in));
  }

  // What is sent

  static void writeMessage(FormWriter out, MembershipMessage message) {
    if (message instanceof Prepare m) {
      writeBallot(out.number(1).number(m.epoch()), m.ballot());
      out.replicas(m.retired());
    } else if (message instanceof Prepared m) {
      writeBallot(out.number(2).number(m.epoch()), m.ballot());
      out.vector(m.held()).maybe(m.vote(), MembershipForms::writeVote);
    } else if (message instanceof Accept m) {
      writeBallot(out.number(3).number(m.epoch()), m.ballot());
      writeChange(out, m.change());
    } else if (message instanceof Accepted m) {
      writeBallot(out.number(4).number(m.epoch()), m.ballot());
    } else if (message instanceof Overtaken m) {
      writeBallot(out.number(5).number(m.epoch()), m.promised());
    } else if (message instanceof Decided m) {
      out.number(6).list(m.changes(), MembershipForms::writeChange);
    } else if (message instanceof InEpoch m) {
      out.number(7).number(m.epoch());
    }
  }

  static MembershipMessage readMessage(FormReader in) {
    int kind = Math.toIntExact(in.number());
    return switch (kind) {
      case 1 -> new Prepare(in.number(), readBallot(in), in.replicas());
      case 2 ->
          new Prepared(
              in.number(), readBallot(in), in.vector(), in.maybe(MembershipForms::readVote));
      case 3 -> new Accept(in.number(), readBallot(in), readChange(in));
      case 4 -> new Accepted(in.number(), readBallot(in));
      case 5 -> new Overtaken(in.number(), readBallot(in));
      case 6 -> new Decided(in.list(MembershipForms::readChange));
      case 7 -> new InEpoch(in.number());
      default -> throw new WireException("a message about the set of kind " + kind, null);
    };
  }
}
