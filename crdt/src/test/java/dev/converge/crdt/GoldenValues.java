package dev.converge.crdt;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.binary.Codecs;
import dev.converge.crdt.binary.CrdtCodec;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.sequence.RGA;
import dev.converge.crdt.sequence.Text;
import java.math.BigInteger;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** One value of each type, with concurrent writes, removals and dots that arrived out of order. */
final class GoldenValues {
  private static final ReplicaId A = ReplicaId.of("node-1");
  private static final ReplicaId B = new ReplicaId("node-2", 1_763_712_000_000L);
  private static final BigInteger LARGE = BigInteger.ONE.shiftLeft(70);

  private GoldenValues() {}

  record Golden<S extends Crdt<S>>(
      String name, S value, CrdtCodec<S> binary, TypeReference<S> json) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static HybridTimestamp at(int n) {
    return new HybridTimestamp(1_763_712_000_000L + n, n);
  }

  /** Each change made to the result of those before. */
  @SafeVarargs
  private static <S extends Crdt<S>> S after(S start, UnaryOperator<S>... changes) {
    S state = start;
    for (UnaryOperator<S> change : changes) {
      state = state.merge(change.apply(state));
    }
    return state;
  }

  /** What two make of one value apart, the second of whom loses a delta on the way. */
  private static <S extends Crdt<S>> S concurrent(
      S start, BiFunction<S, ReplicaId, S> first, BiFunction<S, ReplicaId, S> second) {
    S here = start.merge(first.apply(start, A));
    S lost = start.merge(first.apply(start, B));
    return here.merge(second.apply(lost, B));
  }

  /** With a hole: an element that waits for it, and a deletion of one that has not come. */
  private static Text text() {
    Text start =
        after(Text.empty(), t -> t.insert(A, 0, "Hello \uD83C\uDF70 world"), t -> t.delete(5, 2));
    Text theirs = start.merge(start.insert(B, 5, ", dear"));
    Text lost = theirs.insert(B, 0, "xy");
    Text after = theirs.merge(lost);
    return theirs
        .merge(start.insert(A, 5, "!"))
        .merge(after.insert(B, 1, "z"))
        .merge(after.delete(0, 1));
  }

