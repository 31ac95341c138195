package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.BrokenTypesTest.PruningRegister;
import dev.converge.crdt.BrokenTypesTest.VectorClockLww;
import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.List;
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

  /**
   * A writer loses its memory and goes on above all numbers it may have used. It hears of an old
   * sum of its own, but not yet of a later one that has the old one in it. If it took the old one
   * over, that would count twice.
   */
  @Test
  void theSumThatCountsTwiceAfterALossOfMemory() {
    ORMap<String, CausalPNCounter> b = ORMap.empty(CausalPNCounter.type());
    ORMap<String, CausalPNCounter> first = b.update("k", v -> v.increment(A, 7));
    b = b.merge(first);
    ORMap<String, CausalPNCounter> c = b.merge(b.update("k", v -> v.increment(A, 2)));

    ORMap<String, CausalPNCounter> a = ORMap.empty(CausalPNCounter.type());
    CausalContext newLife = CausalContext.of(VersionVector.empty(), List.of(new Dot(A, 1_000)));
    a =
        ORMap.<String, CausalPNCounter>type(CausalPNCounter.type())
            .restore(Causal.of(a.causal().store(), newLife));
    a = a.merge(b);
    a = a.merge(a.update("k", v -> v.increment(A, 1)));
    assertThat(a.get("k").orElseThrow().value()).isEqualTo(8);
    assertThat(a.merge(c).get("k").orElseThrow().value()).isEqualTo(10);

    // The gap is closed, so the next change makes one dot of them.
    ORMap<String, CausalPNCounter> all = a.merge(c);
    all =
        ORMap.<String, CausalPNCounter>type(CausalPNCounter.type())
            .restore(
                Causal.of(all.causal().store(), all.causal().context().withRange(A, 1, 1_000)));
    all = all.merge(all.update("k", v -> v.increment(A, 1)));
    assertThat(all.get("k").orElseThrow().value()).isEqualTo(11);
    assertThat(all.causal().store().size()).isEqualTo(1);
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

  /**
   * A removal that is forgotten before every add it beats has come. All end equal, and the element
   * that was removed is in.
   */
  @Test
  void theRemovalThatIsForgottenTooEarly() {
    RWSet<String> admins = RWSet.empty();
    RWSet<String> late = admins.add(B, "ann");
    RWSet<String> removal = admins.remove(A, "ann");
    RWSet<String> here = admins.merge(removal);
    assertThat(here.merge(late).contains("ann")).isFalse();

    // A has seen its own removal, and calls that stable.
    RWSet<String> forgot = here.merge(here.forget(here.causal().context()));
    assertThat(forgot.merge(late).contains("ann")).isTrue();
    assertThat(forgot.merge(late)).isEqualTo(late.merge(removal).merge(forgot));

    // By the rule: B's state says that B has the removal, and brings the add that B had made.
    RWSet<String> atB = late.merge(removal);
    RWSet<String> mine = here.merge(atB);
    CausalContext stable = CausalContext.of(atB.causal().context().vector());
    RWSet<String> forgotten = mine.merge(mine.forget(stable));
    assertThat(forgotten.removalRecords()).isZero();
    assertThat(forgotten.merge(late).merge(removal).contains("ann")).isFalse();
  }

  /** That everybody has the removal is not enough: an add from before may still be under way. */
  @Test
  void theRemovalThatAllHaveAndAnAddIsStillUnderWay() {
    RWSet<String> admins = RWSet.empty();
    RWSet<String> late = admins.add(B, "ann");
    RWSet<String> here = admins.merge(admins.remove(A, "ann"));
    // B has got the removal too, and A knows; but B's add has not come here.
    RWSet<String> forgot = here.merge(here.forget(here.causal().context()));
    assertThat(late.merge(here).contains("ann")).isFalse();
    assertThat(late.merge(here).merge(forgot).contains("ann")).isTrue();
  }

  /** Its record gone, a removal no longer beats a write with an older time. */
  @Test
  void theLateAddWithAnOlderTimeAfterItsRemovalIsForgotten() {
    LWWElementSet<String> online = LWWElementSet.empty();
    LWWElementSet<String> late = online.add(B, at(1), "ann");
    LWWElementSet<String> here = online.merge(online.remove(A, at(2), "ann"));
    assertThat(here.merge(late).contains("ann")).isFalse();
    LWWElementSet<String> forgot = here.merge(here.forget(here.causal().context()));
    assertThat(forgot.merge(late).contains("ann")).isTrue();
  }

  /** A replica that is put back from an old copy, under its old id, has its rights once more. */
  @Test
  void theRightsThatAReusedIdSpendsTwice() {
    BoundedCounter copy = BoundedCounter.empty().increment(A, 5);
    BoundedCounter first = copy.merge(copy.decrement(A, 5));
    BoundedCounter second = copy.merge(copy.decrement(A, 5));
    // Ten of five are gone, and nobody can see it.
    assertThat(first.merge(second).value()).isZero();

    BoundedCounter handedOn = copy.merge(copy.transfer(A, B, 5));
    assertThatThrownBy(() -> first.merge(handedOn))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("replica a has given away or taken more than it ever had");

    // A new incarnation has no rights, until one replica that has all of the old one's hands over.
    ReplicaId again = new ReplicaId("a", 1);
    assertThat(copy.rights(again)).isZero();
    BoundedCounter back = first.merge(first.increment(B, 1));
    assertThatThrownBy(() -> back.transfer(A, again, 1))
        .isInstanceOf(InsufficientRightsException.class);
    assertThat(copy.merge(copy.transfer(A, again, 5)).rights(again)).isEqualTo(5);
  }

  /** Why a bounded counter's delta brings the source of its rights along: here it does not. */
  @Test
  void theDecrementThatArrivesBeforeTheTransferItSpends() {
    BoundedCounter seats = BoundedCounter.empty().increment(A, 5);
    seats = seats.merge(seats.transfer(A, B, 5));
    BoundedCounter spent = seats.decrement(B, 5);

    assertThatThrownBy(() -> BoundedCounter.of(Map.of(), spent.taken()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("replica b has given away or taken more than it ever had");
    assertThat(BoundedCounter.empty().merge(spent).value()).isZero();
    assertThat(BoundedCounter.empty().merge(spent).rights()).isEmpty();
  }

  /** Why a bounded counter cannot live in a map: what is left after a removal can be below 0. */
  @Test
  void theBoundedCounterInAMapThatGoesBelowZero() {
    // Increments and decrements as causal counters, which a removal takes away as far as seen.
    ORMap<String, CausalPNCounter> map = ORMap.empty(CausalPNCounter.type());
    map = map.merge(map.update("seats", c -> c.increment(A, 5)));
    var removed = map.merge(map.remove("seats"));
    var spent = map.merge(map.update("seats", c -> c.decrement(B, 5)));
    assertThat(removed.merge(spent).get("seats").orElseThrow().value()).isEqualTo(-5);
  }

  /**
   * A flag for which "off" leaves no dot cannot let "off" win: the enable that it has not seen is
   * all that is there.
   */
  @Test
  void theFlagThatIsSwitchedOffAndOnByTwo() {
    EnableWinsFlag dotted = EnableWinsFlag.empty();
    dotted = dotted.merge(dotted.enable(A));
    assertThat(dotted.merge(dotted.disable()).merge(dotted.enable(B)).isEnabled()).isTrue();

    DisableWinsFlag flag = DisableWinsFlag.empty();
    flag = flag.merge(flag.enable(A));
    assertThat(flag.merge(flag.disable(A)).merge(flag.enable(B)).isEnabled()).isFalse();
  }
}
