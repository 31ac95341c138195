package dev.converge.engine.membership;

import static dev.converge.engine.support.Events.R1;
import static dev.converge.engine.support.Events.R2;
import static dev.converge.engine.support.Events.R3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.MembershipMessage.Accept;
import dev.converge.engine.membership.MembershipMessage.Overtaken;
import dev.converge.engine.membership.MembershipMessage.Prepare;
import dev.converge.engine.membership.MembershipMessage.Prepared;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The transition table, row by row. */
class MembershipTest {
  private static final ReplicaId R4 = ReplicaId.of("node-4");
  private static final ReplicaId R5 = ReplicaId.of("node-5");
  private static final ReplicaId R3_AGAIN = new ReplicaId("node-3", 7);

  private final Members three = new Members(R1, R2, R3);

  @Test
  void aMajorityRetiresAReplicaAtWhatThoseWhoStayHaveOfItsLog() {
    three.stored(R1, Map.of(R1, 4L, R3, 2L));
    three.stored(R2, Map.of(R2, 1L, R3, 5L));
    three.stored(R3, Map.of(R3, 9L));
    three.cutOff.add(R3);
    three.propose(R1, Change.retire(List.of(R3)));
    EpochChange change = three.node(R2).durable().changes().get(0);
    assertThat(change.cutOff(R3)).isEqualTo(5);
    assertThat(change.base()).isEqualTo(VersionVector.of(Map.of(R1, 4L, R2, 1L, R3, 5L)));
    assertThat(three.node(R1).set()).isEqualTo(three.node(R2).set());
    assertThat(three.node(R1).set().members()).containsExactly(R1, R2);
    assertThat(three.node(R3).set().epoch()).isZero();
  }

  @Test
  void aRetiredReplicaThatLivedLearnsOfItWhenItIsHeardAgain() {
    three.stored(R3, Map.of(R3, 9L));
    three.stored(R2, Map.of(R3, 5L));
    three.cutOff.add(R3);
    three.propose(R1, Change.retire(List.of(R3)));
    three.cutOff.clear();
    three.run(R3, new MembershipInput.Restarted());
    assertThat(three.effects(R3, MembershipEffect.Retired.class))
        .containsExactly(new MembershipEffect.Retired(5));
    assertThat(three.node(R3).set().epoch()).isEqualTo(1);
  }

  @Test
  void fencedLogsTakeNothingMoreUntilTheEpochEnds() {
    three.cutOff.add(R2);
    three.propose(R1, Change.retire(List.of(R3)));
    assertThat(three.node(R1).fenced()).containsExactly(R3);
    assertThat(three.node(R1).mayStore(R3, 1)).isFalse();
    assertThatThrownBy(() -> three.stored(R1, Map.of(R3, 1L))).hasMessageContaining("is closed");
    three.cutOff.clear();
    // The operator thinks better of it: a new epoch with the same members.
    three.propose(R1, Change.nothing());
    assertThat(three.node(R1).set().epoch()).isEqualTo(1);
    assertThat(three.node(R1).set().members()).containsExactly(R1, R2, R3);
    assertThat(three.node(R1).mayStore(R3, 1)).isTrue();
  }

  @Test
  void nothingIsDecidedWithoutAllWhoStay() {
    Members five = new Members(R1, R2, R3, R4, R5);
    five.cutOff.addAll(List.of(R4, R5));
    five.propose(R1, Change.retire(List.of(R5)));
    assertThat(five.node(R1).set().epoch()).isZero();
    five.propose(R1, Change.retire(List.of(R4, R5)));
    assertThat(five.node(R3).set().members()).containsExactly(R1, R2, R3);
  }

  @Test
  void aMinorityIsRefusedAndOfTwoOneNeedsForce() {
    assertThat(refusal(three.propose(R1, Change.retire(List.of(R2, R3)))))
        .contains("no majority", "force");
    Members two = new Members(R1, R2);
    two.cutOff.add(R2);
    two.stored(R1, Map.of(R2, 3L));
    assertThat(refusal(two.propose(R1, Change.retire(List.of(R2))))).contains("force");
    two.propose(R1, Change.retire(List.of(R2)).forced());
    assertThat(two.node(R1).set().members()).containsExactly(R1);
    assertThat(two.node(R1).durable().changes().get(0).cutOff(R2)).isEqualTo(3);
  }

  @Test
  void forceOnBothSidesIsReported() {
    Members two = new Members(R1, R2);
    two.cutOff.add(R2);
    two.propose(R1, Change.retire(List.of(R2)).forced());
    two.propose(R2, Change.retire(List.of(R1)).forced());
    two.cutOff.clear();
    EpochChange there = two.node(R1).durable().changes().get(0);
    List<MembershipEffect> met =
        two.run(R2, new MembershipInput.Came(R1, new MembershipMessage.Decided(List.of(there))));
    assertThat(met).singleElement().isInstanceOf(MembershipEffect.Diverged.class);
  }

  @Test
  void whatIsNotPossibleIsRefusedWithAReason() {
    assertThat(refusal(three.propose(R1, Change.retire(List.of(R1))))).contains("itself");
    assertThat(refusal(three.propose(R1, Change.retire(List.of(R4))))).contains("not all");
    assertThat(refusal(three.propose(R1, Change.admit(R3, R1)))).contains("new incarnation");
    assertThat(refusal(three.propose(R1, Change.replace(R3, R3_AGAIN, R3))))
        .contains("does not stay");
    three.propose(R1, Change.retire(List.of(R3)));
    assertThat(refusal(three.propose(R1, Change.admit(R3, R1)))).contains("new incarnation");
    assertThat(refusal(three.propose(R3, Change.admit(R4, R3)))).contains("no member");
  }

