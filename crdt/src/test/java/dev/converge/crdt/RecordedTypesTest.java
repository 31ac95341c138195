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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a user expects of the sets, registers, flags and maps that remember their last writes. */
class RecordedTypesTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");

  private static HybridTimestamp at(long millis) {
    return new HybridTimestamp(millis, 0);
  }

  @Test
  void anRwSetIsReadLikeAnySet() {
    RWSet<String> set = RWSet.empty();
    assertThat(set.isEmpty()).isTrue();
    set = set.merge(set.add(A, "x"));
    set = set.merge(set.add(A, "y"));
    set = set.merge(set.remove(B, "z"));
    set = set.merge(set.remove(B, "y"));
    assertThat(set.elements()).containsExactly("x");
    assertThat(set.size()).isEqualTo(1);
    assertThat(set.size()).isEqualTo(1);
    assertThat(set.isEmpty()).isFalse();
    assertThat(set.contains("x")).isTrue();
    assertThat(set.contains("y")).isFalse();
    assertThat(set.contains("w")).isFalse();
    assertThat(set.elements().contains("y")).isFalse();
    assertThat(set.stream()).containsExactly("x");
    List<String> iterated = new ArrayList<>();
    set.forEach(iterated::add);
    assertThat(iterated).containsExactly("x");
    assertThat(set.removalRecords()).isEqualTo(2);
    assertThat(set.toString()).isEqualTo("[x]");
    assertThatThrownBy(set.elements()::clear).isInstanceOf(UnsupportedOperationException.class);
    RWSet<String> cleared = set.merge(set.clear());
    assertThat(cleared.isEmpty()).isTrue();
    assertThat(cleared.removalRecords()).isZero();
  }

  @Test
  void addingAgainEndsTheRemovalsThatAreSeen() {
    RWSet<String> set = RWSet.empty();
    RWSet<String> twice = set.remove(A, "x").merge(set.remove(B, "x"));
    RWSet<String> again = twice.merge(twice.add(A, "x"));
    assertThat(again.contains("x")).isTrue();
    assertThat(again.removalRecords()).isZero();
    assertThat(again.causal().store().size()).isEqualTo(1);
  }

  @Test
  void aRecordIsForgottenOnlyWhenAllItsRemovalsAreStable() {
    RWSet<String> set = RWSet.empty();
    RWSet<String> both = set.remove(A, "x").merge(set.remove(B, "x"));
    both = both.merge(both.add(A, "y"));
    CausalContext onlyA = CausalContext.ofDots(Dot.of(A, 1));
    RWSet<String> nothing = both.forget(onlyA);
    assertThat(nothing.causal().context().isEmpty()).isTrue();
    assertThat(both.merge(both.forget(onlyA)).removalRecords()).isEqualTo(1);
    CausalContext all = CausalContext.ofDots(Dot.of(A, 1), Dot.of(B, 1));
    assertThat(both.merge(both.forget(all)).removalRecords()).isZero();
  }

  @Test
  void whatIsInTheSetIsNotForgotten() {
    RWSet<String> rw = RWSet.<String>empty().add(A, "x");
    assertThat(rw.merge(rw.forget(rw.causal().context()))).isEqualTo(rw);
    LWWElementSet<String> lww = LWWElementSet.<String>empty().add(A, at(1), "x");
    assertThat(lww.merge(lww.forget(lww.causal().context()))).isEqualTo(lww);
  }

  @Test
  void inAnLwwElementSetTimeDecidesAndThenTheReplica() {
    LWWElementSet<String> set = LWWElementSet.empty();
    assertThat(set.contains("x")).isFalse();
    LWWElementSet<String> add = set.add(A, at(2), "x");
    assertThat(add.merge(set.remove(B, at(1), "x")).contains("x")).isTrue();
    assertThat(add.merge(set.remove(B, at(3), "x")).contains("x")).isFalse();
    assertThat(add.merge(set.remove(B, at(2), "x")).contains("x")).isFalse();
    assertThat(set.remove(A, at(2), "x").merge(set.add(B, at(2), "x")).contains("x")).isTrue();
    assertThat(add.merge(add.remove(A, at(1), "x")).contains("x")).isTrue();
  }

  @Test
  void anLwwElementSetForgetsRemovalsThatAreStable() {
    LWWElementSet<String> set = LWWElementSet.empty();
    set = set.merge(set.add(B, at(1), "x")).merge(set.remove(A, at(2), "x"));
    set = set.merge(set.add(A, at(3), "y"));
    assertThat(set.removalRecords()).isEqualTo(1);
    assertThat(set.merge(set.forget(CausalContext.ofDots(Dot.of(B, 1))))).isEqualTo(set);
    LWWElementSet<String> less = set.merge(set.forget(CausalContext.ofDots(Dot.of(A, 1))));
    assertThat(less.elements()).containsExactly("y");
    assertThat(less.causal().store().size()).isEqualTo(1);
  }

  @Test
  void siblingsAreShownInTheOrderOfTheirDotsAndEqualOnesOnce() {
    MVRegister<String> empty = MVRegister.empty();
    assertThat(empty.values()).isEmpty();
    assertThat(empty.hasConflict()).isFalse();
    MVRegister<String> b = empty.set(B, "one");
    MVRegister<String> a = empty.set(A, "two");
    assertThat(b.merge(a).values()).containsExactly("two", "one");
    assertThat(a.merge(b)).isEqualTo(b.merge(a));
    assertThat(a.merge(b).hasConflict()).isTrue();
    assertThat(a.merge(b).toString()).isEqualTo("[two, one]");
    MVRegister<String> same = empty.set(A, "one");
    assertThat(b.merge(same).values()).containsExactly("one");
    assertThat(b.merge(same).hasConflict()).isFalse();
    MVRegister<String> both = a.merge(b);
    MVRegister<String> resolved = both.merge(both.set(B, "three"));
    assertThat(resolved.values()).containsExactly("three");
    assertThat(resolved.merge(a).merge(b)).isEqualTo(resolved);
    assertThatThrownBy(resolved.values()::clear).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void flagsAreOffUntilTheyAreSwitchedOn() {
    EnableWinsFlag enable = EnableWinsFlag.empty();
    assertThat(enable.isEnabled()).isFalse();
    assertThat(enable).hasToString("disabled");
    enable = enable.merge(enable.enable(A));
    enable = enable.merge(enable.enable(B));
    assertThat(enable).hasToString("enabled");
    assertThat(enable.causal().store().size()).isEqualTo(1);
    assertThat(enable.merge(enable.disable()).isEnabled()).isFalse();

    DisableWinsFlag disable = DisableWinsFlag.empty();
    assertThat(disable.isEnabled()).isFalse();
    assertThat(disable).hasToString("disabled");
    disable = disable.merge(disable.enable(A));
    assertThat(disable).hasToString("enabled");
    disable = disable.merge(disable.disable(B));
    assertThat(disable.isEnabled()).isFalse();
    assertThat(disable.causal().store().size()).isEqualTo(1);
    assertThat(disable.merge(disable.enable(B)).isEnabled()).isTrue();
  }

  @Test
  void anLwwMapIsReadLikeAnyMap() {
    LWWMap<String, Integer> map = LWWMap.empty();
    assertThat(map.isEmpty()).isTrue();
    assertThat(map.get("x")).isEmpty();
    assertThat(map.time("x")).isEmpty();
    map = map.merge(map.put(A, at(1), "x", 1));
    map = map.merge(map.put(A, at(2), "x", 2));
    map = map.merge(map.put(B, at(1), "x", 3));
    map = map.merge(map.put(B, at(1), "y", 4));
    assertThat(map.get("x")).contains(2);
    assertThat(map.time("x")).contains(at(2));
    assertThat(map.size()).isEqualTo(2);
    assertThat(map.isEmpty()).isFalse();
    assertThat(map.keys()).containsExactlyInAnyOrder("x", "y");
    assertThat(map.containsKey("y")).isTrue();
    assertThat(map.containsKey("z")).isFalse();
    assertThat(map.stream()).containsExactlyInAnyOrder(Map.entry("x", 2), Map.entry("y", 4));
    assertThat(map.iterator()).toIterable().hasSize(2);
    assertThat(map.merge(map.remove("z"))).isEqualTo(map);
    map = map.merge(map.remove("x"));
    assertThat(map.toString()).isEqualTo("{y=4}");
  }

  @Test
  void inAMapAKeyStaysAsLongAsARemovalBelowItIsRemembered() {
    ORMap<String, RWSet<String>> map = ORMap.empty(RWSet.type());
    map = map.merge(map.update("admins", s -> s.add(A, "ann")));
    map = map.merge(map.update("admins", s -> s.remove(A, "ann")));
    assertThat(map.get("admins").orElseThrow().elements()).isEmpty();
    CausalContext stable = map.causal().context();
    map = map.merge(map.update("admins", s -> s.forget(stable)));
    assertThat(map.containsKey("admins")).isFalse();

    ORMap<String, DisableWinsFlag> flags = ORMap.empty(DisableWinsFlag.type());
    flags = flags.merge(flags.update("on", f -> f.disable(A)));
    assertThat(flags.containsKey("on")).isTrue();
    assertThat(flags.merge(flags.remove("on")).containsKey("on")).isFalse();
  }

  @Test
  void aVariantHoldsEachOfThem() {
    Variant variant = Variant.empty();
    variant = variant.merge(variant.update(A, RWSet.<String>type(), s -> s.add(A, "x")));
    variant = variant.merge(variant.update(A, MVRegister.<String>type(), r -> r.set(A, "x")));
    variant = variant.merge(variant.update(A, EnableWinsFlag.type(), f -> f.enable(A)));
    variant = variant.merge(variant.update(A, DisableWinsFlag.type(), f -> f.enable(A)));
    variant =
        variant.merge(
            variant.update(A, LWWMap.<String, String>type(), m -> m.put(A, at(1), "k", "v")));
    variant =
        variant.merge(variant.update(A, LWWElementSet.<String>type(), s -> s.add(A, at(1), "x")));
    assertThat(variant.types())
        .containsExactly("rwset", "mvregister", "ewflag", "dwflag", "lwwmap", "lwwset");
    assertThat(variant.get(RWSet.<String>type()).orElseThrow().contains("x")).isTrue();
    assertThat(variant.get(LWWMap.<String, String>type()).orElseThrow().get("k")).contains("v");
  }

  private static Causal<DotStore> state(DotStore store) {
    return Causal.delta(store, List.of());
  }

  private static void refused(CausalType<?> type, DotStore store, String message) {
    assertThatThrownBy(() -> type.restore(state(store)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void stateFromOutsideIsCheckedAgainstItsType() {
    Dot dot = Dot.of(A, 1);
    DotMap<String, DotStore> sets = DotMap.of("x", DotSet.of(dot));
    DotMap<String, DotStore> texts = DotMap.of("x", DotFun.of(dot, "true"));
    Timestamped<String> timed = new Timestamped<>(at(1), "true");
    refused(RWSet.type(), sets, "what stands under x is no writes");
    refused(RWSet.type(), texts, "the write a:1=true is neither true nor false");
    refused(LWWElementSet.type(), sets, "what stands under x is no writes");
    refused(LWWElementSet.type(), texts, "the write a:1=true has no time");
    refused(
        LWWElementSet.type(),
        DotMap.of("x", DotFun.of(dot, timed)),
        "the write a:1=true @ 1.0 is neither true nor false");
    refused(LWWMap.type(), sets, "what stands under x is no writes");
    refused(LWWMap.type(), texts, "the write a:1=true has no time");
    refused(DisableWinsFlag.type(), DotFun.of(dot, "true"), "neither true nor false");
    refused(CausalLWWRegister.type(), DotFun.of(dot, "true"), "has no time");
    refused(EnableWinsFlag.type(), DotFun.of(dot, true), "kept in a DotSet");
    refused(MVRegister.type(), DotSet.of(dot), "kept in a DotFun");
  }

  @Test
  void whatATypeMadeIsRestored() {
    RWSet<String> rw = RWSet.<String>empty().add(A, "x");
    assertThat(RWSet.<String>type().restore(rw.causal())).isEqualTo(rw);
    LWWElementSet<String> lww = LWWElementSet.<String>empty().remove(A, at(1), "x");
    assertThat(LWWElementSet.<String>type().restore(lww.causal())).isEqualTo(lww);
    LWWMap<String, Integer> map = LWWMap.<String, Integer>empty().put(A, at(1), "x", 1);
    assertThat(LWWMap.<String, Integer>type().restore(map.causal())).isEqualTo(map);
    DisableWinsFlag dw = DisableWinsFlag.empty().disable(A);
    assertThat(DisableWinsFlag.type().restore(dw.causal())).isEqualTo(dw);
    EnableWinsFlag ew = EnableWinsFlag.empty().enable(A);
    assertThat(EnableWinsFlag.type().restore(ew.causal())).isEqualTo(ew);
    MVRegister<String> mv = MVRegister.<String>empty().set(A, "x");
    assertThat(MVRegister.<String>type().restore(mv.causal())).isEqualTo(mv);
  }
}
