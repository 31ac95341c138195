package dev.converge.pekko.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.Admission;
import dev.converge.engine.membership.Ballot;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.MembershipMessage;
import dev.converge.engine.membership.MembershipMessage.Vote;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.pekko.membership.JoinForms.Answer;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What is stored and sent about the set of replicas comes back as it was, and nothing else does.
 */
class FormsTest {
  private static final ReplicaId A = new ReplicaId("a", 7);
  private static final ReplicaId B = ReplicaId.of("b");
  private static final ReplicaId C = new ReplicaId("c", Long.MAX_VALUE);
  private static final VersionVector HELD = VersionVector.of(Map.of(A, 3L, B, Long.MAX_VALUE));
  private static final EpochChange CHANGE =
      new EpochChange(1, new Admission(C, A), new TreeSet<>(List.of(B)), HELD);
  private static final Ballot BALLOT = new Ballot(4, B);
  private static final Membership.Durable DURABLE =
      new Membership.Durable(
          A,
          ReplicaSet.first(List.of(A, B)),
          List.of(CHANGE),
          HELD,
          BALLOT,
          new Vote(BALLOT, new EpochChange(2, null, new TreeSet<>(), HELD)),
          new TreeSet<>(List.of(B)));
  private static final JoinRecord RECORD = new JoinRecord(CHANGE, new HybridTimestamp(12, 5), HELD);
  private static final Greeting GREETING =
      new Greeting(
          Greeting.State.FORMED,
          new TreeSet<>(List.of(A, B)),
          new TreeSet<>(List.of("a", "b")),
          Map.of("a", "host:1"));

  @Test
  void whatIsStoredComesBack() {
    assertThat(MembershipForms.durable(MembershipForms.durable(DURABLE))).isEqualTo(DURABLE);
    Membership.Durable first = Membership.first(A, ReplicaSet.first(List.of(A))).durable();
    assertThat(MembershipForms.durable(MembershipForms.durable(first))).isEqualTo(first);
    assertThat(MembershipForms.joinRecord(MembershipForms.joinRecord(RECORD))).isEqualTo(RECORD);
    Formation.Durable pledged = new Formation.Durable(A, null, false);
    assertThat(Formation.Durable.decode(pledged.encode())).isEqualTo(pledged);
    assertThat(CarryBack.readOver(CarryBack.over(-1))).isEqualTo(-1);
  }

  @Test
  void everyMessageComesBack() {
    List<MembershipMessage> abouts =
        List.of(
            new MembershipMessage.Prepare(0, BALLOT, new TreeSet<>(List.of(A))),
            new MembershipMessage.Prepared(1, BALLOT, HELD, null),
            new MembershipMessage.Prepared(1, BALLOT, HELD, new Vote(BALLOT, CHANGE)),
            new MembershipMessage.Accept(2, BALLOT, CHANGE),
            new MembershipMessage.Accepted(3, BALLOT),
            new MembershipMessage.Overtaken(4, BALLOT),
            new MembershipMessage.Decided(List.of(CHANGE)),
            new MembershipMessage.InEpoch(5));
    for (MembershipMessage about : abouts) {
      comesBack(new Message.About(C, about));
    }
    comesBack(new Message.Hello(GREETING, true));
    comesBack(new Message.PledgeAsk(new TreeSet<>(List.of(A, B))));
    comesBack(new Message.Pledge(A));
    assertThat(Greeting.decode(GREETING.encode())).isEqualTo(GREETING);
  }

  private static void comesBack(Message message) {
    assertThat(Message.decode(Message.encode(message))).isEqualTo(message);
  }

  @Test
  void whatIsSaidAboutJoiningComesBack() {
    JoinForms.Ask ask = new JoinForms.Ask(List.of(CHANGE), Map.of("a", "host:1"));
    assertThat(JoinForms.Ask.decode(ask.encode())).isEqualTo(ask);
    Answer wait = new Answer.Wait("later", HELD, VersionVector.empty());
    assertThat(Answer.decode(Answer.encode(wait))).isEqualTo(wait);
    assertThat(Answer.decode(Answer.encode(new Answer.TooLate()))).isEqualTo(new Answer.TooLate());
    Answer letIn = Answer.decode(Answer.encode(new Answer.LetIn(RECORD, new byte[] {1, 2})));
    assertThat(letIn)
        .isInstanceOfSatisfying(
            Answer.LetIn.class,
            in -> {
              assertThat(in.record()).isEqualTo(RECORD);
              assertThat(in.membership()).containsExactly(1, 2);
            });
    List<LogRow> rows =
        JoinForms.readRows(
            JoinForms.rows(
                List.of(
                    new LogRow(A, 1, HELD, new LogEntry.Event("t|x", new byte[] {9}), 4),
                    new LogRow(A, 2, HELD, new LogEntry.Join(new byte[] {8}), 5),
                    new LogRow(B, 1, HELD, new LogEntry.Floor(HELD), 6))));
    assertThat(rows).extracting(LogRow::position).containsOnly(0L);
    assertThat(rows.get(2).entry()).isEqualTo(new LogEntry.Floor(HELD));
    assertThat(((LogEntry.Event) rows.get(0).entry()).key()).isEqualTo("t|x");
  }

