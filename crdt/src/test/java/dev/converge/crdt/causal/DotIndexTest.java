package dev.converge.crdt.causal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.persistent.PersistentMap;
import dev.converge.crdt.testing.Property;
import dev.converge.crdt.testing.Rng;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Compared with {@link HashMap}; histories are long enough for dots to wait and to be settled. */
class DotIndexTest {
  private static final List<ReplicaId> REPLICAS =
      List.of(ReplicaId.of("a"), ReplicaId.of("b"), ReplicaId.of("c"));

  /** One dot comes or goes; then the index is settled or not. */
  record Step(Dot dot, boolean remove, boolean settle) {}

  private static List<Step> steps(Rng rng) {
    List<Step> steps = new ArrayList<>();
    int length = 1 + rng.below(rng.isWide() ? 300 : 30);
    int settleOneIn = rng.pick(List.of(2, 20, 1_000));
    for (int i = 0; i < length; i++) {
      long sequence = rng.oneIn(2) ? 1 + i : 1 + rng.below(i + 1);
      steps.add(
          new Step(new Dot(rng.pick(REPLICAS), sequence), rng.oneIn(3), rng.oneIn(settleOneIn)));
    }
    return steps;
  }

  /** An index, the stores that it is of, and what it should say. Keys have up to three dots. */
  private static final class Subject {
    DotIndex<String> index = DotIndex.empty();
    PersistentMap<String, DotSet> stores = PersistentMap.empty();
    final Map<Dot, String> model = new HashMap<>();

    /** A dot that is gone does not come back. */
    final Set<Dot> ever = new HashSet<>();

    Subject copy() {
      Subject copy = new Subject();
      copy.index = index;
      copy.stores = stores;
      copy.model.putAll(model);
      copy.ever.addAll(ever);
      return copy;
    }

    private static String key(Dot dot) {
      return "key " + dot.sequence();
    }

    void take(Step step) {
      Dot dot = step.dot();
      String key = key(dot);
      boolean here = model.containsKey(dot);
      if (step.remove() && here) {
        model.remove(dot);
        index = index.remove(dot);
      } else if (!step.remove() && ever.add(dot)) {
        Dot other = here(key);
        if (other != null && other.sequence() % 2 == 0) {
          model.remove(other);
          index = index.replace(other, dot, key);
        } else {
          String present = stores.presentKey(key);
          index = index.add(dot, present != null ? present : key);
        }
        model.put(dot, key);
      }
      List<Dot> dots = model.keySet().stream().filter(d -> key(d).equals(key)).toList();
      stores = dots.isEmpty() ? stores.remove(key) : stores.put(key, DotSet.of(dots));
      if (step.settle()) {
        index = index.settled(stores);
        assertThat(index.lag()).isZero();
      }
    }

    private @Nullable Dot here(String key) {
      return model.keySet().stream().filter(d -> key(d).equals(key)).findFirst().orElse(null);
    }

    void check() {
      DotIndex<String> settled = index.settled(stores);
      List<Dot> dots = new ArrayList<>();
      settled.forEach((replica, sequence) -> dots.add(new Dot(replica, sequence)));
      assertThat(dots).containsExactlyInAnyOrderElementsOf(model.keySet());
      for (Dot dot : dots) {
        String key = Objects.requireNonNull(model.get(dot));
        assertThat(settled.inTrees(dot)).isEqualTo(key).isSameAs(stores.presentKey(key));
      }
    }
  }

  @Test
  void itDoesWhatAHashMapDoes() {
    Property.check(
        "DotIndex",
        DotIndexTest::steps,
        steps -> {
          Subject subject = new Subject();
          Subject half = subject.copy();
          for (int i = 0; i < steps.size(); i++) {
            subject.take(steps.get(i));
            if (i == steps.size() / 2) {
              half = subject.copy();
            }
          }
          subject.check();
          half.check();
          differences(
              half.index.settled(half.stores),
              half.model,
              subject.index.settled(subject.stores),
              subject.model);
        });
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
