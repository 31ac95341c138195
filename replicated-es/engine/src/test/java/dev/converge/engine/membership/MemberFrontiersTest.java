package dev.converge.engine.membership;

import static dev.converge.engine.support.Events.R1;
import static dev.converge.engine.support.Events.R2;
import static dev.converge.engine.support.Events.R3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What counts towards final and stable while replicas come and go. */
class MemberFrontiersTest {
  private static final ReplicaId R3_AGAIN = new ReplicaId("node-3", 7);
  private static final ReplicaSet THREE = ReplicaSet.first(List.of(R1, R2, R3));

  private final MemberFrontiers node = new MemberFrontiers(R1, THREE);

  private static HybridTimestamp at(long millis) {
    return new HybridTimestamp(millis, 0);
  }

  private static VersionVector vector(long first, long second, long third) {
    return VersionVector.of(Map.of(R1, first, R2, second, R3, third));
  }

  private void allPromise(long lsn, long millis) {
    for (ReplicaId replica : THREE.members()) {
      node.promised(replica, new Promise(lsn, at(millis)));
    }
  }

  private static EpochChange replaced(long cutOff, VersionVector base) {
    return new EpochChange(
        1, new Admission(R3_AGAIN, R2), Sets.of(List.of(R3)), base.with(R3, cutOff));
  }

  @Test
  void aPromiseCountsOnceAMajorityHasTheLogBehindIt() {
    node.received(R1, 1);
    node.promised(R1, new Promise(1, at(50)));
    node.promised(R2, new Promise(0, at(50)));
    node.promised(R3, new Promise(0, at(50)));
    assertThat(node.finalTime()).isEqualTo(HybridTimestamp.ZERO);
    node.confirmed(R2, 0, vector(1, 0, 0));
    assertThat(node.safe()).isEqualTo(vector(1, 0, 0));
    assertThat(node.finalTime()).isEqualTo(at(50));
  }

  @Test
  void aConfirmationCountsInItsEpochAndNotFromWhoIsFenced() {
    node.received(R1, 1);
    node.confirmed(R2, 1, vector(1, 0, 0));
    assertThat(node.safe().isEmpty()).isTrue();
    node.fence(List.of(R3));
    node.confirmed(R3, 0, vector(1, 0, 0));
    assertThat(node.safe().isEmpty()).isTrue();
    node.confirmed(R2, 0, vector(1, 0, 0));
    assertThat(node.safe()).isEqualTo(vector(1, 0, 0));
  }

  @Test
  void stableIsWhatAllConfirmedAndOnlyOnceTheLogOfWhoConfirmedHasCome() {
    node.received(R1, 4);
    node.confirmed(R2, 0, vector(4, 2, 0));
    node.confirmed(R3, 0, vector(4, 0, 0));
    assertThat(node.stable().isEmpty()).isTrue();
    // Newer ones do not keep the oldest from counting.
    node.confirmed(R2, 0, vector(4, 9, 0));
    node.received(R2, 2);
    assertThat(node.stable()).isEqualTo(vector(4, 0, 0));
  }

  @Test
  void whoIsRetiredHoldsFinalityAndStabilityUntilItsLogHasCome() {
    node.received(R1, 1);
    node.confirmed(R2, 0, vector(1, 0, 0));
    node.promised(R1, new Promise(1, at(50)));
    node.promised(R2, new Promise(0, at(50)));
    EpochChange change = replaced(2, vector(1, 0, 0));
    node.began(THREE.after(change), change);
    assertThat(node.heldBackBy()).containsExactly(R3);
    node.received(R3, 2);
    assertThat(node.finalTime()).isEqualTo(at(50));
    assertThat(node.stable()).isEqualTo(vector(1, 0, 0));
  }

  @Test
  void whoJoinsCountsFromItsRecordAndNothingOfItBefore() {
    allPromise(0, 50);
    node.promised(R3_AGAIN, new Promise(9, at(90)));
    node.confirmed(R3_AGAIN, 1, vector(9, 9, 9));
    assertThatThrownBy(() -> node.received(R3_AGAIN, 1)).hasMessageContaining("came before");
    assertThat(node.isKnown(R3_AGAIN)).isFalse();
    EpochChange change = replaced(0, vector(0, 0, 0));
    node.began(THREE.after(change), change);
    node.joined(new JoinRecord(change, at(60), vector(0, 0, 0)));
    node.joined(new JoinRecord(change, at(60), vector(0, 0, 0)));
    node.received(R3_AGAIN, 1);
    for (ReplicaId replica : List.of(R1, R2)) {
      node.promised(replica, new Promise(0, at(80)));
    }
    assertThat(node.finalTime()).isEqualTo(at(60));
    assertThat(node.heldBackBy()).containsExactly(R3_AGAIN);
  }

  @Test
  void aRecordBelowWhatIsFinalIsRefused() {
    allPromise(0, 50);
    EpochChange change = replaced(0, vector(0, 0, 0));
    assertThatThrownBy(() -> node.joined(new JoinRecord(change, at(49), vector(0, 0, 0))))
        .hasMessageContaining("is final already");
    assertThatThrownBy(
            () -> JoinRecord.write(change, new Promise(0, at(50)), at(50), vector(0, 0, 0)))
        .hasMessageContaining("not later than the promise");
  }

  @Test
  void whoCameAndWentBeforeItsRecordWasHereIsNotWaitedFor() {
    EpochChange in = replaced(0, vector(0, 0, 0));
    EpochChange out = new EpochChange(2, null, Sets.of(List.of(R3_AGAIN)), vector(0, 1, 0));
    ReplicaSet one = THREE.after(in);
    node.began(one, in);
    node.began(one.after(out), out);
    node.joined(new JoinRecord(in, at(10), vector(0, 0, 0)));
    node.received(R2, 1);
    node.promised(R1, new Promise(0, at(50)));
    node.promised(R2, new Promise(1, at(50)));
    assertThat(node.finalTime()).isEqualTo(at(50));
  }

  @Test
  void whoIsRetiredCallsNothingFinalThatLiesPastItsCutOff() {
    node.received(R1, 3);
    node.promised(R2, new Promise(0, at(90)));
    node.promised(R3, new Promise(0, at(90)));
    node.promised(R1, new Promise(1, at(20)));
    // Entries 2 and 3, at 30 and 40, are past the cut-off; the promises of the others cover them.
    node.began(
        new ReplicaSet(1, Sets.of(List.of(R2, R3))),
        new EpochChange(1, null, Sets.of(List.of(R1)), vector(1, 0, 0)));
    assertThat(node.finalTime()).isLessThan(at(30));
    node.promised(R2, new Promise(0, at(95)));
    node.promised(R3, new Promise(0, at(95)));
    node.confirmed(R2, 1, vector(1, 0, 0));
    node.confirmed(R3, 1, vector(1, 0, 0));
    assertThat(node.finalTime()).isLessThan(at(30));
  }
}
