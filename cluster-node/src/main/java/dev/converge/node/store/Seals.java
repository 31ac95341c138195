package dev.converge.node.store;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds out when nothing of this node's earlier lives can be unknown here any more, bucket by
 * bucket: when each other node has been seen to have the same as this one, in this life. The gap
 * between the lives can be {@linkplain LocalBucket#seal closed} then. Not thread-safe.
 */
final class Seals {
  private final LocalStore store;
  private final Writer writer;
  private final int others;
  private final Map<String, BitSet> equal = new HashMap<>();
  private final BitSet sealed = new BitSet();

  /**
   * Nothing is known yet.
   *
   * @param nodes how many nodes are configured, this one included
   */
  Seals(LocalStore store, Writer writer, int nodes) {
    this.store = store;
    this.writer = writer;
    this.others = nodes - 1;
    if (others == 0) {
      for (int i = 0; i < Buckets.COUNT; i++) {
        seal(i);
      }
    }
  }

  /** {@code node} has of that bucket what is here. */
  void equal(String node, int bucket) {
    if (sealed.get(bucket)) {
      if (!store.bucket(bucket).hasGap(writer)) {
        return;
      }
      // Something of an earlier life has come to light after all: ask everybody again.
      sealed.clear(bucket);
      equal.values().forEach(each -> each.clear(bucket));
    }
    equal.computeIfAbsent(node, n -> new BitSet()).set(bucket);
    int count = 0;
    for (BitSet each : equal.values()) {
      count += each.get(bucket) ? 1 : 0;
    }
    if (count >= others) {
      seal(bucket);
    }
  }

  /** {@code node} has what is here. */
  void allEqual(String node) {
    for (int i = 0; i < Buckets.COUNT; i++) {
      equal(node, i);
    }
  }

  private void seal(int bucket) {
    sealed.set(bucket);
    store.seal(bucket, writer);
  }
}
