package dev.converge.node.store;

import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.CausalCrdt;
import java.util.List;
import java.util.Optional;

/**
 * What stands under a key: the value that is shown, and shadowed ones if the key was created with
 * several types at once. Immutable.
 *
 * @param key the key
 * @param types the names of the types, the shown one first; never empty
 * @param value all values under the key
 */
public record Entry(String key, List<String> types, Variant value) {
  /** Copies the list. */
  public Entry {
    types = List.copyOf(types);
  }

  static Optional<Entry> of(String key, Variant value) {
    List<String> types = value.types();
    return types.isEmpty() ? Optional.empty() : Optional.of(new Entry(key, types, value));
  }

  /**
   * The name of the type that all nodes show: of the types in use, that with the smallest creation
   * dot.
   */
  public String type() {
    return types.get(0);
  }

  /** The names of the types that are there and not shown. */
  public List<String> shadowed() {
    return types.subList(1, types.size());
  }

  /** The value of one type, shown or shadowed; empty if there is none. */
  public <V extends CausalCrdt<V>> Optional<V> get(StoreType<V> type) {
    return value.get(type.causal());
  }
}