  static List<Golden<?>> all() {
    var s = Codecs.string();
    GCounter counter = after(GCounter.empty(), c -> c.increment(A, 5), c -> c.increment(B, LARGE));
    ORSet<String> set =
        concurrent(
            after(
                ORSet.empty(),
                x -> x.add(A, "milk"),
                x -> x.add(B, "bread"),
                x -> x.remove("milk")),
            (x, r) -> x.add(r, "crème \uD83C\uDF70"),
            (x, r) -> x.add(r, "bread"));
    return List.of(
        new Golden<>("gcounter", counter, Codecs.gCounter(), new TypeReference<>() {}),
        new Golden<>(
            "pncounter",
            after(PNCounter.empty(), c -> c.increment(A, LARGE), c -> c.decrement(B, 7)),
            Codecs.pnCounter(),
            new TypeReference<>() {}),
        new Golden<>(
            "boundedcounter",
            after(
                BoundedCounter.empty(),
                c -> c.increment(A, 10),
                c -> c.transfer(A, B, 4),
                c -> c.decrement(B, 3)),
            Codecs.boundedCounter(),
            new TypeReference<>() {}),
        new Golden<>(
            "gset",
            GSet.of(List.of("b", "a", "\uD83C\uDF70", "\uFB01")),
            Codecs.gSet(s),
            new TypeReference<>() {}),
        new Golden<>(
            "lwwregister",
            LWWRegister.of(B, at(5), "tea"),
            Codecs.lwwRegister(s),
            new TypeReference<>() {}),
        new Golden<>(
            "lwwregister-unwritten",
            LWWRegister.<String>empty(),
            Codecs.lwwRegister(s),
            new TypeReference<>() {}),
        new Golden<>("orset", set, Codecs.orSet(s), new TypeReference<>() {}),
        new Golden<>(
            "orset-of-uuids",
            after(
                ORSet.empty(),
                x -> x.add(A, new UUID(1, 2).toString()),
                x -> x.add(A, new UUID(-1, -2).toString())),
            Codecs.orSet(s),
            new TypeReference<>() {}),
        new Golden<>(
            "orset-of-longs",
            after(
                ORSet.empty(),
                x -> x.add(A, Long.MIN_VALUE),
                x -> x.add(A, Long.MAX_VALUE),
                x -> x.add(B, 0L)),
            Codecs.orSet(Codecs.int64()),
            new TypeReference<>() {}),
        new Golden<>("orset-removal", set.clear(), Codecs.orSet(s), new TypeReference<>() {}),
        new Golden<>(
            "rwset",
            concurrent(
                after(RWSet.<String>empty(), x -> x.add(A, "ann")),
                (x, r) -> x.remove(r, "ann"),
                (x, r) -> x.add(r, "ann")),
            Codecs.rwSet(s),
            new TypeReference<>() {}),
        new Golden<>(
            "lwwset",
            concurrent(
                LWWElementSet.<String>empty(),
                (x, r) -> x.add(r, at(1), "ann"),
                (x, r) -> x.remove(r, at(2), "bob")),
            Codecs.lwwElementSet(s),
            new TypeReference<>() {}),
        new Golden<>(
            "mvregister",
            concurrent(
                MVRegister.<String>empty(), (x, r) -> x.set(r, "Ann"), (x, r) -> x.set(r, "Anne")),
            Codecs.mvRegister(s),
            new TypeReference<>() {}),
        new Golden<>(
            "ewflag",
            concurrent(EnableWinsFlag.empty(), EnableWinsFlag::enable, EnableWinsFlag::enable),
            Codecs.enableWinsFlag(),
            new TypeReference<>() {}),
        new Golden<>(
            "dwflag",
            concurrent(DisableWinsFlag.empty(), DisableWinsFlag::enable, DisableWinsFlag::disable),
            Codecs.disableWinsFlag(),
            new TypeReference<>() {}),
        new Golden<>(
            "lwwmap",
            concurrent(
                LWWMap.<String, String>empty(),
                (m, r) -> m.put(r, at(1), "theme", "dark"),
                (m, r) -> m.put(r, at(2), "theme", "light")),
            Codecs.lwwMap(s, s),
            new TypeReference<>() {}),
        new Golden<>(
            "causalgset",
            after(CausalGSet.<String>empty(), x -> x.add(A, "a"), x -> x.add(B, "b")),
            Codecs.causalGSet(s),
            new TypeReference<>() {}),
        new Golden<>(
            "causalgcounter",
            after(CausalGCounter.empty(), c -> c.increment(A, 5), c -> c.increment(B, LARGE)),
            Codecs.causalGCounter(),
            new TypeReference<>() {}),
        new Golden<>(
            "causalpncounter",
            after(CausalPNCounter.empty(), c -> c.increment(A, 5), c -> c.decrement(B, LARGE)),
            Codecs.causalPNCounter(),
            new TypeReference<>() {}),
        new Golden<>(
            "causallwwregister",
            concurrent(
                CausalLWWRegister.<String>empty(),
                (x, r) -> x.set(r, at(2), "tea"),
                (x, r) -> x.set(r, at(1), "coffee")),
            Codecs.causalLwwRegister(s),
            new TypeReference<>() {}),
        new Golden<>(
            "ormap-of-orset",
            after(
                ORMap.<String, ORSet<String>>empty(ORSet.type()),
                m -> m.update("cart-17", cart -> cart.add(A, "milk")),
                m -> m.update("cart-18", cart -> cart.add(B, "tea")),
                m -> m.remove("cart-17"),
                m -> m.update("cart-17", cart -> cart.add(B, "milk"))),
            Codecs.orMap(s, Codecs.orSet(s)),
            new TypeReference<>() {}),
        new Golden<>(
            "ormap-of-ormap",
            after(
                ORMap.<String, ORMap<String, CausalPNCounter>>empty(
                    ORMap.type(CausalPNCounter.type())),
                m -> m.update("x", n -> n.update("y", c -> c.increment(A, 1))),
                m -> m.update("x", n -> n.update("z", c -> c.decrement(B, 2)))),
            Codecs.orMap(s, Codecs.orMap(s, Codecs.causalPNCounter())),
            new TypeReference<>() {}),
        new Golden<>(
            "ormap-of-variant",
            after(
                ORMap.<String, Variant>empty(Variant.type()),
                m ->
                    m.update(
                        "hits", v -> v.update(A, CausalPNCounter.type(), c -> c.increment(A, 5))),
                m -> m.update("tags", v -> v.update(B, ORSet.type(), x -> x.add(B, "new"))),
                m -> m.update("ages", v -> v.update(B, ORSet.type(), x -> x.add(B, 44L))),
                m ->
                    m.update(
                        "name",
                        v -> v.update(B, CausalLWWRegister.type(), x -> x.set(B, at(3), "Anne")))),
            Codecs.orMap(s, Codecs.variant(Codecs.any())),
            new TypeReference<>() {}),
        new Golden<>("text", text(), Text.codec(), new TypeReference<>() {}),
        new Golden<>(
            "rga",
            concurrent(
                after(RGA.<String>empty(), l -> l.insertAll(A, 0, List.of("tea", "milk", "bread"))),
                (l, r) -> l.insert(r, 1, "sugar"),
                (l, r) -> l.delete(1, 2)),
            RGA.codec(s),
            new TypeReference<>() {}));
  }
}
