package dev.converge.crdt.persistent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.testing.Property;
import dev.converge.crdt.testing.Rng;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Compared with {@link HashMap}, with keys whose hashes collide in all bits or in many. */
class PersistentMapTest {
  /** Few hashes, so that keys share buckets, prefixes and whole paths. */
  record Key(int id, int hash) {
    @Override
    public int hashCode() {
      return hash;
    }
  }

  private static final int[] HASHES = {0, 1, 32, 33, 1 << 30, -1, Integer.MIN_VALUE, 0x40000020};

  /** Puts if {@code value} is above 0, else removes; on the first map or the second. */
  record Step(boolean second, Key key, int value) {}

  private static List<Step> steps(Rng rng) {
    List<Step> steps = new ArrayList<>();
    int length = 1 + rng.below(rng.isWide() ? 120 : 20);
    for (int i = 0; i < length; i++) {
      int id = rng.below(24);
      int hash = rng.isWide() ? id * 0x01010101 : HASHES[id % HASHES.length];
      steps.add(new Step(rng.oneIn(3), new Key(id, hash), rng.below(4)));
    }
    return steps;
  }

  private static final class Pair {
    PersistentMap<Key, Integer> map = PersistentMap.empty();
    final Map<Key, Integer> model = new HashMap<>();

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
    }

    void become(Pair other) {
      map = other.map;
      model.clear();
      model.putAll(other.model);
    }

