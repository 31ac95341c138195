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
import dev.converge.engine.membership.ReplicaLife.Disk;
import dev.converge.engine.membership.ReplicaLife.Phase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The transition table, row by row. */
class ReplicaLifeTest {
  private static final HybridTimestamp AT_7 = new HybridTimestamp(7, 0);
  private static final Promise PROMISE = new Promise(5, AT_7);

  private static Step<ReplicaLife, LifeEffect> start(Disk disk) {
    return ReplicaLife.start(R1, disk, own(5), List.of(R2, R3));
  }

  private static LifeInput has(ReplicaId peer, long lsn, long sameUpTo) {
    return new LifeInput.PeerHas(peer, lsn, sameUpTo, VersionVector.empty(), PROMISE);
  }

  private static VersionVector own(long lsn) {
    return VersionVector.of(Map.of(R1, lsn));
  }

  @Test
  void aSureDiskWritesAtOnceWhoeverCanBeReached() {
    assertThat(start(Disk.SURE).effects()).containsExactly(new LifeEffect.AcceptWrites());
    assertThat(ReplicaLife.start(R1, Disk.UNSURE, own(5), List.of()).state().isActive()).isTrue();
  }

  @Test
  void anEmptyDatabaseJoinsBeforeItWrites() {
    Step<ReplicaLife, LifeEffect> start = start(Disk.EMPTY);
    assertThat(start.effects()).containsExactly(new LifeEffect.AskToJoin());
    ReplicaLife joining = start.state();
    assertThat(joining.step(has(R2, 9, 0)).state()).isEqualTo(joining);
    assertThatThrownBy(() -> joining.step(new LifeInput.Stored(own(6))))
        .hasMessageContaining("JOINING");
    EpochChange change =
        new EpochChange(1, new Admission(R1, R2), Sets.NONE, VersionVector.empty());
    JoinRecord record = new JoinRecord(change, AT_7, VersionVector.empty());
    Step<ReplicaLife, LifeEffect> in = joining.step(new LifeInput.Joined(record));
    assertThat(in.effects())
        .containsExactly(new LifeEffect.RaisePromise(AT_7), new LifeEffect.AcceptWrites());
    assertThat(in.state().step(new LifeInput.Joined(record)).effects()).isEmpty();
  }

  @Test
  void anUnsureDiskAsksEverybodyBeforeItWrites() {
    Step<ReplicaLife, LifeEffect> start = start(Disk.UNSURE);
    assertThat(start.effects()).isEmpty();
    Step<ReplicaLife, LifeEffect> one = start.state().step(has(R2, 4, 4));
    assertThat(one.state().phase()).isEqualTo(Phase.CHECKING);
    assertThat(one.effects()).containsExactly(new LifeEffect.RaisePromise(AT_7));
    Step<ReplicaLife, LifeEffect> other = one.state().step(has(R3, 5, 5));
    assertThat(other.effects()).contains(new LifeEffect.AcceptWrites());
  }

  @Test
  void whatAPeerHasMoreIsGivenBackFirst() {
    Step<ReplicaLife, LifeEffect> fetching = start(Disk.UNSURE).state().step(has(R2, 8, 5));
    assertThat(fetching.effects()).contains(new LifeEffect.Fetch(R2, own(8)));
    Step<ReplicaLife, LifeEffect> part = fetching.state().step(new LifeInput.Stored(own(7)));
    assertThat(part.state().phase()).isEqualTo(Phase.FETCHING);
    // The other one says what it has meanwhile, and has still more.
    Step<ReplicaLife, LifeEffect> more = part.state().step(has(R3, 9, 7));
    assertThat(more.effects()).contains(new LifeEffect.Fetch(R3, own(9)));
    Step<ReplicaLife, LifeEffect> all = more.state().step(new LifeInput.Stored(own(9)));
    assertThat(all.effects()).containsExactly(new LifeEffect.AcceptWrites());
    assertThat(all.state().step(new LifeInput.Stored(own(10))).state().held()).isEqualTo(own(10));
  }

  @Test
  void whatItConfirmedToOthersIsFetchedAgainToo() {
    VersionVector confirmed = VersionVector.of(Map.of(R3, 4L));
    Step<ReplicaLife, LifeEffect> told =
        start(Disk.UNSURE).state().step(new LifeInput.PeerHas(R2, 5, 5, confirmed, PROMISE));
    assertThat(told.effects()).contains(new LifeEffect.Fetch(R2, own(5).merge(confirmed)));
    Step<ReplicaLife, LifeEffect> back = told.state().step(new LifeInput.Stored(confirmed));
    assertThat(back.state().phase()).isEqualTo(Phase.CHECKING);
    assertThat(back.state().step(has(R3, 0, 0)).state().isActive()).isTrue();
  }

  @Test
  void aLiveReplicaThatLostItsEndStopsUntilItIsBack() {
    Step<ReplicaLife, LifeEffect> lost = start(Disk.SURE).state().step(has(R2, 6, 5));
    assertThat(lost.effects())
        .containsExactly(
            new LifeEffect.RaisePromise(AT_7),
            new LifeEffect.StopWrites(),
            new LifeEffect.Fetch(R2, own(6)));
    assertThat(lost.state().step(new LifeInput.Stored(own(6))).state().isActive()).isTrue();
  }

  @Test
  void whoWroteSomethingElseUnderTheSameDotsComesBackAsANewIncarnation() {
    ReplicaLife wrote = start(Disk.SURE).state().step(new LifeInput.Stored(own(6))).state();
    Step<ReplicaLife, LifeEffect> over = wrote.step(has(R2, 6, 5));
    assertThat(over.effects())
        .containsExactly(new LifeEffect.StopWrites(), new LifeEffect.ComeBack(5));
    assertThat(over.state().step(new LifeInput.Retired(3)).effects()).isEmpty();
    assertThat(over.state().step(new LifeInput.Stored(own(9))).state()).isEqualTo(over.state());
  }

  @Test
  void aRetiredReplicaStopsAndComesBackWithWhatLiesPastTheCutOff() {
    Step<ReplicaLife, LifeEffect> over = start(Disk.SURE).state().step(new LifeInput.Retired(3));
    assertThat(over.effects())
        .containsExactly(new LifeEffect.StopWrites(), new LifeEffect.ComeBack(3));
    assertThat(over.state().isActive()).isFalse();
  }
}
