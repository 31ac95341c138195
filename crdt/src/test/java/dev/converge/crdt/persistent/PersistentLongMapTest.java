package dev.converge.crdt.persistent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.testing.Property;
import dev.converge.crdt.testing.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Compared with {@link TreeMap}, on dense runs, on numbers far apart, and on both together. */
class PersistentLongMapTest {
  /** Puts if {@code value} is above 0, else removes; on the first map or the second. */
  record Step(boolean second, long key, int value) {}

  private static List<Step> steps(Rng rng) {
    List<Step> steps = new ArrayList<>();
    int length = 1 + rng.below(rng.isWide() ? 400 : 30);
    int scale = rng.below(5);
    for (int i = 0; i < length; i++) {
      long key =
          switch (scale) {
            case 0 -> i + rng.below(3);
            case 1 -> rng.below(100);
            case 2 -> 1L << rng.below(63);
            case 3 -> (long) rng.below(3) << (5 * rng.below(13)) & Long.MAX_VALUE;
            default -> rng.oneIn(2) ? Long.MAX_VALUE - rng.below(70) : 1_024L * rng.below(40);
          };
      steps.add(new Step(rng.oneIn(3), key, rng.below(5)));
    }
    return steps;
  }

  private static final class Pair {
    PersistentLongMap<Integer> map = PersistentLongMap.empty();
    final TreeMap<Long, Integer> model = new TreeMap<>();

    void change(Step step) {
      if (step.value() > 0) {
        map = map.put(step.key(), step.value());
        model.put(step.key(), step.value());
      } else {
        map = map.remove(step.key());
        model.remove(step.key());
      }
      assertThat(map.size()).isEqualTo(model.size());
      assertThat(map.get(step.key())).isEqualTo(model.get(step.key()));
      assertThat(map.get(step.key() ^ 32)).isEqualTo(model.get(step.key() ^ 32));
    }

    void become(Pair other) {
      map = other.map;
      model.clear();
      model.putAll(other.model);
    }

    void compare() {
      List<Long> visited = new ArrayList<>();
      map.forEach(
          (key, value) -> {
            visited.add(key);
            assertThat(value).isEqualTo(model.get(key));
          });
      assertThat(visited).containsExactlyElementsOf(model.keySet());
      PersistentLongMap<Integer> afresh = bulk(model);
      assertThat(map).isEqualTo(afresh).hasSameHashCodeAs(model).hasToString(model.toString());
      assertThat(afresh).isEqualTo(map);
      assertThat(map.lastKey()).isEqualTo(model.isEmpty() ? -1 : model.lastKey());
      assertThat(map.firstKey()).isEqualTo(model.isEmpty() ? -1 : model.firstKey());
    }
  }

  private static PersistentLongMap<Integer> bulk(TreeMap<Long, Integer> model) {
    long[] keys = model.keySet().stream().mapToLong(Long::longValue).toArray();
    List<Integer> values = new ArrayList<>(model.values());
    return PersistentLongMap.ofAscending(keys, values::get, keys.length);
  }

  @Test
  void itDoesWhatATreeMapDoes() {
    Property.check(
        "PersistentLongMap",
        PersistentLongMapTest::steps,
        steps -> {
          Pair first = new Pair();
          Pair second = new Pair();
          Branches.run(
              steps, Step::second, first::change, second::change, () -> second.become(first));
          first.compare();
          second.compare();
          differences(first.map, first.model, second.map, second.model);
          differences(first.map, first.model, bulk(second.model), second.model);
          assertThat(first.map.equals(second.map)).isEqualTo(first.model.equals(second.model));
        });
  }

