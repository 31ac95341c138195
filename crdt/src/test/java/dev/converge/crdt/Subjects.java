package dev.converge.crdt;

import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.testing.Event;
import dev.converge.crdt.testing.History;
import dev.converge.crdt.testing.Rng;
import dev.converge.crdt.testing.Subject;
import java.math.BigInteger;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The types, described once for all suites. */
final class Subjects {
  private Subjects() {}

  /** An operation of any type here: what, on which key and element, by how much. */
  record Op(Kind kind, String key, String element, BigInteger by) {
    boolean is(Kind k) {
      return kind == k;
    }

    /** A key of a map in a map, which has nothing to do with the other parts but the number. */
    String inner() {
      return by.testBit(0) ? "p" : "q";
    }

    @Override
    public String toString() {
      return kind + "(" + key + ", " + element + ", " + by + ")";
    }
  }

  enum Kind {
    INCREMENT,
    DECREMENT,
    ADD,
    REMOVE,
    SET,
    ENABLE,
    DISABLE,
    TRANSFER,
    CLEAR,
    REMOVE_KEY
  }

  static Function<Rng, Op> ops(Kind... kinds) {
    return rng -> {
      Kind kind = kinds[rng.below(kinds.length)];
      // Now and then beyond 64 bits.
      BigInteger by = BigInteger.valueOf(1 + rng.below(9)).shiftLeft(rng.oneIn(8) ? 70 : 0);
      return new Op(kind, rng.letter(), rng.letter(), by);
    };
  }

  static Subject<GCounter, Op> gCounter() {
    return new Subject<>(
        "GCounter",
        GCounter.empty(),
        ops(Kind.INCREMENT),
        (s, e) -> s.increment(e.replica(), e.operation().by()));
  }

  static Subject<PNCounter, Op> pnCounter() {
    return new Subject<>(
        "PNCounter",
        PNCounter.empty(),
        ops(Kind.INCREMENT, Kind.DECREMENT),
        (s, e) ->
            e.operation().is(Kind.INCREMENT)
                ? s.increment(e.replica(), e.operation().by())
                : s.decrement(e.replica(), e.operation().by()));
  }

  static Subject<GSet<String>, Op> gSet() {
    return new Subject<>(
        "GSet", GSet.empty(), ops(Kind.ADD), (s, e) -> s.add(e.operation().element()));
  }

  static Subject<LWWRegister<String>, Op> lwwRegister() {
    return new Subject<>(
        "LWWRegister",
        LWWRegister.empty(),
        ops(Kind.SET),
        (s, e) -> s.set(e.replica(), e.time(), e.operation().element()));
  }

  static Subject<ORSet<String>, Op> orSet() {
    return new Subject<>(
        "ORSet",
        ORSet.empty(),
        ops(Kind.ADD, Kind.ADD, Kind.ADD, Kind.REMOVE, Kind.REMOVE),
        Subjects::changeSet);
  }

  private static ORSet<String> changeSet(ORSet<String> s, Event<Op> e) {
    String element = e.operation().element();
    return e.operation().is(Kind.ADD) ? s.add(e.replica(), element) : s.remove(element);
  }

  static Subject<CausalGSet<String>, Op> causalGSet() {
    return new Subject<>(
        "CausalGSet",
        CausalGSet.empty(),
        ops(Kind.ADD, Kind.ADD, Kind.ADD, Kind.CLEAR),
        (s, e) ->
            e.operation().is(Kind.CLEAR) ? s.clear() : s.add(e.replica(), e.operation().element()));
  }

  static Subject<CausalGCounter, Op> causalGCounter() {
    return new Subject<>(
        "CausalGCounter",
        CausalGCounter.empty(),
        ops(Kind.INCREMENT, Kind.INCREMENT, Kind.CLEAR),
        (s, e) ->
            e.operation().is(Kind.CLEAR)
                ? s.clear()
                : s.increment(e.replica(), e.operation().by()));
  }

  static Subject<CausalPNCounter, Op> causalPNCounter() {
    return new Subject<>(
        "CausalPNCounter",
        CausalPNCounter.empty(),
        ops(Kind.INCREMENT, Kind.DECREMENT, Kind.CLEAR),
        Subjects::changeCounter);
  }

