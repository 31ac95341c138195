package dev.converge.crdt.binary;

import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import java.util.Arrays;
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
   * @param sizes how many stores each group has: within one, the first dots are in order; the
   *     caller has seen a byte or more of each store
   * @param count how many stores all groups have
   */
  abstract List<S> readAll(BinaryReader in, Seen seen, int[] sizes, int count);

  /** As many, each in a group of its own: in no order. */
  final List<S> readApart(BinaryReader in, Seen seen, int count) {
    int[] sizes = new int[count];
    Arrays.fill(sizes, 1);
    return readAll(in, seen, sizes, count);
  }

  /** Checks stores that have been read: see {@link #readAll}. */
  static void requireOrder(BinaryReader in, List<? extends DotStore> stores, int[] sizes) {
    int next = 0;
    for (int size : sizes) {
      Dot last = null;
      // To find the first dot of a map, all are looked at: one store alone is always in order.
      for (int i = size == 1 ? 1 : 0; i < size; i++) {
        Dot first = Columns.firstOf(stores.get(next + i));
        if (last != null && last.compareTo(first) >= 0) {
          throw in.malformed("dot " + first + " stands twice, or out of order");
        }
        last = first;
      }
      next += size;
    }
  }

  /** What a reader knows of the dots: who made them, and all that have been seen. */
  static final class Seen {
    private final Replicas replicas;
    private final CausalContext context;

    /** For each replica, the last of its dots that follow one another from the first. */
    private final long[] contiguous;

    Seen(Replicas replicas, CausalContext context) {
      this.replicas = replicas;
      this.context = context;
      this.contiguous = new long[replicas.size()];
      for (int i = 0; i < contiguous.length; i++) {
        contiguous[i] = context.vector().get(replicas.get(i));
      }
    }

    Replicas replicas() {
      return replicas;
    }

    CausalContext context() {
      return context;
    }

    boolean contains(int replica, long sequence) {
      return sequence <= contiguous[replica]
          || context.contains(new Dot(replicas.get(replica), sequence));
    }
  }
}
