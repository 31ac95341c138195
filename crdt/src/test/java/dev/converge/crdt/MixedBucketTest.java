package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A bucket of keys whose values have different types: how a store uses the map. */
class MixedBucketTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");
  private static final CausalType<ORSet<String>> SET = ORSet.type();
  private static final CausalType<CausalGSet<String>> TAGS = CausalGSet.type();
  private static final CausalType<CausalLWWRegister<String>> REGISTER = CausalLWWRegister.type();
  private static final CausalType<ORMap<String, Variant>> MAP = ORMap.type(Variant.type());
  private static final ORMap<String, Variant> EMPTY = ORMap.empty(Variant.type());

  private static ORMap<String, Variant> hits(ORMap<String, Variant> bucket, ReplicaId r, long by) {
    return bucket.update("hits", v -> v.update(r, CausalPNCounter.type(), c -> c.increment(r, by)));
  }

  private static BigInteger hits(ORMap<String, Variant> bucket) {
    return bucket.get("hits").orElseThrow().get(CausalPNCounter.type()).orElseThrow().value();
  }

  private static ORMap<String, Variant> inner(Variant v) {
    return v.get(MAP).orElseThrow();
  }

  @Test
  void keysOfFiveTypesAndANestedMapLiveInOneBucketAndTravelByDelta() {
    ORMap<String, Variant> a = EMPTY;
    ORMap<String, Variant> b = EMPTY;
    for (var delta :
        List.<UnaryOperator<ORMap<String, Variant>>>of(
            m -> hits(m, A, 5),
            m -> m.update("views", v -> v.update(A, CausalGCounter.type(), c -> c.increment(A, 7))),
            m -> m.update("cart", v -> v.update(A, SET, s -> s.add(A, "milk"))),
            m -> m.update("tags", v -> v.update(A, TAGS, s -> s.add(A, "new"))),
            m ->
                m.update(
                    "name",
                    v -> v.update(A, REGISTER, r -> r.set(A, new HybridTimestamp(1, 0), "Ada"))),
            m ->
                m.update(
                    "profile",
                    v ->
                        v.update(
                            A,
                            MAP,
                            fields ->
                                fields.update(
                                    "visits",
                                    f ->
                                        f.update(
                                            A, CausalGCounter.type(), c -> c.increment(A, 1))))))) {
      var d = delta.apply(a);
      a = a.merge(d);
      b = b.merge(d);
    }
    b = b.merge(hits(b, B, 2));
    a = a.merge(b);

    assertThat(a).isEqualTo(b);
    assertThat(a.keys())
        .containsExactlyInAnyOrder("hits", "views", "cart", "tags", "name", "profile");
    assertThat(hits(a)).isEqualTo(7);
    assertThat(a.get("views").orElseThrow().get(CausalGCounter.type()).orElseThrow().value())
        .isEqualTo(7);
    assertThat(a.get("cart").orElseThrow().get(SET).orElseThrow().elements())
        .containsExactly("milk");
    assertThat(a.get("tags").orElseThrow().get(TAGS).orElseThrow().elements())
        .containsExactly("new");
    assertThat(a.get("name").orElseThrow().get(REGISTER).orElseThrow().value()).contains("Ada");
    assertThat(
            inner(a.get("profile").orElseThrow())
                .get("visits")
                .orElseThrow()
                .get(CausalGCounter.type())
                .orElseThrow()
                .value())
        .isEqualTo(1);
  }

  @Test
  void aRemovedCounterStartsAtZeroAndALateDeltaDoesNotReviveIt() {
    ORMap<String, Variant> late = hits(EMPTY, A, 5);
    ORMap<String, Variant> state = EMPTY.merge(late);
    state = state.merge(state.remove("hits"));
    assertThat(state.containsKey("hits")).isFalse();
    state = state.merge(hits(state, A, 1)).merge(late);
    assertThat(hits(state)).isEqualTo(1);
  }

  @Test
  void anUpdateConcurrentWithARemovalKeepsTheKey() {
    ORMap<String, Variant> both = EMPTY.merge(hits(EMPTY, A, 5));
    ORMap<String, Variant> removed = both.merge(both.remove("hits"));
    ORMap<String, Variant> updated = both.merge(hits(both, B, 3));
    assertThat(hits(removed.merge(updated))).isEqualTo(3);
    assertThat(removed.merge(updated)).isEqualTo(updated.merge(removed));
  }

  @Test
  void aKeyCanBeUsedAgainWithAnotherType() {
    ORMap<String, Variant> state = EMPTY.merge(hits(EMPTY, A, 5));
    state = state.merge(state.remove("hits"));
    state = state.merge(state.update("hits", v -> v.update(A, SET, s -> s.add(A, "x"))));
    assertThat(state.get("hits").orElseThrow().types()).containsExactly("orset");
  }

  @Test
  void ofTwoTypesChosenAtOnceAllShowThatOfTheSmallestDotAndKeepTheOther() {
    ORMap<String, Variant> a = hits(EMPTY, A, 5);
    ORMap<String, Variant> b = EMPTY.update("hits", v -> v.update(B, SET, s -> s.add(B, "x")));
    Variant both = a.merge(b).get("hits").orElseThrow();
    assertThat(both).isEqualTo(b.merge(a).get("hits").orElseThrow());
    assertThat(both.shown()).contains("pncounter");
    assertThat(both.types()).containsExactly("pncounter", "orset");
    Variant resolved = both.merge(both.remove(CausalPNCounter.type()));
    assertThat(resolved.types()).containsExactly("orset");
    assertThat(resolved.get(SET).orElseThrow().elements()).containsExactly("x");
  }

  @Test
  void aSetWhoseElementsAreAllGoneIsStillASet() {
    ORMap<String, Variant> state =
        EMPTY.merge(EMPTY.update("cart", v -> v.update(A, SET, s -> s.add(A, "milk"))));
    state = state.merge(state.update("cart", v -> v.update(A, SET, s -> s.remove("milk"))));
    assertThat(state.get("cart").orElseThrow().shown()).contains("orset");
    assertThat(state.get("cart").orElseThrow().get(SET).orElseThrow().elements()).isEmpty();
  }

  @Test
  void aMutationThatReturnsTheWholeValueDoesNotRemoveOtherKeys() {
    ORMap<String, Variant> state = EMPTY.merge(hits(EMPTY, A, 5));
    state = state.merge(state.update("cart", v -> v.update(A, SET, s -> s.add(A, "milk"))));
    state =
        state.merge(state.update("cart", v -> v.update(A, SET, s -> s.merge(s.add(A, "bread")))));
    assertThat(hits(state)).isEqualTo(5);
    assertThat(state.get("cart").orElseThrow().get(SET).orElseThrow().elements())
        .containsExactlyInAnyOrder("milk", "bread");
  }

  @Test
  void aValueIsRebuiltFromItsParts() {
    ORMap<String, Variant> state = EMPTY.merge(hits(EMPTY, A, 5));
    state = state.merge(state.update("cart", v -> v.update(B, SET, s -> s.add(B, "milk"))));
    ORMap<String, Variant> rebuilt =
        ORMap.<String, Variant>type(Variant.type())
            .restore(Causal.of(copyOf(state.causal().store()), state.causal().context()));
    assertThat(rebuilt).isEqualTo(state);
    assertThat(rebuilt.merge(hits(rebuilt, A, 1))).isEqualTo(state.merge(hits(state, A, 1)));
  }

  /** What a codec does: takes a store apart, and puts it together again. */
  private static DotMap<String, DotStore> copyOf(DotMap<String, DotStore> store) {
    Map<String, DotStore> parts = new LinkedHashMap<>();
    store.forEach((key, nested) -> parts.put(key, copy(nested)));
    return DotMap.of(parts);
  }

  @SuppressWarnings("unchecked")
  private static DotStore copy(DotStore store) {
    if (store instanceof DotSet dots) {
      return DotSet.of(dots.stream().toList());
    } else if (store instanceof DotFun<?> fun) {
      Map<Dot, Object> parts = new LinkedHashMap<>();
      fun.forEach(parts::put);
      return DotFun.of(parts);
    }
    return copyOf((DotMap<String, DotStore>) store);
  }

  @Test
  void partsThatDoNotFitTogetherAreRefused() {
    Dot dot = Dot.of(A, 1);
    DotStore negative = DotFun.of(dot, BigInteger.valueOf(-1));
    DotStore dots = DotSet.of(dot);
    assertThatThrownBy(() -> Causal.of(dots, CausalContext.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not in the causal context");
    assertThatThrownBy(() -> DotMap.of(Map.of("x", dots, "y", dots)))
        .hasMessageContaining("stands under two keys");
    assertThatThrownBy(() -> CausalGCounter.type().check(negative))
        .hasMessageContaining("not positive");
    assertThatThrownBy(() -> CausalGCounter.type().check(dots))
        .hasMessageContaining("is kept in a DotFun, not in a DotSet");
    assertThatThrownBy(() -> SET.check(DotMap.of("x", negative)))
        .hasMessageContaining("has no set of dots");
  }

  @Test
  void aShadowedTypeIsToldInTheText() {
    Variant a = Variant.empty().update(A, CausalPNCounter.type(), c -> c.increment(A, 5));
    Variant b = Variant.empty().mark(B, ORSet.type());
    assertThat(a.merge(b)).hasToString("pncounter={a:2=5}, shadowed orset=(empty)");
    assertThat(b.merge(a)).hasToString("pncounter={a:2=5}, shadowed orset=(empty)");
    assertThat(Variant.empty()).hasToString("(unwritten)");
  }

  @Test
  void aTypeIsTheOnlyOneIfItWasChosenOnceAndNoOther() {
    Variant counter = Variant.empty().update(A, CausalPNCounter.type(), c -> c.increment(A, 5));
    assertThat(counter.isOnly(CausalPNCounter.type())).isTrue();
    assertThat(counter.isOnly(SET)).isFalse();
    assertThat(Variant.empty().isOnly(SET)).isFalse();
    Variant empty = Variant.empty().mark(B, SET);
    assertThat(empty.isOnly(SET)).isTrue();
    assertThat(empty.isOnly(CausalPNCounter.type())).isFalse();
    assertThat(counter.merge(empty).isOnly(SET)).isFalse();
    assertThat(counter.merge(empty).isOnly(CausalPNCounter.type())).isFalse();
  }

  @Test
  void aTypeThatLostItsMarkIsThereByItsValue() {
    Variant marked = Variant.empty().mark(B, SET);
    Variant written = marked.merge(marked.update(A, SET, s -> s.add(A, "x")));
    Variant removed = marked.merge(marked.remove(SET));
    Variant both = written.merge(removed);
    assertThat(both.types()).containsExactly("orset");
    assertThat(both.get(SET).orElseThrow().elements()).containsExactly("x");
  }

  @Test
  void theSmallestOfSeveralMarksCounts() {
    Variant setByB = Variant.empty().mark(B, SET);
    Variant setByA = Variant.empty().mark(A, SET);
    ReplicaId between = ReplicaId.of("ab");
    Variant counter = Variant.empty().mark(between, CausalPNCounter.type());
    assertThat(setByB.merge(counter).types()).containsExactly("pncounter", "orset");
    assertThat(setByB.merge(counter).merge(setByA).types()).containsExactly("orset", "pncounter");
    assertThat(setByA.merge(counter).merge(setByB).types()).containsExactly("orset", "pncounter");
  }

  @Test
  void noTypeCanHaveTheNameOfTheMarks() {
    CausalType<ORSet<String>> marks =
        CausalType.of(
            Variant.MARKS, DotMap.<String, DotSet>none(), causal -> ORSet.empty(), store -> {});
    assertThatThrownBy(() -> Variant.empty().mark(A, marks))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no type can be named @created");
  }

  @Test
  void aCounterHoldsWholeNumbers() {
    DotStore text = DotFun.of(Dot.of(A, 1), "5");
    assertThatThrownBy(() -> CausalPNCounter.type().check(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the contribution a:1=5 is not a whole number");
    assertThatThrownBy(() -> CausalGCounter.type().check(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the contribution a:1=5 is not a whole number");
  }
}
