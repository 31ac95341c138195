package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.Subjects.Kind;
import dev.converge.crdt.Subjects.Op;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.HybridLogicalClock;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.crdt.testing.Event;
import dev.converge.crdt.testing.History;
import dev.converge.crdt.testing.Property;
import dev.converge.crdt.testing.Rng;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/**
 * Forgetting stable removals changes nothing that can be seen: each history runs on replicas that
 * forget, by the rule that {@code forget} states, and on twins of theirs that do not.
 */
class ForgettingTest {
  private static final int REPLICAS = History.REPLICAS.size();

  private enum Do {
    WRITE,
    PULL,
    DELIVER,
    FORGET
  }

  /** What replica {@code at} does, with {@code other}: a replica, or the number of a delta. */
  private record Step(Do what, int at, int other, Op operation, int wall) {}

  private static List<Step> steps(Rng rng) {
    List<Step> steps = new ArrayList<>();
    for (int i = 4 + rng.below(26); i >= 0; i--) {
      Do what =
          rng.pick(List.of(Do.WRITE, Do.WRITE, Do.WRITE, Do.PULL, Do.PULL, Do.DELIVER, Do.FORGET));
      Kind kind = rng.oneIn(2) ? Kind.ADD : Kind.REMOVE;
      Op operation = new Op(kind, "", rng.letter(), BigInteger.ONE);
      steps.add(new Step(what, rng.below(REPLICAS), rng.below(20), operation, rng.below(4)));
    }
    return steps;
  }

  private static final class Run<V extends RecordedSet<String, ?, V>> {
    private final BiFunction<V, Event<Op>, V> change;
    private final boolean tooEarly;
    private final List<V> forgetting = new ArrayList<>();
    private final List<V> remembering = new ArrayList<>();
    private final List<HybridLogicalClock> clocks = new ArrayList<>();
    private final VersionVector[][] pulled = new VersionVector[REPLICAS][REPLICAS];
    private final List<List<V>> deltas = new ArrayList<>();

    Run(V empty, BiFunction<V, Event<Op>, V> change) {
      this(empty, change, false);
    }

    Run(V empty, BiFunction<V, Event<Op>, V> change, boolean tooEarly) {
      this.tooEarly = tooEarly;
      this.change = change;
      for (int i = 0; i < REPLICAS; i++) {
        forgetting.add(empty);
        remembering.add(empty);
        clocks.add(HybridLogicalClock.START);
        for (int j = 0; j < REPLICAS; j++) {
          pulled[i][j] = VersionVector.empty();
        }
      }
    }

    void check(List<Step> steps) {
      for (Step step : steps) {
        int at = step.at();
        switch (step.what()) {
          case WRITE -> write(step);
          case PULL -> pull(at, (at + 1 + step.other() % (REPLICAS - 1)) % REPLICAS);
          case DELIVER -> deliver(at, step.other());
          case FORGET -> forget(at);
        }
        same(at);
      }
      for (int round = 0; round < 3; round++) {
        for (int at = 0; at < REPLICAS; at++) {
          pull(at, (at + 1) % REPLICAS);
          pull(at, (at + 2) % REPLICAS);
          same(at);
          if (round > 0) {
            forget(at);
            same(at);
          }
        }
      }
      for (V state : forgetting) {
        assertThat(state).isEqualTo(forgetting.get(0));
        assertThat(state.removalRecords()).isZero();
      }
    }

    private void write(Step step) {
      int at = step.at();
      clocks.set(at, clocks.get(at).tick(step.wall()));
      Event<Op> event = new Event<>(deltas.size(), at, clocks.get(at).last(), step.operation());
      V delta = change.apply(forgetting.get(at), event);
      V twin = change.apply(remembering.get(at), event);
      merge(at, delta, twin);
      deltas.add(List.of(delta, twin));
    }

    private void merge(int at, V delta, V twin) {
      forgetting.set(at, forgetting.get(at).merge(delta));
      remembering.set(at, remembering.get(at).merge(twin));
    }

    private void pull(int at, int from) {
      merge(at, forgetting.get(from), remembering.get(from));
      pulled[at][from] = forgetting.get(from).causal().context().vector();
      clocks.set(at, clocks.get(at).observe(clocks.get(from).last()));
    }

    private void deliver(int at, int number) {
      if (number < deltas.size()) {
        merge(at, deltas.get(number).get(0), deltas.get(number).get(1));
        clocks.forEach(clock -> clocks.set(at, clocks.get(at).observe(clock.last())));
      }
    }

    private void forget(int at) {
      VersionVector stable =
          tooEarly
              ? forgetting.get(at).causal().context().vector()
              : pulled[at][(at + 1) % REPLICAS].meet(pulled[at][(at + 2) % REPLICAS]);
      V delta = forgetting.get(at).forget(CausalContext.of(stable));
      assertThat(forgetting.get(at).merge(delta).elements())
          .isEqualTo(forgetting.get(at).elements());
      // That a replica forgets reaches the others like any delta; its twin does nothing.
      V nothing = remembering.get(at).forget(CausalContext.empty());
      merge(at, delta, nothing);
      deltas.add(List.of(delta, nothing));
    }

    private void same(int at) {
      assertThat(forgetting.get(at).elements()).isEqualTo(remembering.get(at).elements());
    }
  }

  @Test
  void anRwSetShowsTheSameWhetherStableRemovalsAreForgottenOrNot() {
    Property.check(
        "RWSet forgetting",
        ForgettingTest::steps,
        steps -> new Run<RWSet<String>>(RWSet.empty(), Subjects::changeRwSet).check(steps));
  }

  @Test
  void anLwwElementSetShowsTheSameWhetherStableRemovalsAreForgottenOrNot() {
    Property.check(
        "LWWElementSet forgetting",
        ForgettingTest::steps,
        steps ->
            new Run<LWWElementSet<String>>(LWWElementSet.empty(), Subjects::changeLwwElementSet)
                .check(steps));
  }

  @Test
  void forgettingWhateverIsSeenHereIsReported() {
    assertThatThrownBy(
            () ->
                Property.check(
                    "RWSet forgetting too early",
                    ForgettingTest::steps,
                    steps ->
                        new Run<RWSet<String>>(RWSet.empty(), Subjects::changeRwSet, true)
                            .check(steps)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("made smaller");
    assertThatThrownBy(
            () ->
                Property.check(
                    "LWWElementSet forgetting too early",
                    ForgettingTest::steps,
                    steps ->
                        new Run<LWWElementSet<String>>(
                                LWWElementSet.empty(), Subjects::changeLwwElementSet, true)
                            .check(steps)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("made smaller");
  }
}
