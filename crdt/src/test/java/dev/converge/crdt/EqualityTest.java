package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values are equal by meaning, hash by it, and say in a text what they show. */
class EqualityTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");
  private static final HybridTimestamp T1 = new HybridTimestamp(1, 0);
  private static final HybridTimestamp T2 = new HybridTimestamp(2, 0);

  /** Makes a value. */
  @FunctionalInterface
  interface Maker {
    Object make();
  }

  /**
   * Up to four values of a type that differ, each made anew at each call, the first with its text.
   */
  record Values(String text, List<Maker> makers) {
    @Override
    public String toString() {
      Object first = makers.get(0).make();
      return first.getClass().getSimpleName() + " " + text;
    }
  }

  private static Values values(String text, Maker... makers) {
    return new Values(text, List.of(makers));
  }

  static List<Values> types() {
    return List.of(
        values(
            "5",
            () -> GCounter.empty().increment(A, 5),
            GCounter::empty,
            () -> GCounter.empty().increment(A, 6),
            () -> GCounter.empty().increment(B, 5)),
        values(
            "-5",
            () -> PNCounter.empty().decrement(A, 5),
            PNCounter::empty,
            () -> PNCounter.empty().decrement(A, 6),
            () -> PNCounter.empty().increment(A, 5)),
        values(
            "5 {a=5}",
            () -> BoundedCounter.empty().increment(A, 5),
            BoundedCounter::empty,
            () -> BoundedCounter.empty().increment(A, 5).decrement(A, 1),
            () -> BoundedCounter.empty().increment(B, 5)),
        values(
            "[x]",
            () -> GSet.<String>empty().add("x"),
            GSet::empty,
            () -> GSet.of(List.of("x", "y")),
            () -> GSet.of(List.of("y"))),
        values(
            "[x]",
            () -> ORSet.<String>empty().add(A, "x"),
            ORSet::empty,
            () -> ORSet.<String>empty().add(B, "x"),
            () -> ORSet.<String>empty().add(A, "y")),
        values(
            "[x]",
            () -> RWSet.<String>empty().add(A, "x"),
            RWSet::empty,
            () -> RWSet.<String>empty().remove(A, "x"),
            () -> RWSet.<String>empty().add(A, "y")),
        values(
            "[x]",
            () -> LWWElementSet.<String>empty().add(A, T1, "x"),
            LWWElementSet::empty,
            () -> LWWElementSet.<String>empty().add(A, T2, "x"),
            () -> LWWElementSet.<String>empty().remove(A, T1, "x")),
        values(
            "x @ 1.0",
            () -> LWWRegister.of(A, T1, "x"),
            LWWRegister::empty,
            () -> LWWRegister.of(B, T1, "x"),
            () -> LWWRegister.of(A, T1, "y")),
        values(
            "[x]",
            () -> MVRegister.<String>empty().set(A, "x"),
            MVRegister::empty,
            () -> MVRegister.<String>empty().set(B, "x"),
            () -> MVRegister.<String>empty().set(A, "y")),
        values(
            "enabled",
            () -> EnableWinsFlag.empty().enable(A),
            EnableWinsFlag::empty,
            () -> EnableWinsFlag.empty().enable(B)),
        values(
            "enabled",
            () -> DisableWinsFlag.empty().enable(A),
            DisableWinsFlag::empty,
            () -> DisableWinsFlag.empty().disable(A)),
        values(
            "{k=x}",
            () -> LWWMap.<String, String>empty().put(A, T1, "k", "x"),
            LWWMap::empty,
            () -> LWWMap.<String, String>empty().put(A, T1, "k", "y"),
            () -> LWWMap.<String, String>empty().put(A, T1, "l", "x")),
        values(
            "{k=[x]}",
            () -> map().update("k", s -> s.add(A, "x")),
            EqualityTest::map,
            () -> map().update("k", s -> s.add(A, "y")),
            () -> map().update("l", s -> s.add(A, "x"))),
        values(
            "5",
            () -> CausalGCounter.empty().increment(A, 5),
            CausalGCounter::empty,
            () -> CausalGCounter.empty().increment(A, 6),
            () -> CausalGCounter.empty().increment(B, 5)),
        values(
            "-5",
            () -> CausalPNCounter.empty().decrement(A, 5),
            CausalPNCounter::empty,
            () -> CausalPNCounter.empty().increment(A, 5)),
        values(
            "[x]",
            () -> CausalGSet.<String>empty().add(A, "x"),
            CausalGSet::empty,
            () -> CausalGSet.<String>empty().add(A, "y")),
        values(
            "x @ 1.0",
            () -> CausalLWWRegister.<String>empty().set(A, T1, "x"),
            CausalLWWRegister::empty,
            () -> CausalLWWRegister.<String>empty().set(A, T2, "x")),
        values(
            "pncounter={a:2=5}",
            () -> Variant.empty().update(A, CausalPNCounter.type(), c -> c.increment(A, 5)),
            Variant::empty,
            () -> Variant.empty().mark(A, CausalPNCounter.type()),
            () -> Variant.empty().mark(A, ORSet.type())),
        values(
            "{a=1, b=2}",
            () -> VersionVector.of(Map.of(A, 1L, B, 2L)),
            VersionVector::empty,
            () -> VersionVector.of(Map.of(A, 2L, B, 1L)),
            () -> VersionVector.of(Map.of(A, 1L))),
        values(
            "{a=1}+[a:3]",
            () -> CausalContext.ofDots(Dot.of(A, 1), Dot.of(A, 3)),
            CausalContext::empty,
            () -> CausalContext.ofDots(Dot.of(A, 1)),
            () -> CausalContext.ofDots(Dot.of(A, 1), Dot.of(A, 4))),
        values(
            "[a:1]",
            () -> DotSet.of(Dot.of(A, 1)),
            DotSet::none,
            () -> DotSet.of(Dot.of(A, 1), Dot.of(A, 2)),
            () -> DotSet.of(Dot.of(B, 1))),
        values(
            "{a:1=x}",
            () -> DotFun.of(Dot.of(A, 1), "x"),
            DotFun::none,
            () -> DotFun.of(Dot.of(A, 1), "y"),
            () -> DotFun.of(Dot.of(B, 1), "x")),
        values(
            "{k=[a:1]}",
            () -> DotMap.of("k", DotSet.of(Dot.of(A, 1))),
            DotMap::none,
            () -> DotMap.of("l", DotSet.of(Dot.of(A, 1))),
            () -> DotMap.of("k", DotSet.of(Dot.of(B, 1)))),
        values(
            "[a:1] @ {a=1}",
            () -> Causal.delta(DotSet.of(Dot.of(A, 1)), List.of()),
            () -> Causal.empty(DotSet.none()),
            () -> Causal.delta(DotSet.of(Dot.of(A, 1)), List.of(Dot.of(A, 2))),
            () -> Causal.delta(DotSet.none(), List.of(Dot.of(A, 1)))),
        values("x @ 1.0", () -> new Timestamped<>(T1, "x"), () -> new Timestamped<>(T2, "x")));
  }

  private static ORMap<String, ORSet<String>> map() {
    return ORMap.empty(ORSet.type());
  }

  @ParameterizedTest
  @MethodSource("types")
  void whatIsMadeTheSameWayIsEqualAndWhatDiffersIsNot(Values values) {
    Set<Integer> hashes = new HashSet<>();
    for (int i = 0; i < values.makers().size(); i++) {
      Object value = values.makers().get(i).make();
      Object again = values.makers().get(i).make();
      assertThat(value).isEqualTo(again).hasSameHashCodeAs(again);
      assertThat(value).isNotEqualTo("text").isNotEqualTo(null);
      hashes.add(value.hashCode());
      for (int j = 0; j < values.makers().size(); j++) {
        if (j != i) {
          assertThat(value).isNotEqualTo(values.makers().get(j).make());
        }
      }
    }
    // Not promised by anybody, but a hash that is always the same would be of no use.
    assertThat(hashes).hasSizeGreaterThan(1);
  }

  @ParameterizedTest
  @MethodSource("types")
  void theTextSaysWhatIsShown(Values values) {
    assertThat(values.makers().get(0).make().toString()).isEqualTo(values.text());
  }
}
