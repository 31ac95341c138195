package dev.converge.crdt.binary;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotStore;
import java.util.List;
import java.util.Objects;

/**
 * The binary form of a causal type, which can also stand in a map, under the map's one context.
 *
 * @param <V> the type
 */
public final class CausalCodec<V extends CausalCrdt<V>> extends CrdtCodec<V> {
  private final String name;
  private final CausalType<V> type;
  private final StoreCodec<DotStore> store;

  /** Whether all that {@link #store} can make is a store of {@link #type}. */
  private final boolean isExact;

  private CausalCodec(
      String name, CausalType<V> type, StoreCodec<DotStore> store, boolean isExact) {
    this.name = name;
    this.type = type;
    this.store = store;
    this.isExact = isExact;
  }

  /**
   * The form of {@code type}.
   *
   * @param name the type in the words of the format, with its parameters; it never changes
   * @param type what restores a value, and checks what was read
   * @param store the form of its store
   */
  @SuppressWarnings("unchecked") // What the type makes has that shape, and restore checks it.
  public static <V extends CausalCrdt<V>> CausalCodec<V> of(
      String name, CausalType<V> type, StoreCodec<?> store) {
    return new CausalCodec<>(
        Objects.requireNonNull(name, "name"),
        Objects.requireNonNull(type, "type"),
        (StoreCodec<DotStore>) store,
        false);
  }

  /** The form of a type that is sets of dots by element: every store of that shape is one of it. */
  @SuppressWarnings("unchecked") // A map of sets of dots is a store.
  static <V extends CausalCrdt<V>> CausalCodec<V> ofDotSets(
      String name, CausalType<V> type, ElementCodec<?> element) {
    StoreCodec<?> store = StoreCodec.map(element, StoreCodec.dots());
    return new CausalCodec<>(name, type, (StoreCodec<DotStore>) store, true);
  }

  @Override
  public String name() {
    return name;
  }

  /** The type. */
  public CausalType<V> type() {
    return type;
  }

  /** The form of the bare store: what a map has under each key. */
  public StoreCodec<? extends DotStore> store() {
    return store;
  }

  @Override
  public void write(BinaryWriter out, V value) {
    Causal<?> causal = value.causal();
    Replicas replicas = Replicas.of(causal.context());
    replicas.writeContext(out, causal.context());
    DotStore alive = causal.store();
    out.writeBoolean(!alive.isEmpty());
    if (!alive.isEmpty()) {
      store.writeAll(out, replicas, List.of(alive));
    }
  }

  @Override
  public V read(BinaryReader in) {
    StoreCodec.Seen seen = Replicas.readContext(in);
    DotStore alive = type.shape();
    if (in.readBoolean()) {
      alive = store.readApart(in, seen, 1).get(0);
    }
    Causal<?> state = Causal.of(alive, seen.context());
    return isExact ? type.restoreUnchecked(state) : type.restore(state);
  }
}
