package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.BrokenTypesTest.PruningRegister;
import dev.converge.crdt.BrokenTypesTest.VectorClockLww;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tempting designs and how they fail, each beside the type here that does not. */
class CounterexamplesTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");
  private static final ReplicaId C = ReplicaId.of("c");

  private static HybridTimestamp at(long millis) {
    return new HybridTimestamp(millis, 0);
  }

  /** The Dynamo cart: carts merged by union bring back what was removed. */
  @Test
  void theCartItemThatComesBack() {
    ORSet<String> cart = ORSet.empty();
    cart = cart.merge(cart.add(A, "book"));
    ORSet<String> phone = cart.merge(cart.remove("book"));
    ORSet<String> laptop = cart.merge(cart.add(B, "pen"));

    GSet<String> union = GSet.of(phone.elements()).merge(GSet.of(laptop.elements()));
    assertThat(union.elements()).contains("book");

    assertThat(phone.merge(laptop).elements()).containsExactly("pen");
    assertThat(laptop.merge(phone)).isEqualTo(phone.merge(laptop));
  }

  /** a happened before c, b is concurrent with both and its wall clock lies between. */
  @Test
  void vectorClockFirstWallClockIfConcurrentIsNotAssociative() {
    VectorClockLww a = new VectorClockLww(VersionVector.of(Map.of(A, 1L)), at(30), A, "a");
    VectorClockLww b = new VectorClockLww(VersionVector.of(Map.of(B, 1L)), at(20), B, "b");
    VectorClockLww c = new VectorClockLww(VersionVector.of(Map.of(A, 1L, C, 1L)), at(10), C, "c");
    assertThat(a.merge(b).merge(c).value()).isEqualTo("c");
    assertThat(a.merge(b.merge(c)).value()).isEqualTo("a");
    assertThat(a.merge(c).merge(b).value()).isEqualTo("b");

    LWWRegister<String> ra = LWWRegister.of(A, at(30), "a");
    LWWRegister<String> rb = LWWRegister.of(B, at(20), "b");
    LWWRegister<String> rc = LWWRegister.of(C, at(10), "c");
    assertThat(ra.merge(rb).merge(rc)).isEqualTo(ra.merge(rb.merge(rc))).isEqualTo(ra);
  }

  /**
   * Two concurrent writes, and a removal that has seen the later one alone. Who keeps the winner
   * only, and calls the loser seen, ends with nothing or with the loser, as the messages come.
   */
  @Test
  void theRegisterInAMapThatGoesBackInTimeAfterARemoval() {
    Dot d1 = Dot.of(A, 1);
    Dot d2 = Dot.of(B, 1);
    PruningRegister early =
        new PruningRegister(Map.of(d1, new Timestamped<>(at(1), "old")), CausalContext.ofDots(d1));
    PruningRegister late =
        new PruningRegister(Map.of(d2, new Timestamped<>(at(2), "new")), CausalContext.ofDots(d2));
    PruningRegister gone = new PruningRegister(Map.of(), CausalContext.ofDots(d2));
    assertThat(early.merge(late).merge(gone).writes()).isEmpty();
    assertThat(early.merge(late.merge(gone)).writes()).containsKey(d1);

    ORMap<String, CausalLWWRegister<String>> map = ORMap.empty(CausalLWWRegister.type());
    var first = map.update("name", r -> r.set(A, at(1), "old"));
    var second = map.update("name", r -> r.set(B, at(2), "new"));
    var removal = second.remove("name");
    var oneWay = first.merge(second).merge(removal);
    assertThat(oneWay).isEqualTo(first.merge(second.merge(removal)));
    // The removal had not seen the older write, so that is what stays: everywhere.
    assertThat(oneWay.get("name").orElseThrow().value()).contains("old");
  }

  /**
   * Where a counter in a map is a count for each replica, a late delta brings back what was
   * removed.
   */
  @Test
  void theCounterInAMapThatRevivesAfterItsRemoval() {
    ORMap<String, CausalGCounter> map = ORMap.empty(CausalGCounter.type());
    var late = map.update("hits", c -> c.increment(A, 5));
    map = map.merge(late);
    map = map.merge(map.remove("hits"));
    map = map.merge(map.update("hits", c -> c.increment(A, 1)));
    assertThat(map.merge(late).get("hits").orElseThrow().value()).isEqualTo(1);

    GCounter forgotten = GCounter.empty().increment(A, 1);
    assertThat(forgotten.merge(GCounter.empty().increment(A, 5)).value()).isEqualTo(5);
  }
}