  @Test
  void aJoinerThatNeverBeginsIsOutvotedWhenItsSponsorIsLostToo() {
    three.propose(R3, Change.admit(R4, R3));
    // The disk of R3 is lost before it wrote the record that R4 waits for.
    three.cutOff.add(R3);
    three.propose(R1, Change.retire(List.of(R3, R4)));
    assertThat(three.node(R2).set()).isEqualTo(new ReplicaSet(2, Sets.of(List.of(R1, R2))));
  }

  @Test
  void theSponsorLearnsThatItMayWriteTheJoinRecord() {
    three.cutOff.add(R3);
    three.propose(R1, Change.replace(R3, R3_AGAIN, R2));
    assertThat(three.effects(R2, MembershipEffect.Sponsor.class)).hasSize(1);
    assertThat(three.effects(R1, MembershipEffect.Sponsor.class)).isEmpty();
    assertThat(three.node(R1).set().members()).containsExactly(R1, R2, R3_AGAIN);
  }

  @Test
  void whoLacksTheBaseDoesNotTakePart() {
    three.stored(R2, Map.of(R3, 5L));
    three.cutOff.add(R3);
    three.propose(R1, Change.retire(List.of(R3)));
    assertThat(three.node(R1).hasBase()).isFalse();
    assertThat(refusal(three.propose(R1, Change.nothing()))).contains("not got all");
    three.propose(R2, Change.nothing());
    assertThat(three.node(R2).set().epoch()).isEqualTo(1);
    three.stored(R1, Map.of(R3, 5L));
    three.run(R2, new MembershipInput.Retry());
    assertThat(three.node(R1).set().epoch()).isEqualTo(2);
    assertThatThrownBy(() -> three.stored(R1, Map.of(R3, 6L))).hasMessageContaining("is closed");
  }

  @Test
  void aVoteThatMayHaveBeenDecidedIsFinishedByTheNextCoordinator() {
    Members five = new Members(R1, R2, R3, R4, R5);
    five.cutOff.addAll(List.of(R4, R5));
    EpochChange value =
        new EpochChange(1, null, Sets.of(List.of(R5)), VersionVector.of(Map.of(R5, 3L)));
    // The coordinator, node-4, got one vote out and died.
    five.run(R2, new MembershipInput.Came(R4, new Accept(0, new Ballot(1, R4), value)));
    five.propose(R1, Change.retire(List.of(R4, R5)));
    assertThat(five.node(R3).durable().changes()).isEmpty();
    // It was overtaken: node-2 had promised that ballot. The next try is above it.
    five.propose(R1, Change.retire(List.of(R4, R5)));
    assertThat(five.node(R3).durable().changes()).containsExactly(value);
    assertThat(five.effects(R1, MembershipEffect.GaveUp.class))
        .anyMatch(gaveUp -> gaveUp.reason().contains("another change"));
    five.propose(R1, Change.retire(List.of(R4)));
    assertThat(five.node(R3).set().members()).isEqualTo(Sets.of(List.of(R1, R2, R3, R4)));
  }

  @Test
  void anEarlierAttemptIsToldThatItIsOvertakenAndALostMessageIsSentAgain() {
    Membership node = three.node(R2);
    node =
        node.step(
                new MembershipInput.Came(
                    R3, new Prepare(0, new Ballot(5, R3), Sets.of(List.of(R1)))))
            .state();
    Step<Membership, MembershipEffect> step =
        node.step(
            new MembershipInput.Came(R1, new Prepare(0, new Ballot(4, R1), Sets.of(List.of(R3)))));
    assertThat(step.effects())
        .containsExactly(new MembershipEffect.Send(R1, new Overtaken(0, new Ballot(5, R3))));
    assertThat(step.state()).isEqualTo(node);

    three.cutOff.addAll(List.of(R2, R3));
    three.propose(R1, Change.retire(List.of(R3)));
    assertThat(three.node(R1).isCoordinating()).isTrue();
    three.cutOff.remove(R2);
    three.run(R1, new MembershipInput.Retry());
    assertThat(three.node(R1).set().epoch()).isEqualTo(1);
    assertThat(three.node(R1).isCoordinating()).isFalse();
  }

  @Test
  void aReplicaDoesNotHelpToRetireItself() {
    Step<Membership, MembershipEffect> step =
        three
            .node(R3)
            .step(
                new MembershipInput.Came(
                    R1, new Prepare(0, new Ballot(1, R1), Sets.of(List.of(R3)))));
    assertThat(step.effects()).isEmpty();
    assertThat(step.state()).isEqualTo(three.node(R3));
  }

  @Test
  void promisesAndVotesSurviveACrashAndProposalsDoNot() {
    three.cutOff.add(R2);
    three.propose(R1, Change.retire(List.of(R3)));
    Membership again =
        Membership.of(three.node(R1).durable()).step(new MembershipInput.Restarted()).state();
    assertThat(again.isCoordinating()).isFalse();
    assertThat(again.durable()).isEqualTo(three.node(R1).durable());
    assertThat(again.fenced()).containsExactly(R3);
    Step<Membership, MembershipEffect> late =
        again.step(
            new MembershipInput.Came(
                R2, new Prepared(0, new Ballot(1, R1), VersionVector.empty(), null)));
    assertThat(late.effects()).isEmpty();
  }

  private static String refusal(List<MembershipEffect> effects) {
    return effects.stream()
        .filter(MembershipEffect.Refused.class::isInstance)
        .map(effect -> ((MembershipEffect.Refused) effect).reason())
        .findFirst()
        .orElse("not refused: " + effects);
  }
}
