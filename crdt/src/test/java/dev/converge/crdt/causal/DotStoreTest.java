package dev.converge.crdt.causal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.testing.Property;
import dev.converge.crdt.testing.Rng;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The causal join, compared with its definition in the paper said dot by dot. */
class DotStoreTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");

  /** A dot that one or both sides have seen, and that is alive where it has been seen or not. */
  record Fate(
      Dot dot, boolean mineSeen, boolean mineAlive, boolean theirsSeen, boolean theirsAlive) {
    boolean inMine() {
      return mineSeen && mineAlive;
    }

    boolean inTheirs() {
      return theirsSeen && theirsAlive;
    }

    boolean inJoin() {
      return (inMine() && inTheirs()) || (inMine() && !theirsSeen) || (inTheirs() && !mineSeen);
    }

    /** What stands at a dot is a function of the dot. */
    String key() {
      return "key" + dot.sequence() % 3;
    }

    String innerKey() {
      return "inner" + dot.sequence() % 5;
    }
  }

  private static List<Fate> fates(Rng rng) {
    // One side is often much smaller, as a delta is: both ways of joining must be walked.
    int mineOneIn = rng.pick(List.of(1, 2, 10));
    int theirsOneIn = rng.pick(List.of(1, 2, 10));
    Map<Dot, Fate> fates = new TreeMap<>();
    for (int i = rng.below(rng.isWide() ? 120 : 16); i >= 0; i--) {
      Dot dot = new Dot(rng.oneIn(2) ? A : B, 1 + rng.below(60));
      fates.put(
          dot,
          new Fate(
              dot, rng.oneIn(mineOneIn), !rng.oneIn(4), rng.oneIn(theirsOneIn), !rng.oneIn(4)));
    }
    return new ArrayList<>(fates.values());
  }

  private static Set<Dot> dots(List<Fate> fates, Predicate<Fate> alive) {
    Set<Dot> dots = new HashSet<>();
    fates.stream().filter(alive).map(Fate::dot).forEach(dots::add);
    return dots;
  }

  private static DotSet set(List<Fate> fates, Predicate<Fate> alive) {
    return DotSet.of(dots(fates, alive));
  }

  private static DotFun<String> fun(List<Fate> fates, Predicate<Fate> alive) {
    Map<Dot, String> values = new HashMap<>();
    dots(fates, alive).forEach(dot -> values.put(dot, "value of " + dot));
    return DotFun.of(values);
  }

  private static DotMap<String, DotMap<String, DotSet>> map(
      List<Fate> fates, Predicate<Fate> alive) {
    Map<String, Map<String, Set<Dot>>> parts = new HashMap<>();
    fates.stream()
        .filter(alive)
        .forEach(
            f ->
                parts
                    .computeIfAbsent(f.key(), k -> new HashMap<>())
                    .computeIfAbsent(f.innerKey(), k -> new HashSet<>())
                    .add(f.dot()));
    Map<String, DotMap<String, DotSet>> outer = new HashMap<>();
    parts.forEach(
        (key, inner) -> {
          Map<String, DotSet> sets = new HashMap<>();
          inner.forEach((k, dots) -> sets.put(k, DotSet.of(dots)));
          outer.put(key, DotMap.of(sets));
        });
    return DotMap.of(outer);
  }

  private static <S extends DotStore> void check(
      S mine, S theirs, S expected, CausalContext seenByMe, CausalContext seenByThem) {
    Causal<S> a = Causal.of(mine, seenByMe);
    Causal<S> b = Causal.of(theirs, seenByThem);
    Causal<S> joined = a.merge(b);
    assertThat(joined.store()).isEqualTo(expected);
    assertThat(joined.context()).isEqualTo(seenByMe.merge(seenByThem));
    assertThat(joined.store().size()).isEqualTo(expected.size());
    Set<Dot> dots = new HashSet<>();
    joined.store().forEachDot(dots::add);
    expected.forEachDot(dot -> assertThat(dots.remove(dot)).isTrue());
    assertThat(dots).isEmpty();
    assertThat(b.merge(a)).isEqualTo(joined);
    assertThat(joined.merge(b)).isSameAs(joined);
  }

  @Test
  void theJoinIsThePapers() {
    Property.check(
        "causal join",
        DotStoreTest::fates,
        fates -> {
          CausalContext mine =
              CausalContext.empty()
                  .merge(
                      CausalContext.of(
                          CausalContext.empty().vector(), dots(fates, Fate::mineSeen)));
          CausalContext theirs =
              CausalContext.of(CausalContext.empty().vector(), dots(fates, Fate::theirsSeen));
          check(
              set(fates, Fate::inMine),
              set(fates, Fate::inTheirs),
              set(fates, Fate::inJoin),
              mine,
              theirs);
          check(
              fun(fates, Fate::inMine),
              fun(fates, Fate::inTheirs),
              fun(fates, Fate::inJoin),
              mine,
              theirs);
          check(
              map(fates, Fate::inMine),
              map(fates, Fate::inTheirs),
              map(fates, Fate::inJoin),
              mine,
              theirs);
        });
  }

  @Test
  void whatIsBuiltAtOnceIsWhatMergesMake() {
    Property.check(
        "DotMap.Builder",
        DotStoreTest::fates,
        fates -> {
          DotMap.Builder<String, DotSet> builder = DotMap.builder();
          Map<String, Set<Dot>> byKey = new HashMap<>();
          Causal<DotMap<String, DotSet>> merged = Causal.empty(DotMap.<String, DotSet>none());
          for (Fate fate : fates) {
            byKey.computeIfAbsent(fate.key(), k -> new HashSet<>()).add(fate.dot());
            merged =
                merged.merge(Causal.delta(DotMap.of(fate.key(), DotSet.of(fate.dot())), List.of()));
          }
          byKey.forEach((key, dots) -> builder.put(key, DotSet.of(dots)));
          DotMap<String, DotSet> built = builder.build();
          assertThat(built).isEqualTo(merged.store());
          assertThat(built.size()).isEqualTo(fates.size());
          for (Fate fate : fates) {
            assertThat(built.keyOf(fate.dot())).isEqualTo(fate.key());
            assertThat(merged.store().keyOf(fate.dot())).isEqualTo(fate.key());
          }
        });
  }

  @Test
  void theKeysThatChangedAreTold() {
    DotMap<Integer, DotSet> map = DotMap.none();
    Causal<DotMap<Integer, DotSet>> state = Causal.empty(map);
    for (int i = 1; i <= 1_000; i++) {
      state = state.merge(Causal.delta(DotMap.of(i, DotSet.of(A, i)), List.of()));
    }
    Causal<DotMap<Integer, DotSet>> later =
        state
            .merge(Causal.delta(DotMap.none(), List.of(Dot.of(A, 7))))
            .merge(Causal.delta(DotMap.of(8, DotSet.of(B, 1)), List.of(Dot.of(A, 8))))
            .merge(Causal.delta(DotMap.of(2_000, DotSet.of(B, 2)), List.of()));
    Set<Integer> changed = new HashSet<>();
    state.store().forEachChangedKey(later.store(), changed::add);
    assertThat(changed).containsExactlyInAnyOrder(7, 8, 2_000);
  }

  @Test
  void storesOfDifferentShapesAreNotJoined() {
    DotStore set = DotSet.of(Dot.of(A, 1));
    DotStore fun = DotFun.of(Dot.of(B, 1), "x");
    Causal<DotStore> a = Causal.delta(set, List.of());
    Causal<DotStore> b = Causal.delta(fun, List.of());
    assertThatThrownBy(() -> a.merge(b))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a DotSet cannot be joined with a DotFun");
  }

  /** The maps have one shape; what stands under the key has not. */
  @Test
  void storesOfDifferentShapesUnderOneKeyAreNotJoined() {
    List<DotStore> stores =
        List.of(
            DotSet.of(Dot.of(A, 1)),
            DotFun.of(Dot.of(B, 1), "x"),
            DotMap.of("inner", DotSet.of(Dot.of(B, 2))));
    for (DotStore mine : stores) {
      for (DotStore theirs : stores) {
        if (mine != theirs) {
          Causal<DotMap<String, DotStore>> a = Causal.delta(DotMap.of("key", mine), List.of());
          Causal<DotMap<String, DotStore>> b = Causal.delta(DotMap.of("key", theirs), List.of());
          assertThatThrownBy(() -> a.merge(b))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("the values are of different types");
        }
      }
    }
    Causal<DotMap<String, DotStore>> sets =
        Causal.delta(DotMap.of("key", stores.get(0)), List.of());
    assertThatThrownBy(() -> Causal.at(sets, "key", DotFun.none()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void storesAreReadDotByDot() {
    Dot dot = Dot.of(A, 1);
    assertThat(DotSet.of(dot, Dot.of(B, 1)).stream()).containsExactlyInAnyOrder(dot, Dot.of(B, 1));
    assertThat(DotSet.none().size()).isZero();
    assertThat(DotSet.none().isEmpty()).isTrue();
    assertThat(DotSet.of(dot).isEmpty()).isFalse();
    DotFun<String> fun = DotFun.of(dot, "x");
    assertThat(fun.get(dot)).isEqualTo("x");
    assertThat(fun.get(Dot.of(A, 2))).isNull();
    assertThat(fun.contains(dot)).isTrue();
    assertThat(fun.empty().isEmpty()).isTrue();
    DotMap<String, DotSet> map = DotMap.of("k", DotSet.of(dot));
    assertThat(map.contains(dot)).isTrue();
    assertThat(map.contains(Dot.of(A, 2))).isFalse();
    assertThat(map.get("k")).isEqualTo(DotSet.of(dot));
    assertThat(map.get("l")).isNull();
    assertThat(map.keyCount()).isEqualTo(1);
    assertThat(DotMap.of("k", DotSet.none()).isEmpty()).isTrue();
  }
}
