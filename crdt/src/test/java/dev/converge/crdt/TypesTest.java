package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a user of one type expects. */
class TypesTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");

  private static HybridTimestamp at(long millis) {
    return new HybridTimestamp(millis, 0);
  }

  @Test
  void countersAreExactBeyond64Bits() {
    BigInteger large = BigInteger.valueOf(Long.MAX_VALUE);
    GCounter g = GCounter.empty();
    g = g.merge(g.increment(A, Long.MAX_VALUE));
    g = g.merge(g.increment(A, Long.MAX_VALUE));
    assertThat(g.value()).isEqualTo(large.add(large));
    assertThat(g).hasToString("18446744073709551614");

    PNCounter pn = PNCounter.empty();
    pn = pn.merge(pn.decrement(B, Long.MAX_VALUE));
    pn = pn.merge(pn.decrement(B, 5)).merge(pn.increment(A, 1));
    assertThat(pn.value()).isEqualTo(large.negate().subtract(BigInteger.valueOf(4)));

    CausalPNCounter causal = CausalPNCounter.empty();
    causal = causal.merge(causal.decrement(A, Long.MAX_VALUE));
    causal = causal.merge(causal.decrement(A, Long.MAX_VALUE));
    assertThat(causal.value()).isEqualTo(large.add(large).negate());
  }

  @Test
  void aChangeThatIsNotPositiveIsRefused() {
    for (long by : new long[] {0, -1, Long.MIN_VALUE}) {
      List<ThrowingCallable> calls =
          List.of(
              () -> GCounter.empty().increment(A, by),
              () -> PNCounter.empty().increment(A, by),
              () -> PNCounter.empty().decrement(A, by),
              () -> CausalGCounter.empty().increment(A, by),
              () -> CausalPNCounter.empty().increment(A, by),
              () -> CausalPNCounter.empty().decrement(A, by));
      for (ThrowingCallable call : calls) {
        assertThatThrownBy(call)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("a counter changes by a positive number, not by " + by);
      }
    }
  }

  @Test
  void aCounterIsTakenApartAndPutTogether() {
    GCounter counter = GCounter.empty().increment(A, 3).merge(GCounter.empty().increment(B, 4));
    assertThat(counter.counts())
        .containsExactly(Map.entry(A, BigInteger.valueOf(3)), Map.entry(B, BigInteger.valueOf(4)));
    assertThat(GCounter.of(counter.counts())).isEqualTo(counter);
    assertThat(counter.count(ReplicaId.of("c"))).isZero();
    assertThatThrownBy(() -> GCounter.of(Map.of(A, BigInteger.ZERO)))
        .hasMessageContaining("a count is positive: a=0");
  }

  @Test
  void anAddThatARemovalHasNotSeenWins() {
    ORSet<String> set = ORSet.empty();
    set = set.merge(set.add(A, "x"));
    ORSet<String> removed = set.merge(set.remove("x"));
    ORSet<String> addedAgain = set.merge(set.add(B, "x"));
    assertThat(removed.elements()).isEmpty();
    assertThat(removed.merge(addedAgain).elements()).containsExactly("x");
    assertThat(removed.merge(set).elements()).isEmpty();
  }

  @Test
  void aSetIsReadWithoutBeingCopied() {
    ORSet<String> set = ORSet.empty();
    set = set.merge(set.add(A, "x"));
    set = set.merge(set.add(A, "y"));
    assertThat(set.size()).isEqualTo(2);
    assertThat(set.contains("x")).isTrue();
    assertThat(set.elements().contains("z")).isFalse();
    assertThat(set.stream().sorted()).containsExactly("x", "y");
    assertThatThrownBy(set.elements()::clear).isInstanceOf(UnsupportedOperationException.class);
    ORSet<String> gone = set.merge(set.removeAll(List.of("x", "y", "z")));
    assertThat(gone.isEmpty()).isTrue();
    assertThat(set.merge(set.clear())).isEqualTo(gone);
    assertThat(set.size()).isEqualTo(2);
  }

  @Test
  void elementsTheSameButWithAnotherPastAreAnotherState() {
    ORSet<String> once = ORSet.<String>empty().add(A, "x");
    ORSet<String> twice = once.merge(once.add(A, "x"));
    assertThat(once.elements()).isEqualTo(twice.elements());
    assertThat(once).isNotEqualTo(twice);
    assertThat(once).hasToString("[x]");
  }

  @Test
  void theLastWriteWinsByTimeAndThenByReplica() {
    LWWRegister<String> register = LWWRegister.empty();
    assertThat(register.value()).isEmpty();
    LWWRegister<String> a = register.set(A, at(1), "a");
    LWWRegister<String> b = register.set(B, at(1), "b");
    assertThat(a.merge(b)).isEqualTo(b.merge(a)).isEqualTo(b);
    LWWRegister<String> later = a.merge(a.set(A, at(2), "later"));
    assertThat(later.merge(b).value()).contains("later");
    assertThat(later.time()).contains(at(2));
    assertThat(later.writer()).contains(A);
    assertThat(later.merge(register)).isEqualTo(later);
    assertThat(later).hasToString("later @ 2.0");
  }

  @Test
  void twoValuesOfOneWriterAtOneTimeAreReported() {
    LWWRegister<String> one = LWWRegister.of(A, at(1), "one");
    assertThatThrownBy(() -> one.merge(LWWRegister.of(A, at(1), "two")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("replica a has written two values at time 1.0: one and two");
  }

  @Test
  void aWriteWithAnOlderTimeStaysUnseenInBothRegisters() {
    LWWRegister<String> plain = LWWRegister.of(A, at(5), "new");
    assertThat(plain.merge(plain.set(B, at(1), "old")).value()).contains("new");
    CausalLWWRegister<String> causal = CausalLWWRegister.empty();
    causal = causal.merge(causal.set(A, at(5), "new"));
    causal = causal.merge(causal.set(B, at(1), "old"));
    assertThat(causal.value()).contains("new");
    assertThat(causal.time()).contains(at(5));
    assertThat(causal.writer()).contains(A);
  }

  @Test
  void aMapOfSetsIsUpdatedReadAndCleared() {
    ORMap<String, ORSet<String>> carts = ORMap.empty(ORSet.type());
    carts = carts.merge(carts.update("cart-17", cart -> cart.add(A, "milk")));
    carts = carts.merge(carts.update("cart-18", cart -> cart.add(A, "bread")));
    assertThat(carts.keys()).containsExactlyInAnyOrder("cart-17", "cart-18");
    assertThat(carts.size()).isEqualTo(2);
    assertThat(carts.get("cart-17").orElseThrow().elements()).containsExactly("milk");
    assertThat(carts.stream().map(Map.Entry::getKey).sorted())
        .containsExactly("cart-17", "cart-18");
    int elements = 0;
    for (Map.Entry<String, ORSet<String>> cart : carts) {
      for (String element : cart.getValue()) {
        assertThat(cart.getValue().contains(element)).isTrue();
        elements++;
      }
    }
    assertThat(elements).isEqualTo(2);
    assertThat(carts.get("cart-19")).isEmpty();
    assertThat(carts.merge(carts.remove("cart-19"))).isEqualTo(carts);
    carts = carts.merge(carts.update("cart-17", cart -> cart.remove("milk")));
    assertThat(carts.containsKey("cart-17")).isFalse();
    assertThat(carts).hasToString("{cart-18=[bread]}");
    carts = carts.merge(carts.clear());
    assertThat(carts.isEmpty()).isTrue();
    assertThat(carts.causal().context().vector().get(A)).isEqualTo(2);
  }

  @Test
  void severalChangesMakeOneDelta() {
    ORMap<String, ORSet<String>> carts = ORMap.empty(ORSet.type());
    ORMap<String, ORSet<String>> delta =
        carts.update(
            "cart",
            cart -> {
              ORSet<String> first = cart.add(A, "milk");
              return first.merge(cart.merge(first).add(A, "bread"));
            });
    assertThat(carts.merge(delta).get("cart").orElseThrow().elements())
        .containsExactlyInAnyOrder("milk", "bread");
  }

  @Test
  void whatOneDeltaWritesAndOverwritesLeavesNoGapInTheContext() {
    ORMap<String, CausalGCounter> map = ORMap.empty(CausalGCounter.type());
    ORMap<String, CausalGCounter> delta =
        map.update(
            "hits",
            c -> {
              CausalGCounter first = c.increment(A, 1);
              return first.merge(c.merge(first).increment(A, 2));
            });
    assertThat(delta.get("hits").orElseThrow().value()).isEqualTo(3);
    assertThat(delta.causal().context().cloud()).isEmpty();
    assertThat(delta.causal().store().size()).isEqualTo(1);
  }

  @Test
  void aMutationCannotReachOtherKeys() {
    ORMap<String, ORSet<String>> carts = ORMap.empty(ORSet.type());
    carts = carts.merge(carts.update("other", cart -> cart.add(B, "pen")));
    for (String element : List.of("a", "b", "c")) {
      carts = carts.merge(carts.update("cart", cart -> cart.add(A, element)));
    }
    Causal<DotMap<String, DotSet>> foreign = Causal.delta(DotMap.none(), List.of(Dot.of(B, 1)));
    ORMap<String, ORSet<String>> delta =
        carts.update("cart", cart -> ORSet.<String>type().restore(foreign));
    assertThat(carts.merge(delta)).isEqualTo(carts);
  }

  @Test
  void addingAgainLeavesOneDot() {
    ORSet<String> set = ORSet.empty();
    set = set.merge(set.add(A, "x"));
    set = set.merge(set.add(B, "x"));
    set = set.merge(set.add(A, "x"));
    assertThat(set.causal().store().size()).isEqualTo(1);
    assertThat(set.causal().context().size()).isEqualTo(3);
  }

  @Test
  void manyElementsAreAddedByOneDelta() {
    ORSet<String> set = ORSet.empty();
    set = set.merge(set.add(B, "x"));
    set = set.merge(set.addAll(A, List.of("x", "y", "x", "z")));
    assertThat(set.elements()).containsExactlyInAnyOrder("x", "y", "z");
    assertThat(set.causal().store().size()).isEqualTo(3);
    assertThat(set.causal().context().vector().get(A)).isEqualTo(3);
    assertThat(set.merge(set.addAll(A, List.of()))).isEqualTo(set);
  }

  @Test
  void stateFromOutsideIsCheckedAgainstItsType() {
    ORMap<String, ORSet<String>> carts = ORMap.empty(ORSet.type());
    carts = carts.merge(carts.update("cart", cart -> cart.add(A, "milk")));
    Causal<?> state = carts.causal();
    assertThat(ORMap.<String, ORSet<String>>type(ORSet.type()).restore(state)).isEqualTo(carts);
    assertThatThrownBy(() -> ORMap.type(CausalGCounter.type()).restore(state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a value of type gcounter is kept in a DotFun, not in a DotMap");
    assertThatThrownBy(() -> Variant.type().restore(Causal.empty(CausalGCounter.type().shape())))
        .hasMessageContaining("a value of type variant is kept in a DotMap, not in a DotFun");
  }

  @Test
  void aGrowOnlySetIsReadWithoutBeingCopied() {
    GSet<String> set = GSet.empty();
    assertThat(set.isEmpty()).isTrue();
    set = set.merge(set.addAll(List.of("x", "y")));
    assertThat(set.isEmpty()).isFalse();
    assertThat(set.size()).isEqualTo(2);
    assertThat(set.contains("x")).isTrue();
    assertThat(set.contains("z")).isFalse();
    assertThat(set.elements().contains("z")).isFalse();
    assertThat(set.elements().contains("x")).isTrue();
    assertThat(set.stream().sorted()).containsExactly("x", "y");
    assertThat(set.iterator()).toIterable().containsExactlyInAnyOrder("x", "y");
    assertThat(set.merge(set.add("x"))).isSameAs(set);
  }

  @Test
  void whatIsNotThereIsNotThere() {
    ORSet<String> set = ORSet.<String>empty().add(A, "x");
    assertThat(set.contains("y")).isFalse();
    assertThat(set.isEmpty()).isFalse();
    assertThat(ORSet.empty().isEmpty()).isTrue();
    ORMap<String, ORSet<String>> map = ORMap.empty(ORSet.type());
    assertThat(map.update("k", s -> s.add(A, "x")).isEmpty()).isFalse();
    assertThat(map.valueType()).isSameAs(ORSet.type()).hasToString("orset");
    CausalLWWRegister<String> register = CausalLWWRegister.empty();
    assertThat(register.value()).isEmpty();
    assertThat(register.time()).isEmpty();
    assertThat(register.writer()).isEmpty();
    assertThat(register).hasToString("(unwritten)");
    assertThat(LWWRegister.empty()).hasToString("(unwritten)");
  }

  @Test
  void aWriteReplacesTheOlderOnesThatItSees() {
    CausalLWWRegister<String> register = CausalLWWRegister.<String>empty().set(A, at(1), "a");
    register = register.merge(CausalLWWRegister.<String>empty().set(B, at(2), "b"));
    register = register.merge(register.set(A, at(3), "c"));
    assertThat(register.causal().store().size()).isEqualTo(1);
    register = register.merge(register.set(B, at(1), "old"));
    assertThat(register.causal().store().size()).isEqualTo(2);
  }

  @Test
  void theLaterStateOfARegisterIsKeptAsItIs() {
    LWWRegister<String> one = LWWRegister.of(A, at(1), "one");
    LWWRegister<String> two = LWWRegister.of(A, at(2), "two");
    assertThat(two.merge(one)).isSameAs(two);
    assertThat(one.merge(two)).isSameAs(two);
    assertThat(one.merge(LWWRegister.of(A, at(1), "one"))).isSameAs(one);
  }
}
