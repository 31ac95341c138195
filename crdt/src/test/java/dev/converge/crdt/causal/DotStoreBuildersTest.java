package dev.converge.crdt.causal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Stores built at once: what the factories make, and what is refused. */
class DotStoreBuildersTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");

  @Test
  void aBuilderRefusesAKeyOrADotThatComesTwice() {
    DotSet one = DotSet.of(A, 1);
    assertThatThrownBy(() -> DotMap.builder().put("x", one).put("x", DotSet.of(A, 2)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a key comes twice");
    for (long farApart : List.of(3L, 1L << 40)) {
      DotMap.Builder<String, DotSet> builder =
          DotMap.<String, DotSet>builder()
              .put("x", DotSet.of(A, farApart))
              .put("y", DotSet.of(A, 2))
              .put("z", DotSet.of(A, farApart));
      assertThatThrownBy(builder::build)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("dot a:" + farApart + " stands under two keys");
    }
    assertThatThrownBy(() -> DotFun.builder().put(Dot.of(A, 1), "x").put(Dot.of(A, 1), "y").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a dot comes twice");
  }

  @Test
  void whatABuilderCollectsIsWhatTheFactoriesMake() {
    DotFun<String> fun =
        DotFun.<String>builder().put(Dot.of(A, 1), "x").put(Dot.of(B, 1), "y").build();
    assertThat(fun.equals(DotFun.of(Map.of(Dot.of(A, 1), "x", Dot.of(B, 1), "y")))).isTrue();
    assertThat(DotFun.builder().build().isEmpty()).isTrue();
    DotFun.Builder<String> twice =
        DotFun.<String>builder().put(Dot.of(A, 1), "x").put(Dot.of(A, 1), "x");
    assertThatThrownBy(twice::build).isInstanceOf(IllegalArgumentException.class);
    DotMap<String, DotSet> map =
        DotMap.<String, DotSet>builder()
            .put("k", DotSet.of(A, 1))
            .put("empty", DotSet.none())
            .put("l", DotSet.of(B, 1))
            .build();
    assertThat(map.keyCount()).isEqualTo(2);
    assertThat(map.containsKey("empty")).isFalse();
    assertThat(map.get("k")).isEqualTo(DotSet.of(Dot.of(A, 1)));
  }

  @Test
  void whatTwoListsMakeIsWhatABuilderMakes() {
    DotSet two = DotSet.of(Dot.of(A, 900), Dot.of(B, 900));
    for (int count : new int[] {0, 1, 4, 5, 40, 500}) {
      for (boolean inOrder : new boolean[] {true, false}) {
        for (boolean several : new boolean[] {true, false}) {
          List<String> keys = new ArrayList<>();
          List<DotSet> stores = new ArrayList<>();
          DotMap.Builder<String, DotSet> builder = DotMap.builder();
          for (int i = 0; i < count; i++) {
            int place = inOrder ? i : count - i;
            // Of both replicas, with gaps.
            Dot dot = Dot.of(i < count / 2 ? A : B, 1 + place + 7 * (place / 50));
            keys.add("key" + i);
            stores.add(several && i == count - 1 ? two : DotSet.of(dot));
            builder.put(keys.get(i), stores.get(i));
          }
          DotMap<String, DotSet> expected = builder.build();
          DotMap<String, DotSet> built = DotMap.ofLists(keys, stores);
          assertThat(built).isEqualTo(expected);
          assertThat(built.size()).isEqualTo(expected.size());
          expected.forEachDot(dot -> assertThat(built.keyOf(dot)).isEqualTo(expected.keyOf(dot)));
          List<Dot> dots = new ArrayList<>();
          built.forEachDot(dots::add);
          assertThat(dots).hasSize(expected.size());
        }
      }
    }
  }

  @Test
  void twoListsAreRefusedIfAKeyOrADotComesTwiceOrAStoreIsEmpty() {
    List<String> keys = new ArrayList<>();
    List<DotSet> stores = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      keys.add("key" + i);
      stores.add(DotSet.of(A, i));
    }
    assertRefused(keys, stores, 7, "key1", DotSet.of(A, 8), "a key comes twice");
    assertRefused(keys, stores, 7, "key8", DotSet.of(A, 7), "under two keys");
    assertRefused(keys, stores, 7, "key8", DotSet.of(A, 1), "under two keys");
    assertRefused(keys, stores, 7, "key8", DotSet.none(), "is empty");
    assertThatThrownBy(() -> DotMap.ofLists(keys, stores.subList(0, 7)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("8 keys and 7 stores");
  }

  private static void assertRefused(
      List<String> keys, List<DotSet> stores, int at, String key, DotSet store, String why) {
    List<String> otherKeys = new ArrayList<>(keys);
    List<DotSet> otherStores = new ArrayList<>(stores);
    otherKeys.set(at, key);
    otherStores.set(at, store);
    assertThatThrownBy(() -> DotMap.ofLists(otherKeys, otherStores))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }
}