  @Test
  void marksKeepJoinsAndTheNewestFloors() {
    Marks marks = new Marks();
    LogEntry join = new LogEntry.Join(MembershipForms.joinRecord(RECORD));
    assertThat(marks.take(new LogRow(A, 1, VersionVector.empty(), join, 4))).isEqualTo(RECORD);
    assertThat(marks.take(new LogRow(A, 1, VersionVector.empty(), join, 4))).isNull();
    marks.take(new LogRow(B, 1, VersionVector.empty(), new LogEntry.Floor(HELD), 9));

    Marks read = Marks.decode(marks.encode());

    assertThat(read.position()).isEqualTo(9);
    assertThat(read.recordOf(C)).isEqualTo(RECORD);
    assertThat(read.floorOf(B)).isEqualTo(HELD);
    assertThat(read.floorOf(C)).isEqualTo(RECORD.holds());
  }

  @Test
  void aNewerFormIsNamedAsOne() {
    byte[] newer = FormWriter.write(2, out -> out.replica(A));

    assertThatThrownBy(() -> Message.decode(newer))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("reads form 1, upgrade it");
  }

  @Test
  void whatContradictsItselfIsRefused() {
    byte[] twice =
        FormWriter.write(1, out -> out.number(2).list(List.of(A, A), FormWriter::replica));
    assertThatThrownBy(() -> Message.decode(twice)).hasMessageContaining("twice");
    byte[] huge = FormWriter.write(1, out -> out.number(2).number(Integer.MAX_VALUE));
    assertThatThrownBy(() -> Message.decode(huge)).hasMessageContaining("list of");
    byte[] negative =
        FormWriter.write(
            1, out -> out.bytes(new byte[0]).bytes(new byte[0]).number(1).replica(A).number(-1));
    assertThatThrownBy(() -> JoinForms.readPage(negative)).isInstanceOf(WireException.class);
    byte[] name = FormWriter.write(1, out -> out.number(3).text("no name!").number(1));
    assertThatThrownBy(() -> Message.decode(name)).isInstanceOf(WireException.class);
  }

  /** Flipped bits, cuts and noise: a value, or a {@link WireException}, and nothing else. */
  @Test
  void damagedBytesDoNoHarm() {
    List<byte[]> samples =
        List.of(
            MembershipForms.durable(DURABLE),
            MembershipForms.joinRecord(RECORD),
            GREETING.encode(),
            Message.encode(new Message.About(C, new MembershipMessage.Accept(2, BALLOT, CHANGE))),
            Message.encode(new Message.Hello(GREETING, false)),
            Answer.encode(new Answer.LetIn(RECORD, new byte[] {1})),
            new JoinForms.Ask(List.of(CHANGE), Map.of("a", "h:1")).encode(),
            MajorityReads.encode(A, HELD));
    List<Consumer<byte[]>> readers =
        List.of(
            MembershipForms::durable,
            MembershipForms::joinRecord,
            Greeting::decode,
            Message::decode,
            Message::decode,
            Answer::decode,
            JoinForms.Ask::decode,
            JoinForms::readPage);
    long seed = Long.getLong("converge.seed", 1);
    Random random = new Random(seed);
    for (int i = 0; i < 40_000; i++) {
      int which = random.nextInt(samples.size());
      byte[] bytes = damage(samples.get(which), random);
      try {
        readers.get(which).accept(bytes);
      } catch (WireException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "with -Dconverge.seed=" + seed + ", input " + i + " of kind " + which, e);
      }
    }
  }

  private static byte[] damage(byte[] sample, Random random) {
    byte[] bytes = sample.clone();
    if (random.nextInt(4) == 0) {
      bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 4));
    }
    for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
