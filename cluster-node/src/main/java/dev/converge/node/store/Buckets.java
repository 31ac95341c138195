package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.CausalType;

/** How keys are spread over buckets. Part of the wire format: the same on every node, for ever. */
final class Buckets {
  /** How many buckets there are. */
  static final int COUNT = 256;

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

  /**
   * The join of two states, which is {@code a} or {@code b} itself where that has all of the other:
   * so the copies of this node and of its Replicator are one object as long as they are equal.
   */
  static ORMap<String, Variant> join(ORMap<String, Variant> a, ORMap<String, Variant> b) {
    return b.causal().context().covers(a.causal().context()) ? b.merge(a) : a.merge(b);
  }
}