  private static CausalPNCounter changeCounter(CausalPNCounter s, Event<Op> e) {
    return switch (e.operation().kind()) {
      case INCREMENT -> s.increment(e.replica(), e.operation().by());
      case DECREMENT -> s.decrement(e.replica(), e.operation().by());
      default -> s.clear();
    };
  }

  static Subject<CausalLWWRegister<String>, Op> causalLwwRegister() {
    return new Subject<>(
        "CausalLWWRegister",
        CausalLWWRegister.empty(),
        ops(Kind.SET, Kind.SET, Kind.SET, Kind.CLEAR),
        Subjects::changeRegister);
  }

  private static CausalLWWRegister<String> changeRegister(
      CausalLWWRegister<String> s, Event<Op> e) {
    return e.operation().is(Kind.SET)
        ? s.set(e.replica(), e.time(), e.operation().element())
        : s.clear();
  }

  static Subject<RWSet<String>, Op> rwSet() {
    return new Subject<>(
        "RWSet",
        RWSet.empty(),
        ops(Kind.ADD, Kind.ADD, Kind.REMOVE, Kind.REMOVE, Kind.CLEAR),
        Subjects::changeRwSet);
  }

  static RWSet<String> changeRwSet(RWSet<String> s, Event<Op> e) {
    return switch (e.operation().kind()) {
      case ADD -> s.add(e.replica(), e.operation().element());
      case REMOVE -> s.remove(e.replica(), e.operation().element());
      default -> s.clear();
    };
  }

  static Subject<LWWElementSet<String>, Op> lwwElementSet() {
    return new Subject<>(
        "LWWElementSet",
        LWWElementSet.empty(),
        ops(Kind.ADD, Kind.ADD, Kind.REMOVE, Kind.REMOVE, Kind.CLEAR),
        Subjects::changeLwwElementSet);
  }

  static LWWElementSet<String> changeLwwElementSet(LWWElementSet<String> s, Event<Op> e) {
    return switch (e.operation().kind()) {
      case ADD -> s.add(e.replica(), e.time(), e.operation().element());
      case REMOVE -> s.remove(e.replica(), e.time(), e.operation().element());
      default -> s.clear();
    };
  }

  static Subject<MVRegister<String>, Op> mvRegister() {
    return new Subject<>(
        "MVRegister",
        MVRegister.empty(),
        ops(Kind.SET, Kind.SET, Kind.SET, Kind.CLEAR),
        Subjects::changeMvRegister);
  }

  static MVRegister<String> changeMvRegister(MVRegister<String> s, Event<Op> e) {
    return e.operation().is(Kind.SET) ? s.set(e.replica(), e.operation().element()) : s.clear();
  }

  static Subject<EnableWinsFlag, Op> enableWinsFlag() {
    return new Subject<>(
        "EnableWinsFlag",
        EnableWinsFlag.empty(),
        ops(Kind.ENABLE, Kind.ENABLE, Kind.DISABLE, Kind.CLEAR),
        Subjects::changeEnableWinsFlag);
  }

  static EnableWinsFlag changeEnableWinsFlag(EnableWinsFlag s, Event<Op> e) {
    return switch (e.operation().kind()) {
      case ENABLE -> s.enable(e.replica());
      case DISABLE -> s.disable();
      default -> s.clear();
    };
  }

  static Subject<DisableWinsFlag, Op> disableWinsFlag() {
    return new Subject<>(
        "DisableWinsFlag",
        DisableWinsFlag.empty(),
        ops(Kind.ENABLE, Kind.ENABLE, Kind.DISABLE, Kind.CLEAR),
        Subjects::changeDisableWinsFlag);
  }

  static DisableWinsFlag changeDisableWinsFlag(DisableWinsFlag s, Event<Op> e) {
    return switch (e.operation().kind()) {
      case ENABLE -> s.enable(e.replica());
      case DISABLE -> s.disable(e.replica());
      default -> s.clear();
    };
  }

  static Subject<LWWMap<String, String>, Op> lwwMap() {
    return new Subject<>(
        "LWWMap",
        LWWMap.empty(),
        ops(Kind.SET, Kind.SET, Kind.SET, Kind.REMOVE, Kind.CLEAR),
        Subjects::changeLwwMap);
  }