  @Test
  void manyPutAtOnceAreAsPutOneByOne() {
    Property.check(
        "PersistentLongMap.putAscending",
        PersistentLongMapTest::steps,
        steps -> {
          Pair pair = new Pair();
          TreeMap<Long, Integer> added = new TreeMap<>();
          for (Step step : steps) {
            if (step.second()) {
              added.put(step.key(), step.value());
            } else {
              pair.change(step);
            }
          }
          added.keySet().removeAll(pair.model.keySet());
          long[] keys = added.keySet().stream().mapToLong(Long::longValue).toArray();
          pair.map = pair.map.putAscending(keys, added.values().toArray(), keys.length);
          pair.model.putAll(added);
          assertThat(pair.map.size()).isEqualTo(pair.model.size());
          pair.compare();
        });
  }

  @Test
  void manyRemovedAtOnceAreAsRemovedOneByOne() {
    Property.check(
        "PersistentLongMap.removeAscending",
        PersistentLongMapTest::steps,
        steps -> {
          Pair pair = new Pair();
          TreeSet<Long> removed = new TreeSet<>();
          for (Step step : steps) {
            if (step.second()) {
              removed.add(step.key());
            } else {
              pair.change(step);
            }
          }
          long[] keys = removed.stream().mapToLong(Long::longValue).toArray();
          boolean changes = pair.model.keySet().stream().anyMatch(removed::contains);
          PersistentLongMap<Integer> before = pair.map;
          PersistentLongMap<Integer> oneByOne = pair.map;
          for (long key : keys) {
            oneByOne = oneByOne.remove(key);
          }
          pair.map = pair.map.removeAscending(keys);
          pair.model.keySet().removeAll(removed);
          assertThat(pair.map).isEqualTo(oneByOne);
          assertThat(pair.map.size()).isEqualTo(pair.model.size());
          assertThat(pair.map != before).isEqualTo(changes);
          pair.compare();
          long[] all = pair.model.keySet().stream().mapToLong(Long::longValue).toArray();
          assertThat(pair.map.removeAscending(all)).isSameAs(PersistentLongMap.empty());
        });
  }

  private static void differences(
      PersistentLongMap<Integer> a,
      Map<Long, Integer> inA,
      PersistentLongMap<Integer> b,
      Map<Long, Integer> inB) {
    TreeSet<Long> expected = new TreeSet<>(inA.keySet());
    expected.addAll(inB.keySet());
    expected.removeIf(key -> inA.containsKey(key) && inA.get(key).equals(inB.get(key)));
    List<Long> met = new ArrayList<>();
    a.forEachDifference(
        b,
        (key, mine, theirs) -> {
          assertThat(mine).isEqualTo(inA.get(key));
          assertThat(theirs).isEqualTo(inB.get(key));
          met.add(key);
        });
    assertThat(met).containsExactlyElementsOf(expected);
  }

  @Test
  void aMapAndItsDescendantAreComparedWithoutAWalk() {
    PersistentLongMap<Object> map = PersistentLongMap.empty();
    for (int i = 1; i <= 100_000; i++) {
      // Objects equal to none, so that any look at a value that is not shared would be reported.
      map = map.put(i, new Object());
    }
    PersistentLongMap<Object> changed = map.put(70_000, "x").remove(3).put(100_001, "y");
    List<Long> met = new ArrayList<>();
    map.forEachDifference(changed, (key, a, b) -> met.add(key));
    assertThat(met).containsExactly(3L, 70_000L, 100_001L);
  }

  @Test
  void whatChangesNothingReturnsTheMapItself() {
    String value = "v";
    PersistentLongMap<String> map = PersistentLongMap.<String>empty().put(5, value);
    assertThat(map.put(5, value)).isSameAs(map);
    assertThat(map.remove(6)).isSameAs(map);
    assertThat(map.remove(5)).isSameAs(PersistentLongMap.empty());
  }

  @Test
  void badKeysAreRefused() {
    PersistentLongMap<String> map = PersistentLongMap.empty();
    assertThatThrownBy(() -> map.put(-1, "x")).hasMessageContaining("not negative");
    assertThatThrownBy(
            () -> PersistentLongMap.ofAscending(new long[] {2, 2}, List.of("a", "b")::get, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("do not ascend at 2");
  }
}
