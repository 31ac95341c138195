package dev.converge.crdt.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.testing.Property;
import dev.converge.crdt.testing.Rng;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Compared with a plain set of dots. */
class CausalContextTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");

  /** A dot comes into one of three sets, or one set is merged into another. */
  record Step(int to, int from, Dot dot) {}

  private static List<Step> steps(Rng rng) {
    List<Step> steps = new ArrayList<>();
    int range = rng.isWide() ? 200 : 6;
    int length = 1 + rng.below(rng.isWide() ? 100 : 20);
    for (int i = 0; i < length; i++) {
      int to = rng.below(3);
      int from = rng.oneIn(4) ? rng.below(3) : to;
      steps.add(new Step(to, from, new Dot(rng.oneIn(2) ? A : B, 1 + rng.below(range))));
    }
    return steps;
  }

  @Test
  void itIsASetOfDots() {
    Property.check(
        "CausalContext",
        CausalContextTest::steps,
        steps -> {
          List<CausalContext> contexts =
              new ArrayList<>(
                  List.of(CausalContext.empty(), CausalContext.empty(), CausalContext.empty()));
          List<Set<Dot>> models = List.of(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
          for (Step step : steps) {
            CausalContext context = contexts.get(step.to());
            if (step.from() == step.to()) {
              contexts.set(step.to(), context.with(step.dot()));
              models.get(step.to()).add(step.dot());
            } else {
              contexts.set(step.to(), context.merge(contexts.get(step.from())));
              models.get(step.to()).addAll(models.get(step.from()));
            }
            if (steps.size() <= 8) {
              check(contexts.get(step.to()), models.get(step.to()));
            }
          }
          for (int i = 0; i < 3; i++) {
            int j = (i + 1) % 3;
            check(contexts.get(i), models.get(i));
            compare(contexts.get(i), models.get(i), contexts.get(j), models.get(j));
            CausalContext merged = contexts.get(i).merge(contexts.get(j));
            assertThat(merged).isEqualTo(contexts.get(j).merge(contexts.get(i)));
            assertThat(merged.merge(contexts.get((i + 2) % 3)))
                .isEqualTo(contexts.get(i).merge(contexts.get(j).merge(contexts.get((i + 2) % 3))));
          }
        });
  }

  private static void check(CausalContext context, Set<Dot> model) {
    Set<Dot> dots = new HashSet<>();
    context.forEach(dot -> assertThat(dots.add(dot)).isTrue());
    assertThat(dots).isEqualTo(model);
    assertThat(context.size()).isEqualTo(model.size());
    for (ReplicaId replica : List.of(A, B)) {
      long next =
          1
              + model.stream()
                  .filter(d -> d.replica().equals(replica))
                  .mapToLong(Dot::sequence)
                  .max()
                  .orElse(0);
      assertThat(context.next(replica)).isEqualTo(new Dot(replica, next));
      assertThat(context.contains(new Dot(replica, next))).isFalse();
    }
    model.forEach(dot -> assertThat(context.contains(dot)).isTrue());
    CausalContext afresh = CausalContext.of(VersionVector.empty(), model);
    assertThat(context).isEqualTo(afresh).hasSameHashCodeAs(afresh);
    assertThat(CausalContext.of(context.vector(), context.cloud())).isEqualTo(context);
    assertThat(context.cloud())
        .noneMatch(d -> d.sequence() <= context.vector().get(d.replica()) + 1);
  }

  private static void compare(CausalContext a, Set<Dot> m, CausalContext b, Set<Dot> n) {
    boolean covers = m.containsAll(n);
    boolean covered = n.containsAll(m);
    assertThat(a.covers(b)).isEqualTo(covers);
    assertThat(a.compare(b))
        .isEqualTo(
            covers
                ? covered ? Causality.EQUAL : Causality.AFTER
                : covered ? Causality.BEFORE : Causality.CONCURRENT);
    Set<Dot> beyond = new HashSet<>();
    a.forEachBeyond(b, beyond::add);
    Set<Dot> expected = new HashSet<>(m);
    expected.removeAll(n);
    assertThat(beyond).isEqualTo(expected);
  }

  @Test
  void theVectorOfAnotherCanGrowOverTheCloudAndUpToIt() {
    CausalContext cloud = CausalContext.ofDots(Dot.of(A, 3), Dot.of(A, 5), Dot.of(A, 6));
    CausalContext merged = cloud.merge(CausalContext.of(VersionVector.of(Map.of(A, 4L))));
    assertThat(merged).isEqualTo(CausalContext.of(VersionVector.of(Map.of(A, 6L))));
    assertThat(merged.cloud()).isEmpty();
  }

  /** The cloud is kept in words of 64 numbers; one that runs empty must go. */
  @Test
  void aGapThatIsFilledLeavesNothingBehind() {
    CausalContext filled =
        CausalContext.ofDots(Dot.of(A, 2), Dot.of(A, 63), Dot.of(A, 64), Dot.of(A, 200))
            .with(Dot.of(A, 1));
    CausalContext afresh =
        CausalContext.of(
            VersionVector.of(Map.of(A, 2L)), List.of(Dot.of(A, 63), Dot.of(A, 64), Dot.of(A, 200)));
    assertThat(filled).isEqualTo(afresh).hasSameHashCodeAs(afresh);
    CausalContext far = CausalContext.ofDots(Dot.of(A, 2), Dot.of(A, 200)).with(Dot.of(A, 1));
    assertThat(far)
        .isEqualTo(CausalContext.of(VersionVector.of(Map.of(A, 2L)), List.of(Dot.of(A, 200))));
  }

  @Test
  void itsTextIsTheVectorAndTheCloud() {
    CausalContext context =
        CausalContext.of(VersionVector.of(Map.of(A, 3L)), List.of(Dot.of(B, 7)));
    assertThat(context).hasToString("{a=3}+[b:7]");
  }

  @Test
  void contextsAtTheEndOfTheNumbersAreComparedAndCounted() {
    CausalContext end = CausalContext.of(VersionVector.of(Map.of(A, Long.MAX_VALUE)));
    CausalContext more =
        CausalContext.of(VersionVector.of(Map.of(A, Long.MAX_VALUE, B, Long.MAX_VALUE)));
    assertThat(end.compare(more)).isEqualTo(Causality.BEFORE);
    assertThat(more.compare(end)).isEqualTo(Causality.AFTER);
    assertThat(more.size()).isEqualTo(Long.MAX_VALUE);
    CausalContext last =
        CausalContext.of(VersionVector.of(Map.of(A, Long.MAX_VALUE - 1)))
            .with(Dot.of(A, Long.MAX_VALUE));
    assertThat(last).isEqualTo(end);
    // A leap over more numbers than could be walked.
    CausalContext leap =
        CausalContext.ofDots(Dot.of(A, 2), Dot.of(A, Long.MAX_VALUE - 1))
            .merge(CausalContext.of(VersionVector.of(Map.of(A, Long.MAX_VALUE - 5))));
    assertThat(leap.cloud()).containsExactly(Dot.of(A, Long.MAX_VALUE - 1));
    assertThatThrownBy(() -> end.next(A)).isInstanceOf(ArithmeticException.class);
  }
}
