package dev.converge.crdt.binary;

import dev.converge.crdt.BoundedCounter;
import dev.converge.crdt.CausalGCounter;
import dev.converge.crdt.CausalGSet;
import dev.converge.crdt.CausalLWWRegister;
import dev.converge.crdt.CausalPNCounter;
import dev.converge.crdt.DisableWinsFlag;
import dev.converge.crdt.EnableWinsFlag;
import dev.converge.crdt.GCounter;
import dev.converge.crdt.GSet;
import dev.converge.crdt.LWWElementSet;
import dev.converge.crdt.LWWMap;
import dev.converge.crdt.LWWRegister;
import dev.converge.crdt.MVRegister;
import dev.converge.crdt.ORMap;
import dev.converge.crdt.ORSet;
import dev.converge.crdt.PNCounter;
import dev.converge.crdt.RWSet;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.CausalCrdt;
import java.math.BigInteger;
import java.util.UUID;
import java.util.function.Function;

/**
 * The codecs of all types, put together as the types are: {@code orMap(string(), orSet(string()))}.
 *
 * <p>Those of plain values come first, then those of replicated types.
 */
public final class Codecs {
  private Codecs() {}

  /** Text. */
  public static ElementCodec<String> string() {
    return StringCodec.INSTANCE;
  }

  /** Whole numbers of 64 bits. */
  public static ElementCodec<Long> int64() {
    return ElementCodecs.LONG;
  }

  /** Whole numbers of 32 bits. */
  public static ElementCodec<Integer> int32() {
    return ElementCodecs.INTEGER;
  }

  /** Whole numbers of any size. */
  public static ElementCodec<BigInteger> integer() {
    return ElementCodecs.BIG_INTEGER;
  }

  /** True and false. */
  public static ElementCodec<Boolean> bool() {
    return ElementCodecs.BOOLEAN;
  }

  /** Floating-point numbers of 64 bits. */
  public static ElementCodec<Double> float64() {
    return ElementCodecs.DOUBLE;
  }

  /** UUIDs. */
  public static ElementCodec<UUID> uuid() {
    return ElementCodecs.UUID_CODEC;
  }

  /** Bytes. */
  public static ElementCodec<Bytes> bytes() {
    return ElementCodecs.BYTES;
  }

  /** Values of any of these types, each with the number of its type; knows more by {@code with}. */
  public static AnyCodec any() {
    return AnyCodec.BUILT_IN;
  }

  /**
   * Values of a class of your own, written as those of another.
   *
   * @param name the type in the words of the format; it never changes
   * @param base how they are written
   * @param to from your class; gives equal values for equal ones
   * @param from to your class; throws any {@code RuntimeException} for what {@code to} never gives
   */
  public static <A, B> ElementCodec<B> as(
      String name, ElementCodec<A> base, Function<B, A> to, Function<A, B> from) {
    return ElementCodecs.as(name, base, to, from);
  }

  /** {@link GCounter}. */
  public static CrdtCodec<GCounter> gCounter() {
    return PlainCodecs.G_COUNTER;
  }

  /** {@link PNCounter}. */
  public static CrdtCodec<PNCounter> pnCounter() {
    return PlainCodecs.PN_COUNTER;
  }

  /** {@link BoundedCounter}. */
  public static CrdtCodec<BoundedCounter> boundedCounter() {
    return BoundedCounterCodec.INSTANCE;
  }

  /** {@link GSet}. */
  public static <E> CrdtCodec<GSet<E>> gSet(ElementCodec<E> element) {
    return PlainCodecs.gSet(element);
  }

  /** {@link LWWRegister}. */
  public static <T> CrdtCodec<LWWRegister<T>> lwwRegister(ElementCodec<T> value) {
    return PlainCodecs.lwwRegister(value);
  }

  /** {@link ORSet}. */
  public static <E> CausalCodec<ORSet<E>> orSet(ElementCodec<E> element) {
    return CausalCodec.ofDotSets("orset<" + element.name() + ">", ORSet.type(), element);
  }

  /** {@link CausalGSet}. */
  public static <E> CausalCodec<CausalGSet<E>> causalGSet(ElementCodec<E> element) {
    return CausalCodec.ofDotSets("causalgset<" + element.name() + ">", CausalGSet.type(), element);
  }

  /** {@link CausalGCounter}. */
  public static CausalCodec<CausalGCounter> causalGCounter() {
    return CausalCodec.of("causalgcounter", CausalGCounter.type(), StoreCodec.values(integer()));
  }

  /** {@link CausalPNCounter}. */
  public static CausalCodec<CausalPNCounter> causalPNCounter() {
    return CausalCodec.of("causalpncounter", CausalPNCounter.type(), StoreCodec.values(integer()));
  }

  /** {@link CausalLWWRegister}. */
  public static <T> CausalCodec<CausalLWWRegister<T>> causalLwwRegister(ElementCodec<T> value) {
    return CausalCodec.of(
        "causallwwregister<" + value.name() + ">",
        CausalLWWRegister.type(),
        StoreCodec.values(ElementCodecs.timestamped(value)));
  }

  /** {@link RWSet}. */
  public static <E> CausalCodec<RWSet<E>> rwSet(ElementCodec<E> element) {
    return CausalCodec.of(
        "rwset<" + element.name() + ">",
        RWSet.type(),
        StoreCodec.map(element, StoreCodec.values(bool())));
  }

  /** {@link LWWElementSet}. */
  public static <E> CausalCodec<LWWElementSet<E>> lwwElementSet(ElementCodec<E> element) {
    return CausalCodec.of(
        "lwwset<" + element.name() + ">",
        LWWElementSet.type(),
        StoreCodec.map(element, StoreCodec.values(ElementCodecs.timestamped(bool()))));
  }

  /** {@link MVRegister}. */
  public static <T> CausalCodec<MVRegister<T>> mvRegister(ElementCodec<T> value) {
    return CausalCodec.of(
        "mvregister<" + value.name() + ">", MVRegister.type(), StoreCodec.values(value));
  }

  /** {@link EnableWinsFlag}. */
  public static CausalCodec<EnableWinsFlag> enableWinsFlag() {
    return CausalCodec.of("ewflag", EnableWinsFlag.type(), StoreCodec.dots());
  }

  /** {@link DisableWinsFlag}. */
  public static CausalCodec<DisableWinsFlag> disableWinsFlag() {
    return CausalCodec.of("dwflag", DisableWinsFlag.type(), StoreCodec.values(bool()));
  }

  /** {@link LWWMap}. */
  public static <K, T> CausalCodec<LWWMap<K, T>> lwwMap(
      ElementCodec<K> key, ElementCodec<T> value) {
    return CausalCodec.of(
        "lwwmap<" + key.name() + "," + value.name() + ">",
        LWWMap.type(),
        StoreCodec.map(key, StoreCodec.values(ElementCodecs.timestamped(value))));
  }

  /** {@link ORMap}, of values of one type. */
  public static <K, V extends CausalCrdt<V>> CausalCodec<ORMap<K, V>> orMap(
      ElementCodec<K> key, CausalCodec<V> value) {
    return CausalCodec.of(
        "ormap<" + key.name() + "," + value.name() + ">",
        ORMap.type(value.type()),
        StoreCodec.map(key, value.store()));
  }

  /**
   * {@link Variant}: described by itself, so values of types that are not known here pass through.
   * What stands in it is of the types that {@code any} knows.
   */
  public static CausalCodec<Variant> variant(AnyCodec any) {
    return CausalCodec.of(
        "variant", Variant.type(), StoreCodec.map(string(), StoreCodec.selfDescribing(any)));
  }
}