    void compare() {
      Map<Key, Integer> iterated = new HashMap<>();
      for (Map.Entry<Key, Integer> e : map) {
        assertThat(iterated.put(e.getKey(), e.getValue())).isNull();
      }
      assertThat(iterated).isEqualTo(model);
      Map<Key, Integer> visited = new HashMap<>();
      map.forEach((k, v) -> assertThat(visited.put(k, v)).isNull());
      assertThat(visited).isEqualTo(model);
      assertThat(map.hashCode()).isEqualTo(model.hashCode());
      // Canonical: however it came to be, it equals the map made afresh.
      assertThat(map).isEqualTo(PersistentMap.copyOf(model));
    }
  }

  @Test
  void itDoesWhatAHashMapDoes() {
    Property.check(
        "PersistentMap",
        PersistentMapTest::steps,
        steps -> {
          Pair first = new Pair();
          Pair second = new Pair();
          Branches.run(
              steps, Step::second, first::change, second::change, () -> second.become(first));
          first.compare();
          second.compare();
          differences(first, second);
          merge(first, second);
          assertThat(first.map.equals(second.map)).isEqualTo(first.model.equals(second.model));
        });
  }

  private static void differences(Pair first, Pair second) {
    Set<Key> keys = new HashSet<>(first.model.keySet());
    keys.addAll(second.model.keySet());
    keys.removeIf(
        k -> {
          Integer value = first.model.get(k);
          return value != null && value.equals(second.model.get(k));
        });
    Set<Key> seen = new HashSet<>();
    first.map.forEachDifference(
        second.map,
        (k, mine, theirs) -> {
          assertThat(mine).isEqualTo(first.model.get(k));
          assertThat(theirs).isEqualTo(second.model.get(k));
          assertThat(seen.add(k)).isTrue();
        });
    // Small integers are the same objects when equal, so exactly the differing keys are met.
    assertThat(seen).isEqualTo(keys);
  }

  private static void merge(Pair first, Pair second) {
    Map<Key, Integer> expected = new HashMap<>(first.model);
    second.model.forEach(
        (k, v) -> expected.merge(k, v, (a, b) -> 10 * a + (a.equals(b) ? -9 * a : b)));
    PersistentMap<Key, Integer> merged =
        first.map.merge(second.map, (a, b) -> 10 * a + (a.equals(b) ? -9 * a : b));
    assertThat(merged).isEqualTo(PersistentMap.copyOf(expected));
    assertThat(first.map.merge(first.map, Integer::max)).isSameAs(first.map);
  }

  @Test
  void anUpdateThatChangesNothingReturnsTheMapItself() {
    PersistentMap<String, String> map = PersistentMap.of("a", "1");
    assertThat(map.put("a", "1")).isSameAs(map);
    assertThat(map.remove("b")).isSameAs(map);
    assertThat(map.remove("a")).isSameAs(PersistentMap.empty());
    assertThat(map.get("a")).isEqualTo("1");
  }

  @Test
  void aMapAndItsDescendantAreComparedWithoutAWalk() {
    PersistentMap<Integer, Integer> map = PersistentMap.empty();
    for (int i = 0; i < 100_000; i++) {
      map = map.put(i, i);
    }
    PersistentMap<Integer, Integer> changed = map.put(70_000, -1).remove(3).put(200_000, 1);
    List<Integer> met = new ArrayList<>();
    int[] asked = {0};
    map.forEachDifference(changed, (k, a, b) -> met.add(k));
    assertThat(met).containsExactlyInAnyOrder(70_000, 3, 200_000);
    PersistentMap<Integer, Integer> merged =
        map.merge(
            changed,
            (a, b) -> {
              asked[0]++;
              return Math.max(a, b);
            });
    assertThat(asked[0]).isEqualTo(1);
    assertThat(merged).isEqualTo(map.put(200_000, 1));
  }

  @Test
  void whatIsBuiltAtOnceIsWhatPutsMake() {
    Property.check(
        "PersistentMap.Builder",
        PersistentMapTest::steps,
        steps -> {
          PersistentMap.Builder<Key, Integer> builder = PersistentMap.builder();
          PersistentMap<Key, Integer> puts = PersistentMap.empty();
          for (Step step : steps) {
            builder.put(step.key(), step.value());
            puts = puts.put(step.key(), step.value());
          }
          PersistentMap<Key, Integer> built = builder.build();
          assertThat(built).isEqualTo(puts);
          assertThat(puts).isEqualTo(built);
          assertThat(built.size()).isEqualTo(puts.size());
          assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
        });
  }

  @Test
  void manyKeysOfOneHashAreKeptApart() {
    PersistentMap<Key, Integer> map = PersistentMap.of(new Key(-1, 7), -1);
    PersistentMap.Builder<Key, Integer> builder = PersistentMap.builder();
    builder.put(new Key(-1, 7), -1);
    for (int i = 0; i < 100; i++) {
      map = map.put(new Key(i, 42), i);
      builder.put(new Key(i, 42), i);
    }
    PersistentMap<Key, Integer> built = builder.build();
    assertThat(map.size()).isEqualTo(101);
    assertThat(built).isEqualTo(map);
    assertThat(built.merge(map, Integer::max)).isSameAs(built);
    for (int i = 99; i >= 0; i--) {
      assertThat(map.get(new Key(i, 42))).isEqualTo(i);
      map = map.remove(new Key(i, 42));
    }
    assertThat(map).isEqualTo(PersistentMap.of(new Key(-1, 7), -1));
  }

  @Test
  void aMergeKeepsTheVeryMapThatHasAll() {
    PersistentMap<Integer, Integer> small = PersistentMap.empty();
    for (int i = 0; i < 2_000; i++) {
      small = small.put(i, i % 100);
    }
    PersistentMap<Integer, Integer> large = small;
    for (int i = 2_000; i < 2_500; i++) {
      large = large.put(i, 1);
    }
    assertThat(large.merge(small, Integer::max)).isSameAs(large);
    assertThat(small.merge(large, Integer::max)).isSameAs(large);
    assertThat(large.findKey((k, v) -> k == 2_400)).isEqualTo(2_400);
    assertThat(large.findKey((k, v) -> k == 3_000)).isNull();
  }

  @Test
  void anIteratorAtItsEndSaysSo() {
    var iterator = PersistentMap.of("a", 1).iterator();
    assertThat(iterator.next()).isEqualTo(Map.entry("a", 1));
    assertThat(iterator.hasNext()).isFalse();
    assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void aSetKeepsWhatWasAdded() {
    Property.check(
        "PersistentSet",
        1_000,
        PersistentMapTest::steps,
        steps -> {
          PersistentSet<Key> set = PersistentSet.empty();
          PersistentSet<Key> added = PersistentSet.empty();
          Set<Key> model = new HashSet<>();
          Set<Key> ever = new HashSet<>();
          for (Step step : steps) {
            set = step.value() > 0 ? set.add(step.key()) : set.remove(step.key());
            boolean changed = step.value() > 0 ? model.add(step.key()) : model.remove(step.key());
            added = added.add(step.key());
            ever.add(step.key());
            assertThat(set.contains(step.key())).isEqualTo(step.value() > 0);
            assertThat(set.size()).isEqualTo(model.size());
            assertThat(changed && set.isEmpty()).isEqualTo(changed && model.isEmpty());
          }
          assertThat(set)
              .isEqualTo(PersistentSet.copyOf(model))
              .hasSameHashCodeAs(PersistentSet.copyOf(model));
          assertThat(set.stream().toList()).containsExactlyInAnyOrderElementsOf(model);
          assertThat(set.union(added)).isEqualTo(PersistentSet.copyOf(ever));
          assertThat(added.union(set)).isSameAs(added);
          Set<Key> only = new HashSet<>();
          added.forEachDifference(set, only::add, k -> assertThat(k).isNull());
          ever.removeAll(model);
          assertThat(only).isEqualTo(ever);
        });
  }

  @Test
  void whatTwoListsMakeIsWhatPutsMake() {
    // Sizes on both sides of where the first two levels are sorted at once; some keys come twice.
    for (int count : new int[] {0, 1, 8, 9, 300, 4_095, 4_096, 20_000}) {
      for (int hashes : new int[] {1 << 30, 700}) {
        List<Key> keys = new ArrayList<>();
        List<Integer> values = new ArrayList<>();
        PersistentMap<Key, Integer> puts = PersistentMap.empty();
        for (int i = 0; i < count; i++) {
          int id = i % 10 == 9 ? i / 2 : i;
          Key key = new Key(id, id * 0x9E3779B1 % hashes);
          keys.add(key);
          values.add(i);
          puts = puts.put(key, i);
        }
        PersistentMap<Key, Integer> built = PersistentMap.ofLists(keys, values);
        assertThat(built.size()).isEqualTo(puts.size());
        assertThat(built).isEqualTo(puts);
        assertThat(built).isEqualTo(PersistentMap.copyOf(asMap(puts)));
        for (Key key : keys) {
          assertThat(built.get(key)).isEqualTo(puts.get(key));
        }
      }
    }
    assertThatThrownBy(() -> PersistentMap.ofLists(List.of(1), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void entriesThatComeTwiceLeaveABranchSmall() {
    for (int copies : new int[] {1, 3, 1_000}) {
      List<Integer> keys = new ArrayList<>();
      for (int i = 0; i < 12 * copies; i++) {
        keys.add(i % 12);
      }
      PersistentMap<Integer, Integer> built = PersistentMap.ofLists(keys, keys);
      assertThat(built).isEqualTo(PersistentMap.ofLists(keys.subList(0, 12), keys.subList(0, 12)));
      PersistentMap<Integer, Integer> few = PersistentMap.empty();
      PersistentMap<Integer, Integer> left = built;
      for (int i = 0; i < 5; i++) {
        few = few.put(i, i);
      }
      for (int i = 5; i < 12; i++) {
        left = left.remove(i);
      }
      assertThat(left).isEqualTo(few);
    }
  }

  private static Map<Key, Integer> asMap(PersistentMap<Key, Integer> map) {
    Map<Key, Integer> result = new HashMap<>();
    map.forEach(result::put);
    return result;
  }
}
