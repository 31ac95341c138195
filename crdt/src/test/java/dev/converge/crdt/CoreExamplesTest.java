package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Causality;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridLogicalClock;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.crdt.persistent.PersistentLongMap;
import dev.converge.crdt.persistent.PersistentMap;
import dev.converge.crdt.persistent.PersistentSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The examples of the clocks, the causal core and the persistent collections, run. */
class CoreExamplesTest {
  private final ReplicaId phone = ReplicaId.of("phone");
  private final ReplicaId laptop = ReplicaId.of("laptop");
  private final long nowMillis = 1_000;

  @Test
  void causal() {
    Causal<DotSet> flag = Causal.empty(DotSet.none());
    Dot dot = flag.next(phone);
    Causal<DotSet> on = flag.merge(Causal.delta(DotSet.of(dot), List.of()));
    Causal<DotSet> off = on.merge(on.removal());
    boolean alive = off.merge(on).store().contains(dot); // false: seen, and gone
    assertThat(alive).isFalse();
  }

  @Test
  void causalCrdt() {
    CausalCrdt<?> value = ORSet.<String>empty().add(phone, "milk");
    CausalContext seen = value.causal().context(); // {phone=1}
    assertThat(seen).hasToString("{phone=1}");
  }

  @Test
  void causalType() {
    ORSet<String> set = ORSet.<String>empty().add(phone, "milk");
    ORSet<String> restored = ORSet.<String>type().restore(set.causal());
    assertThat(restored.equals(set)).isTrue();
  }

  @Test
  void dotFun() {
    DotFun<String> writes = DotFun.of(Dot.of(phone, 1), "Ann");
    boolean alive = writes.contains(Dot.of(phone, 1)); // true
    assertThat(alive).isTrue();
  }

  @Test
  void dotMap() {
    DotMap<String, DotSet> elements = DotMap.of("milk", DotSet.of(Dot.of(phone, 1)));
    boolean in = elements.containsKey("milk"); // true
    assertThat(in).isTrue();
  }

  @Test
  void dotSet() {
    DotSet dots = DotSet.of(Dot.of(phone, 1), Dot.of(laptop, 1));
    int size = dots.size(); // 2
    assertThat(size).isEqualTo(2);
  }

  @Test
  void dotStore() {
    ORMap<String, ORSet<String>> carts = ORMap.empty(ORSet.type());
    carts = carts.merge(carts.update("cart-17", cart -> cart.add(phone, "milk")));
    DotStore store = carts.causal().store();
    List<Dot> alive = new ArrayList<>();
    store.forEachDot(alive::add);
    assertThat(alive).containsExactly(Dot.of(phone, 1));
  }

  @Test
  void causalContext() {
    CausalContext seen = CausalContext.ofDots(Dot.of(phone, 1), Dot.of(phone, 3));
    VersionVector contiguous = seen.vector(); // {phone=1}
    Dot next = seen.next(phone); // phone:4
    boolean gap = !seen.contains(Dot.of(phone, 2)); // true
    assertThat(contiguous).hasToString("{phone=1}");
    assertThat(next).hasToString("phone:4");
    assertThat(gap).isTrue();
  }

  @Test
  void causality() {
    CausalContext mine = CausalContext.ofDots(Dot.of(phone, 1));
    CausalContext theirs = CausalContext.ofDots(Dot.of(laptop, 1));
    Causality how = mine.compare(theirs);
    boolean both = how == Causality.CONCURRENT;
    assertThat(both).isTrue();
  }

  @Test
  void dot() {
    Dot dot = Dot.of(phone, 7);
    Dot same = Dot.parse("phone:7");
    assertThat(same).isEqualTo(dot);
  }

  @Test
  void hybridLogicalClock() {
    HybridLogicalClock clock = HybridLogicalClock.START.tick(nowMillis);
    HybridTimestamp sent = clock.last();
    HybridLogicalClock there = HybridLogicalClock.START.observe(sent).tick(nowMillis);
    boolean later = there.last().compareTo(sent) > 0; // true
    assertThat(later).isTrue();
  }

  @Test
  void hybridTimestamp() {
    HybridTimestamp time = new HybridTimestamp(1_000, 3);
    HybridTimestamp same = HybridTimestamp.ofPacked(time.packed());
    assertThat(same).isEqualTo(time);
  }

  @Test
  void replicaId() {
    ReplicaId first = ReplicaId.of("phone");
    ReplicaId afterReset = new ReplicaId("phone", 2); // phone~2: another writer
    assertThat(afterReset).isNotEqualTo(first).hasToString("phone~2");
  }

  @Test
  void versionVector() {
    VersionVector mine = VersionVector.of(Map.of(phone, 3L));
    VersionVector theirs = VersionVector.of(Map.of(laptop, 1L));
    Causality how = mine.compare(theirs); // CONCURRENT
    VersionVector both = mine.merge(theirs); // {laptop=1, phone=3}
    assertThat(how).isEqualTo(Causality.CONCURRENT);
    assertThat(both).hasToString("{laptop=1, phone=3}");
  }

  @Test
  void persistentMap() {
    PersistentMap<String, Integer> one = PersistentMap.of("a", 1);
    PersistentMap<String, Integer> two = one.put("b", 2);
    int size = one.size(); // 1: as it was
    assertThat(size).isEqualTo(1);
    assertThat(two.size()).isEqualTo(2);
  }

  @Test
  void persistentSet() {
    PersistentSet<String> one = PersistentSet.<String>empty().add("a");
    PersistentSet<String> two = one.add("b");
    int size = one.size(); // 1: as it was
    assertThat(size).isEqualTo(1);
    assertThat(two.contains("b")).isTrue();
  }

  @Test
  void persistentLongMap() {
    PersistentLongMap<String> one = PersistentLongMap.<String>empty().put(1, "a");
    PersistentLongMap<String> two = one.put(2, "b");
    int size = one.size(); // 1: as it was
    assertThat(size).isEqualTo(1);
    assertThat(two.size()).isEqualTo(2);
  }
}
