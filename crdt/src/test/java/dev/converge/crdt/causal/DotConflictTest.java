package dev.converge.crdt.causal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A dot that does not stand for one thing is reported, however large what it is found in. */
class DotConflictTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");

  @Test
  void oneDotWithTwoContentsIsReportedWithEvidence() {
    Dot dot = Dot.of(A, 1);
    Causal<DotFun<String>> milk = Causal.delta(DotFun.of(dot, "milk"), List.of());
    Causal<DotFun<String>> bread = Causal.delta(DotFun.of(dot, "bread"), List.of());
    assertThatThrownBy(() -> milk.merge(bread))
        .isInstanceOfSatisfying(DotConflictException.class, e -> assertThat(e.dot()).isEqualTo(dot))
        .hasMessageContaining("a:1")
        .hasMessageContaining("milk")
        .hasMessageContaining("bread")
        .hasMessageContaining("replica a has been used by two writers");
    Causal<DotMap<String, DotSet>> one = Causal.delta(DotMap.of("x", DotSet.of(dot)), List.of());
    Causal<DotMap<String, DotSet>> two = Causal.delta(DotMap.of("y", DotSet.of(dot)), List.of());
    assertThatThrownBy(() -> one.merge(two))
        .isInstanceOf(DotConflictException.class)
        .hasMessageContaining("key x")
        .hasMessageContaining("key y");
  }

  @Test
  void aConflictIsAlsoFoundWhenADeltaMeetsALargeState() {
    Map<Dot, String> values = new HashMap<>();
    for (int i = 1; i <= 100; i++) {
      values.put(Dot.of(A, i), "value " + i);
    }
    Causal<DotFun<String>> state = Causal.delta(DotFun.of(values), List.of());
    Causal<DotFun<String>> delta = Causal.delta(DotFun.of(Dot.of(A, 7), "other"), List.of());
    assertThatThrownBy(() -> state.merge(delta)).isInstanceOf(DotConflictException.class);
    assertThatThrownBy(() -> delta.merge(state)).isInstanceOf(DotConflictException.class);
  }

  @Test
  void aConflictIsAlsoFoundWhenTwoLargeStatesAreCompared() {
    Map<Dot, String> mine = new HashMap<>();
    for (int i = 1; i <= 100; i++) {
      mine.put(Dot.of(A, i), "value " + i);
    }
    Map<Dot, String> theirs = new HashMap<>(mine);
    theirs.put(Dot.of(A, 7), "other");
    Causal<DotFun<String>> a = Causal.delta(DotFun.of(mine), List.of());
    Causal<DotFun<String>> b = Causal.delta(DotFun.of(theirs), List.of());
    assertThatThrownBy(() -> a.merge(b))
        .isInstanceOf(DotConflictException.class)
        .hasMessageContaining("a:7");
  }

  private static DotMap<String, DotSet> elements(int count) {
    DotMap.Builder<String, DotSet> map = DotMap.builder();
    for (int i = 1; i <= count; i++) {
      map.put("element " + i, DotSet.of(A, i));
    }
    return map.build();
  }

  @Test
  void aDotUnderTwoKeysIsAlsoFoundWhenTwoLargeMapsAreCompared() {
    Map<String, DotSet> other = new HashMap<>();
    elements(100).forEach(other::put);
    other.put("another", Objects.requireNonNull(other.remove("element 7")));
    CausalContext seen = CausalContext.empty().withRange(A, 1, 100);
    Causal<DotMap<String, DotSet>> a = Causal.of(elements(100), seen);
    Causal<DotMap<String, DotSet>> b = Causal.of(DotMap.of(other), seen);
    assertThatThrownBy(() -> a.merge(b))
        .isInstanceOf(DotConflictException.class)
        .hasMessageContaining("a:7");
  }

  @Test
  void aDotThatHasNotBeenSeenIsRefusedHoweverLargeTheMap() {
    for (int count : List.of(1, 4, 5, 100, 2_000)) {
      DotMap<String, DotSet> map = elements(count);
      CausalContext all = CausalContext.empty().withRange(A, 1, count);
      assertThat(Causal.of(map, all).store()).isSameAs(map);
      CausalContext others = CausalContext.empty().withRange(B, 1, count);
      CausalContext less = count == 1 ? others : others.withRange(A, 1, count - 1);
      Dot last = Dot.of(A, count);
      assertThatThrownBy(() -> Causal.of(map, less))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(last + " is in the store but not");
    }
  }

  @Test
  void dotsBeyondTheVectorAreFoundInTheCloud() {
    DotMap<String, DotSet> map = elements(10);
    CausalContext gap = CausalContext.empty().withRange(B, 1, 3).withRange(A, 1, 10);
    DotMap.Builder<String, DotSet> more = DotMap.builder();
    map.forEach(more::put);
    DotMap<String, DotSet> beyond = more.put("late", DotSet.of(A, 20)).build();
    assertThatThrownBy(() -> Causal.of(beyond, gap)).hasMessageContaining("a:20");
    assertThat(Causal.of(beyond, gap.with(Dot.of(A, 20))).store()).isSameAs(beyond);
  }
}