  /** The key is the operation's element, what is written its number. */
  static LWWMap<String, String> changeLwwMap(LWWMap<String, String> s, Event<Op> e) {
    Op op = e.operation();
    return switch (op.kind()) {
      case SET -> s.put(e.replica(), e.time(), op.element(), op.by().toString());
      case REMOVE -> s.remove(op.element());
      default -> s.clear();
    };
  }

  /** What is refused for want of rights changes nothing. */
  static Subject<BoundedCounter, Op> boundedCounter() {
    return new Subject<>(
        "BoundedCounter",
        BoundedCounter.empty(),
        ops(Kind.INCREMENT, Kind.INCREMENT, Kind.DECREMENT, Kind.DECREMENT, Kind.TRANSFER),
        (s, e) -> {
          if (e.operation().is(Kind.INCREMENT)) {
            return s.increment(e.replica(), e.operation().by());
          }
          try {
            return e.operation().is(Kind.DECREMENT)
                ? s.decrement(e.replica(), e.operation().by())
                : s.transfer(e.replica(), receiver(e), e.operation().by());
          } catch (InsufficientRightsException refused) {
            return BoundedCounter.empty();
          }
        });
  }

  /** Who is given rights by a transfer: one of the other two, by the element. */
  static ReplicaId receiver(Event<Op> e) {
    int next = e.operation().element().equals("a") ? 1 : 2;
    return History.REPLICAS.get((e.origin() + next) % History.REPLICAS.size());
  }

  private static <V extends CausalCrdt<V>> Subject<ORMap<String, V>, Op> mapOf(
      String name, CausalType<V> type, BiFunction<V, Event<Op>, V> change, Kind... kinds) {
    return new Subject<>(
        "ORMap of " + name,
        ORMap.empty(type),
        ops(kinds),
        (map, e) ->
            e.operation().is(Kind.REMOVE_KEY)
                ? map.remove(e.operation().key())
                : map.update(e.operation().key(), v -> change.apply(v, e)));
  }

  static Subject<ORMap<String, ORSet<String>>, Op> mapOfSets() {
    return mapOf(
        "ORSet",
        ORSet.type(),
        Subjects::changeSet,
        Kind.ADD,
        Kind.ADD,
        Kind.ADD,
        Kind.REMOVE,
        Kind.REMOVE_KEY);
  }

  static Subject<ORMap<String, CausalPNCounter>, Op> mapOfCounters() {
    return mapOf(
        "CausalPNCounter",
        CausalPNCounter.type(),
        Subjects::changeCounter,
        Kind.INCREMENT,
        Kind.DECREMENT,
        Kind.REMOVE_KEY);
  }

  static Subject<ORMap<String, CausalLWWRegister<String>>, Op> mapOfRegisters() {
    return mapOf(
        "CausalLWWRegister",
        CausalLWWRegister.type(),
        Subjects::changeRegister,
        Kind.SET,
        Kind.SET,
        Kind.REMOVE_KEY);
  }

  /** The outer key is the operation's key, the inner one its element. */
  static Subject<ORMap<String, ORMap<String, CausalPNCounter>>, Op> mapOfMaps() {
    return mapOf(
        "ORMap of CausalPNCounter",
        ORMap.type(CausalPNCounter.type()),
        (inner, e) ->
            e.operation().is(Kind.REMOVE)
                ? inner.remove(e.operation().element())
                : inner.update(e.operation().element(), c -> changeCounter(c, e)),
        Kind.INCREMENT,
        Kind.DECREMENT,
        Kind.REMOVE,
        Kind.REMOVE_KEY);
  }

  static Subject<ORMap<String, Variant>, Op> mapOfVariants() {
    return mapOf(
        "Variant",
        Variant.type(),
        Subjects::changeVariant,
        Kind.INCREMENT,
        Kind.DECREMENT,
        Kind.ADD,
        Kind.ADD,
        Kind.REMOVE,
        Kind.SET,
        Kind.REMOVE_KEY);
  }

  private static Variant changeVariant(Variant v, Event<Op> e) {
    return switch (e.operation().kind()) {
      case INCREMENT, DECREMENT ->
          v.update(e.replica(), CausalPNCounter.type(), c -> changeCounter(c, e));
      case ADD, REMOVE -> v.update(e.replica(), ORSet.<String>type(), s -> changeSet(s, e));
      default -> v.update(e.replica(), CausalLWWRegister.<String>type(), r -> changeRegister(r, e));
    };
  }
}
