package dev.converge.node.store;

import dev.converge.node.store.StoreMessage.Wanted;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Closes the gaps between the lives of this node's writer, bucket by bucket.
 *
 * <ol>
 *   <li>Each other node has been seen to have the same as this one, in this life. So nothing of
 *       earlier lives is unknown here.
 *   <li>Each other node is asked to {@linkplain LocalBucket#close close} the gap, and does so if it
 *       knows the same of this writer as this one does.
 *   <li>When all have, it is {@linkplain LocalBucket#seal closed} here.
 * </ol>
 *
 * <p>SUBTLE: here last, because from then on a counter takes over its earlier sum. If this node did
 * so first, and died, a later sum of the earlier life could come to light that has it in it too.
 *
 * <p>Not thread-safe.
 */
final class Seals {
  private static final int MOST_AT_ONCE = 512;

  private final LocalStore store;
  private final Writer writer;
  private final int others;

  /** By node, the buckets that were the same. */
  private final Map<String, BitSet> equal = new HashMap<>();

  /** By node, the buckets in which it has closed the gap. */
  private final Map<String, BitSet> closed = new HashMap<>();

  /** Buckets that were the same everywhere. */
  private final BitSet known = new BitSet();

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
        known.set(i);
        store.seal(i, writer);
      }
    }
  }

  /** {@code node} has of that bucket what is here. */
  void equal(String node, int bucket) {
    if (!known.get(bucket) && isAll(equal, node, bucket)) {
      known.set(bucket);
      if (!store.bucket(bucket).hasGap(writer)) {
        store.seal(bucket, writer);
      }
    }
  }

  /** {@code node} has what is here. */
  void allEqual(String node) {
    for (int i = known.nextClearBit(0); i < Buckets.COUNT; i = known.nextClearBit(i + 1)) {
      equal(node, i);
    }
  }

  /** {@code node} has closed the gap in that bucket. */
  void closed(String node, int bucket) {
    if (isAll(closed, node, bucket)) {
      closed.values().forEach(each -> each.clear(bucket));
      store.seal(bucket, writer);
    }
  }

  private boolean isAll(Map<String, BitSet> nodes, String node, int bucket) {
    nodes.computeIfAbsent(node, n -> new BitSet()).set(bucket);
    int count = 0;
    for (BitSet each : nodes.values()) {
      count += each.get(bucket) ? 1 : 0;
    }
    return count >= others;
  }

  /** What each other node is to be asked to close: what is known of this writer in the buckets. */
  List<Wanted> open() {
    List<Wanted> open = new ArrayList<>();
    for (int i = known.nextSetBit(0);
        i >= 0 && open.size() < MOST_AT_ONCE;
        i = known.nextSetBit(i + 1)) {
      if (store.bucket(i).hasGap(writer)) {
        open.add(new Wanted(i, store.bucket(i).known(writer.replica(), writer.life())));
      }
    }
    return open;
  }
}
