package dev.converge.engine.frontier;

import static dev.converge.engine.support.Events.R1;
import static dev.converge.engine.support.Events.R2;
import static dev.converge.engine.support.Events.R3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The transition tables, row by row. */
class FrontierTest {
  private final FinalFrontier frontier = new FinalFrontier();
  private final StableFrontier stable = new StableFrontier();

  private static HybridTimestamp at(long millis) {
    return new HybridTimestamp(millis, 0);
  }

  private static VersionVector vector(ReplicaId a, long first, ReplicaId b, long second) {
    return VersionVector.of(Map.of(a, first, b, second));
  }

  private void joinTwo() {
    frontier.join(R1, HybridTimestamp.ZERO);
    frontier.join(R2, HybridTimestamp.ZERO);
  }

  @Test
  void theFrontierIsTheLeastPromiseWhoseLogHasCome() {
    joinTwo();
    frontier.promised(R1, new Promise(0, at(50)));
    assertThat(frontier.time()).isEqualTo(HybridTimestamp.ZERO);
    assertThat(frontier.heldBackBy()).containsExactly(R2);
    frontier.promised(R2, new Promise(3, at(40)));
    assertThat(frontier.time()).isEqualTo(HybridTimestamp.ZERO);
    frontier.received(R2, 2);
    assertThat(frontier.time()).isEqualTo(HybridTimestamp.ZERO);
    frontier.received(R2, 3);
    assertThat(frontier.time()).isEqualTo(at(40));
    assertThat(frontier.isFinal(at(40))).isTrue();
    assertThat(frontier.isFinal(at(40).next())).isFalse();
  }

  @Test
  void aSteadyStreamOfPromisesAheadOfTheLogDoesNotStarveTheFrontier() {
    joinTwo();
    frontier.promised(R1, new Promise(0, at(1_000)));
    for (int i = 1; i <= 100; i++) {
      frontier.promised(R2, new Promise(i + 5, at(i)));
      frontier.received(R2, i);
    }
    assertThat(frontier.time().millis()).isGreaterThan(50);
  }

  @Test
  void oldPromisesArePassedOverAndContradictionsRefused() {
    joinTwo();
    frontier.promised(R1, new Promise(0, at(90)));
    frontier.promised(R2, new Promise(0, at(20)));
    frontier.promised(R2, new Promise(0, at(10)));
    assertThat(frontier.time()).isEqualTo(at(20));
    assertThatThrownBy(() -> frontier.promised(R2, new Promise(7, at(10))))
        .hasMessageContaining("contradict each other");
    assertThatThrownBy(() -> frontier.promised(R3, new Promise(0, at(1))))
        .hasMessageContaining("no member");
    assertThatThrownBy(() -> new Promise(-1, at(1))).hasMessageContaining("not negative");
  }

  @Test
  void aReplicaThatJoinsCountsFromTheTimeOfItsRecord() {
    joinTwo();
    frontier.promised(R1, new Promise(0, at(50)));
    frontier.promised(R2, new Promise(0, at(50)));
    frontier.join(R3, at(60));
    assertThat(frontier.time()).isEqualTo(at(50));
    frontier.promised(R1, new Promise(0, at(80)));
    frontier.promised(R2, new Promise(0, at(80)));
    assertThat(frontier.time()).isEqualTo(at(60));
    assertThat(frontier.heldBackBy()).containsExactly(R3);
    assertThatThrownBy(() -> frontier.join(ReplicaId.of("node-4"), at(59)))
        .hasMessageContaining("is final already");
  }

  @Test
  void aRetiredReplicaHoldsTheFrontierUntilItsLogHasComeUpToTheCutOff() {
    joinTwo();
    frontier.promised(R1, new Promise(0, at(50)));
    frontier.received(R2, 3);
    frontier.retire(R2, 5);
    assertThat(frontier.time()).isEqualTo(HybridTimestamp.ZERO);
    frontier.received(R2, 5);
    assertThat(frontier.time()).isEqualTo(at(50));
    frontier.promised(R2, new Promise(9, at(10)));
    assertThat(frontier.time()).isEqualTo(at(50));
    assertThatThrownBy(() -> frontier.retire(R2, 6)).hasMessageContaining("was retired at 5");
  }

  @Test
  void stableIsWhatEveryMemberHas() {
    stable.join(R1, VersionVector.empty());
    stable.join(R2, VersionVector.empty());
    stable.confirmed(R1, vector(R1, 9, R2, 4));
    assertThat(stable.vector()).isEqualTo(VersionVector.empty());
    stable.confirmed(R2, vector(R1, 5, R2, 7));
    assertThat(stable.vector()).isEqualTo(vector(R1, 5, R2, 4));
    stable.confirmed(R2, vector(R1, 3, R2, 7));
    assertThat(stable.vector()).isEqualTo(vector(R1, 5, R2, 4));
  }

  @Test
  void aReplicaJoinsWithAllThatIsStableAndARetiredOneHoldsNothingBack() {
    stable.join(R1, vector(R1, 5, R2, 5));
    assertThatThrownBy(() -> stable.join(R3, vector(R1, 5, R2, 4)))
        .hasMessageContaining("is stable already");
    stable.join(R2, vector(R1, 5, R2, 5));
    stable.confirmed(R1, vector(R1, 8, R2, 8));
    assertThat(stable.vector()).isEqualTo(vector(R1, 5, R2, 5));
    stable.retire(R2);
    assertThat(stable.vector()).isEqualTo(vector(R1, 8, R2, 8));
    stable.confirmed(R2, vector(R1, 1, R2, 1));
    assertThat(stable.vector()).isEqualTo(vector(R1, 8, R2, 8));
  }

  @Test
  void memoryLetsGoOfWhatIsFinalAndStableAndTheJournalOfWhatIsBelowTheFloor() {
    Retention retention = new Retention(at(50), vector(R1, 5, R2, 5), vector(R1, 3, R2, 3), at(40));
    assertThat(retention.mayLeaveMemory(R1, 5, at(50))).isTrue();
    assertThat(retention.mayLeaveMemory(R1, 6, at(50))).isFalse();
    assertThat(retention.mayLeaveMemory(R1, 5, at(51))).isFalse();
    assertThat(retention.mayLeaveMemory(R3, 1, at(1))).isFalse();
    assertThat(retention.mayLeaveJournal(R1, 3, at(39), true)).isTrue();
    assertThat(retention.mayLeaveJournal(R1, 4, at(39), true)).isFalse();
    assertThat(retention.mayLeaveJournal(R1, 3, at(40), true)).isFalse();
    assertThat(retention.mayLeaveJournal(R1, 3, at(39), false)).isFalse();
  }
}
