package dev.converge.crdt.binary;

import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.CausalContext;
import java.util.List;

/**
 * The binary form of a dot store, from which the form of a causal type is put together: {@code
 * map(string(), dots())} is that of an observed-remove set of strings.
 *
 * <p>Immutable and thread-safe.
 *
 * @param <S> the shape of the store
 */
public abstract class StoreCodec<S extends DotStore> {
  StoreCodec() {}

  /** Dots, and nothing about them. */
  public static StoreCodec<DotSet> dots() {
    return DotSetCodec.INSTANCE;
  }

  /** Dots, each with a value. */
  public static <V> StoreCodec<DotFun<V>> values(ElementCodec<V> value) {
    return new DotFunCodec<>(value);
  }

  /** Stores by key. */
  public static <K, S extends DotStore> StoreCodec<DotMap<K, S>> map(
      ElementCodec<K> key, StoreCodec<? extends S> store) {
    return new DotMapCodec<>(key, store);
  }

  /**
   * Stores of any shape, described by themselves, whose keys and values are of the types that
   * {@code any} knows: for what only passes through.
   */
  public static StoreCodec<DotStore> selfDescribing(AnyCodec any) {
    return new SelfDescribingCodec(any);
  }

  /** The shape in the words of the format. */
  abstract String name();

  /**
   * Writes stores side by side, none of them empty. They are columns: all of one kind stand
   * together, as that is what makes them small.
   */
  abstract void writeAll(BinaryWriter out, Replicas replicas, List<? extends S> stores);

  /**
   * Reads what {@link #writeAll} wrote.
   *
   * @param count how many; the caller has seen a byte or more of each
   */
  abstract List<S> readAll(BinaryReader in, Seen seen, int count);

  /** What a reader knows of the dots: who made them, and all that have been seen. */
  record Seen(Replicas replicas, CausalContext context) {}
}
