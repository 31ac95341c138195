package dev.converge.crdt.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.testing.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClocksTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");
  private static final ReplicaId C = new ReplicaId("a", 1);

  @Test
  void aReplicaIdReadsWhatItWrote() {
    ReplicaId later = new ReplicaId("node-1", 36 * 36);
    assertThat(later).hasToString("node-1~100");
    assertThat(ReplicaId.parse("node-1~100")).isEqualTo(later);
    assertThat(ReplicaId.parse("node-1")).isEqualTo(ReplicaId.of("node-1"));
    assertThat(List.of(B, C, A)).isNotEmpty();
    assertThat(new ArrayList<>(List.of(B, C, A)).stream().sorted()).containsExactly(A, C, B);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "~", "a~", "~1", "a~-1", "a~+1", "a~0", "a~01", "a~A", "a b", "a~1~2"})
  void whatIsNoReplicaIdIsRefused(String text) {
    assertThatThrownBy(() -> ReplicaId.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a:", "a:0", "a:-1", "a:+1", "a:01", ":1", "a:1:2", "a:x"})
  void whatIsNoDotIsRefused(String text) {
    assertThatThrownBy(() -> Dot.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDotReadsWhatItWroteAndIsOrderedByReplicaThenNumber() {
    Dot dot = new Dot(C, 7);
    assertThat(dot).hasToString("a~1:7");
    assertThat(Dot.parse("a~1:7")).isEqualTo(dot);
    assertThat(List.of(Dot.of(B, 1), Dot.of(C, 1), Dot.of(A, 2), Dot.of(A, 1)).stream().sorted())
        .containsExactly(Dot.of(A, 1), Dot.of(A, 2), Dot.of(C, 1), Dot.of(B, 1));
  }

  @Test
  void aVersionVectorIsAMapOfMaxima() {
    record Step(int to, int from, ReplicaId replica, long sequence) {}
    Property.check(
        "VersionVector",
        rng -> {
          List<Step> steps = new ArrayList<>();
          for (int i = rng.below(12); i >= 0; i--) {
            ReplicaId replica = rng.pick(List.of(A, B, C));
            steps.add(new Step(rng.below(2), rng.below(2), replica, rng.below(4)));
          }
          return steps;
        },
        steps -> {
          List<VersionVector> vectors =
              new ArrayList<>(List.of(VersionVector.empty(), VersionVector.empty()));
          List<Map<ReplicaId, Long>> models = List.of(new TreeMap<>(), new TreeMap<>());
          for (Step step : steps) {
            VersionVector vector = vectors.get(step.to());
            Map<ReplicaId, Long> model = models.get(step.to());
            if (step.from() == step.to() && step.sequence() > 0) {
              vectors.set(step.to(), vector.with(step.replica(), step.sequence()));
              model.merge(step.replica(), step.sequence(), Math::max);
            } else if (step.from() != step.to()) {
              vectors.set(step.to(), vector.merge(vectors.get(step.from())));
              models.get(step.from()).forEach((r, s) -> model.merge(r, s, Math::max));
            }
            VersionVector now = vectors.get(step.to());
            assertThat(now.entries()).isEqualTo(model);
            assertThat(now)
                .isEqualTo(VersionVector.of(model))
                .hasSameHashCodeAs(VersionVector.of(model));
          }
          VersionVector a = vectors.get(0);
          VersionVector b = vectors.get(1);
          assertThat(a.merge(b)).isEqualTo(b.merge(a));
          assertThat(a.merge(b).covers(a) && a.merge(b).covers(b)).isTrue();
          assertThat(a.meet(b)).isEqualTo(b.meet(a));
          assertThat(a.covers(a.meet(b)) && b.covers(a.meet(b))).isTrue();
          for (ReplicaId replica : List.of(A, B, C)) {
            assertThat(a.meet(b).get(replica)).isEqualTo(Math.min(a.get(replica), b.get(replica)));
          }
          assertThat(a.compare(b) == Causality.EQUAL).isEqualTo(a.equals(b));
          assertThat(a.compare(b) == Causality.BEFORE).isEqualTo(b.compare(a) == Causality.AFTER);
          assertThat(a.covers(b)).isEqualTo(a.merge(b).equals(a));
        });
  }

  @Test
  void aVersionVectorLeavesOutZerosAndRefusesNegativeEntries() {
    assertThat(VersionVector.of(Map.of(A, 0L))).isEqualTo(VersionVector.empty());
    assertThat(VersionVector.of(Map.of(B, 1L, A, 3L))).hasToString("{a=3, b=1}");
    assertThatThrownBy(() -> VersionVector.of(Map.of(A, -1L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a=-1");
  }

  @Test
  void hybridTimeNeverGoesBackAndGrowsAlongCausality() {
    record Step(int at, int from, long wall) {}
    Property.check(
        "HybridLogicalClock",
        rng -> {
          List<Step> steps = new ArrayList<>();
          for (int i = rng.below(20); i >= 0; i--) {
            // Walls that stand still, jump, and go back.
            steps.add(new Step(rng.below(3), rng.below(3), rng.below(5)));
          }
          return steps;
        },
        steps -> {
          List<HybridLogicalClock> clocks =
              new ArrayList<>(
                  List.of(
                      HybridLogicalClock.START,
                      HybridLogicalClock.START,
                      HybridLogicalClock.START));
          for (Step step : steps) {
            HybridLogicalClock before = clocks.get(step.at());
            HybridTimestamp remote = clocks.get(step.from()).last();
            HybridLogicalClock after = before.observe(remote).tick(step.wall());
            assertThat(after.last()).isGreaterThan(before.last()).isGreaterThan(remote);
            assertThat(after.last().millis()).isGreaterThanOrEqualTo(step.wall());
            // Close to the wall clocks: no wall here is beyond 4.
            assertThat(after.last().millis()).isLessThanOrEqualTo(4);
            clocks.set(step.at(), after);
          }
        });
  }

  @Test
  void aFullCounterCarriesIntoTheMilliseconds() {
    HybridTimestamp full = new HybridTimestamp(7, HybridTimestamp.MAX_COUNTER);
    assertThat(full.next()).isEqualTo(new HybridTimestamp(8, 0));
    HybridTimestamp end =
        new HybridTimestamp(HybridTimestamp.MAX_MILLIS, HybridTimestamp.MAX_COUNTER);
    assertThat(end).isGreaterThan(full);
    assertThatThrownBy(end::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no hybrid time is left");
  }

  @Test
  void packedTimeKeepsTheOrder() {
    List<HybridTimestamp> times =
        List.of(
            HybridTimestamp.ZERO,
            new HybridTimestamp(0, 1),
            new HybridTimestamp(0, HybridTimestamp.MAX_COUNTER),
            new HybridTimestamp(1, 0),
            new HybridTimestamp(HybridTimestamp.MAX_MILLIS, 0),
            new HybridTimestamp(HybridTimestamp.MAX_MILLIS, HybridTimestamp.MAX_COUNTER));
    for (int i = 0; i < times.size(); i++) {
      assertThat(HybridTimestamp.ofPacked(times.get(i).packed())).isEqualTo(times.get(i));
      for (int j = 0; j < times.size(); j++) {
        assertThat(Integer.signum(times.get(i).compareTo(times.get(j))))
            .isEqualTo(Integer.compare(i, j));
      }
    }
    assertThatThrownBy(() -> HybridTimestamp.ofPacked(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HybridTimestamp(-1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HybridTimestamp(0, HybridTimestamp.MAX_COUNTER + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void howFarARemoteClockIsAheadIsSaidAndNeverNegative() {
    assertThat(HybridLogicalClock.aheadMillis(new HybridTimestamp(500, 0), 200)).isEqualTo(300);
    assertThat(HybridLogicalClock.aheadMillis(new HybridTimestamp(200, 0), 500)).isZero();
    assertThatThrownBy(() -> HybridLogicalClock.aheadMillis(HybridTimestamp.ZERO, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRemoteTimeTooFarAheadIsTakenInAndReported() {
    HybridLogicalClock clock = HybridLogicalClock.START.tick(1_000);
    HybridTimestamp remote = new HybridTimestamp(1_700, 3);
    ClockObservation seen = clock.observe(remote, 1_100, 500);
    assertThat(seen.clock().last()).isEqualTo(remote);
    assertThat(seen.clock().tick(1_100).last()).isEqualTo(new HybridTimestamp(1_700, 4));
    assertThat(seen.aheadMillis()).isEqualTo(600);
    assertThat(seen.boundMillis()).isEqualTo(500);
    assertThat(seen.isBeyondBound()).isTrue();
    assertThat(seen.excessMillis()).isEqualTo(100);

    ClockObservation just = clock.observe(remote, 1_200, 500);
    assertThat(just.isBeyondBound()).isFalse();
    assertThat(just.excessMillis()).isZero();
    ClockObservation past = clock.observe(new HybridTimestamp(900, 0), 1_100, 0);
    assertThat(past.clock()).isSameAs(clock);
    assertThat(past.aheadMillis()).isZero();
    assertThat(past.isBeyondBound()).isFalse();
    assertThatThrownBy(() -> clock.observe(remote, 1_100, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not negative, not 600 and -1");
    assertThatThrownBy(() -> new ClockObservation(clock, -1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> clock.observe(remote, -1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("wall time is not negative, not -1");
  }

  @Test
  void aLamportClockGrowsAlongCausality() {
    LamportClock a = LamportClock.START.tick().tick();
    assertThat(a.time()).isEqualTo(2);
    LamportClock b = LamportClock.START.observe(2).tick();
    assertThat(b.time()).isEqualTo(3);
    assertThat(b.observe(3)).isSameAs(b);
    assertThat(b.observe(1)).isSameAs(b);
    assertThat(b.observe(0)).isSameAs(b);
    assertThat(a).isLessThan(b).hasToString("2");
    assertThat(b).isEqualByComparingTo(new LamportClock(3));
  }

  @Test
  void aLamportTimeIsNeverNegativeAndComesToAnEnd() {
    assertThatThrownBy(() -> new LamportClock(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a Lamport time is not negative, not -1");
    assertThatThrownBy(() -> LamportClock.START.observe(-1))
        .isInstanceOf(IllegalArgumentException.class);
    LamportClock last = new LamportClock(Long.MAX_VALUE);
    assertThatThrownBy(last::tick)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no Lamport time is left");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "z", "A", "Z", "0", "9", ".", "_", "-", "node-1.B_2"})
  void whatIsAllowedInAName(String name) {
    assertThat(ReplicaId.isValidName(name)).isTrue();
    assertThat(ReplicaId.of(name).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"`", "{", "@", "[", "/", ":", "a,", "\u00e4", "", " "})
  void whatIsNotAllowedInAName(String name) {
    assertThat(ReplicaId.isValidName(name)).isFalse();
    assertThatThrownBy(() -> ReplicaId.of(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a replica's name has 1 to 64 characters");
  }

  @Test
  void aNameHasUpTo64Characters() {
    assertThat(ReplicaId.isValidName("a".repeat(64))).isTrue();
    assertThat(ReplicaId.isValidName("a".repeat(65))).isFalse();
  }

  @Test
  void whatHasNoNameIsRefusedWithItsReason() {
    assertThatThrownBy(() -> ReplicaId.parse("~1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("of [A-Za-z0-9._-], not ''");
    assertThatThrownBy(() -> Dot.parse(":1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("of [A-Za-z0-9._-], not ''");
  }

  @Test
  void wallTimeBeginsAtZero() {
    assertThat(HybridLogicalClock.aheadMillis(new HybridTimestamp(7, 0), 0)).isEqualTo(7);
  }

  @Test
  void theLaterOfTwoHybridTimes() {
    HybridTimestamp one = new HybridTimestamp(1, 5);
    HybridTimestamp two = new HybridTimestamp(2, 0);
    assertThat(one.max(two)).isSameAs(two);
    assertThat(two.max(one)).isSameAs(two);
    assertThat(one.max(new HybridTimestamp(1, 5))).isSameAs(one);
  }

  @Test
  void whatChangesNothingMakesNothing() {
    VersionVector vector = VersionVector.of(Map.of(A, 3L));
    assertThat(vector.with(A, 3)).isSameAs(vector);
    assertThat(vector.with(A, 2)).isSameAs(vector);
    assertThat(vector.with(B, 0)).isSameAs(vector);
    HybridLogicalClock clock = HybridLogicalClock.START.tick(5);
    assertThat(clock.observe(clock.last())).isSameAs(clock);
  }
}
