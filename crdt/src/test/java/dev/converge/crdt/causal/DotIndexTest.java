package dev.converge.crdt.causal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.testing.Property;
import dev.converge.crdt.testing.Rng;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Compared with {@link HashMap}; histories are long enough for dots to wait and to be settled. */
class DotIndexTest {
  private static final List<ReplicaId> REPLICAS =
      List.of(ReplicaId.of("a"), ReplicaId.of("b"), ReplicaId.of("c"));

  record Step(Dot dot, boolean remove) {}

  private static List<Step> steps(Rng rng) {
    List<Step> steps = new ArrayList<>();
    int length = 1 + rng.below(rng.isWide() ? 300 : 30);
    for (int i = 0; i < length; i++) {
      long sequence = rng.oneIn(2) ? 1 + i : 1 + rng.below(i + 1);
      steps.add(new Step(new Dot(rng.pick(REPLICAS), sequence), rng.oneIn(3)));
    }
    return steps;
  }

  @Test
  void itDoesWhatAHashMapDoes() {
    Property.check(
        "DotIndex",
        DotIndexTest::steps,
        steps -> {
          DotIndex<String> index = DotIndex.empty();
          DotIndex<String> half = index;
          Map<Dot, String> model = new HashMap<>();
          Map<Dot, String> halfModel = Map.of();
          for (int i = 0; i < steps.size(); i++) {
            Dot dot = steps.get(i).dot();
            if (steps.get(i).remove()) {
              index = index.remove(dot);
              model.remove(dot);
            } else {
              index = index.put(dot, "key of " + dot);
              model.putIfAbsent(dot, "key of " + dot);
            }
            assertThat(index.get(dot)).isEqualTo(model.get(dot));
            if (i == steps.size() / 2) {
              half = index;
              halfModel = Map.copyOf(model);
            }
          }
          compare(index, model);
          compare(half, halfModel);
          differences(half, halfModel, index, model);
        });
  }

  private static void compare(DotIndex<String> index, Map<Dot, String> model) {
    List<Dot> dots = new ArrayList<>();
    index.forEachDot(dots::add);
    assertThat(dots).containsExactlyInAnyOrderElementsOf(model.keySet());
    model.forEach((dot, key) -> assertThat(index.get(dot)).isEqualTo(key));
  }

  private static void differences(
      DotIndex<String> a, Map<Dot, String> inA, DotIndex<String> b, Map<Dot, String> inB) {
    Map<Dot, String> onlyInOne = new HashMap<>();
    a.forEachDifference(
        b,
        (replica, sequence, mine, theirs) -> {
          Dot dot = new Dot(replica, sequence);
          assertThat(mine).isEqualTo(inA.get(dot));
          assertThat(theirs).isEqualTo(inB.get(dot));
          if (mine == null || theirs == null) {
            assertThat(onlyInOne.put(dot, "")).isNull();
          }
        });
    Map<Dot, String> expected = new HashMap<>();
    inA.keySet().stream().filter(dot -> !inB.containsKey(dot)).forEach(d -> expected.put(d, ""));
    inB.keySet().stream().filter(dot -> !inA.containsKey(dot)).forEach(d -> expected.put(d, ""));
    assertThat(onlyInOne).isEqualTo(expected);
  }
}
