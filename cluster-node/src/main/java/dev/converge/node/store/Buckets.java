package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import java.util.Collection;

/** How keys are spread over buckets. Part of the wire format: the same on every node, for ever. */
final class Buckets {
  /** How many buckets there are: a million keys are some 250 in each. */
  static final int COUNT = 4_096;

  /** The type of a bucket's state. */
  static final CausalType<ORMap<String, Variant>> TYPE = ORMap.type(Variant.type());

  /** A bucket to which nothing has happened. */
  static final ORMap<String, Variant> EMPTY = TYPE.empty();

  private Buckets() {}

  /** The bucket of {@code key}: FNV-1a over its UTF-16 code units, with a final mix. */
  static int of(String key) {
    int hash = 0x811c9dc5;
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * 0x01000193;
    }
    hash ^= hash >>> 15;
    hash *= 0x2c1b3c6d;
    hash ^= hash >>> 12;
    return hash & COUNT - 1;
  }

  /** The delta of {@code store}, which has also seen {@code replaced}. */
  static ORMap<String, Variant> delta(DotMap<String, DotStore> store, Collection<Dot> replaced) {
    return TYPE.restoreUnchecked(Causal.delta(store, replaced));
  }

  /** The delta that takes away {@code dots}. */
  static ORMap<String, Variant> removal(Collection<Dot> dots) {
    return delta(DotMap.none(), dots);
  }

  /** The same values, having seen {@code context} too. */
  static ORMap<String, Variant> widened(ORMap<String, Variant> state, CausalContext context) {
    return context == state.causal().context()
        ? state
        : TYPE.restoreUnchecked(Causal.of(state.causal().store(), context));
  }

  static DotMap<String, DotStore> store(ORMap<String, Variant> state) {
    return state.causal().store();
  }

  static CausalContext context(ORMap<String, Variant> state) {
    return state.causal().context();
  }
}
