package dev.converge.crdt.causal;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.persistent.PersistentLongMap;
import dev.converge.crdt.persistent.PersistentMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The index of a map each of whose stores has one dot, given in the order of the dots: nothing has
 * to be sorted. So come nearly all maps from bytes.
 */
final class OneDotEach<K> {
  private final List<K> keys;
  private final long[] sequences;
  private final PersistentMap.Builder<ReplicaId, PersistentLongMap<K>> trees =
      PersistentMap.builder();

  // The dots of one replica stand together; those of the present one are the last.
  private @Nullable ReplicaId replica;
  private int from;
  private int count;
  private boolean inOrder = true;

  private OneDotEach(List<K> keys) {
    this.keys = keys;
    this.sequences = new long[keys.size()];
  }

  /** Null if the stores are not as said, or there are none. */
  static <K> @Nullable DotIndex<K> index(List<K> keys, List<? extends DotStore> stores) {
    OneDotEach<K> dots = new OneDotEach<>(keys);
    for (DotStore store : stores) {
      if (store.size() != 1) {
        return null;
      }
      store.addTo(dots);
      if (!dots.inOrder) {
        return null;
      }
    }
    return dots.replica == null ? null : dots.index(dots.replica);
  }

  void add(ReplicaId writer, long sequence) {
    ReplicaId last = replica;
    if (writer != last) {
      if (last != null) {
        inOrder &= last.compareTo(writer) < 0;
        finish(last);
      }
      replica = writer;
    } else {
      inOrder &= sequences[count - 1] < sequence;
    }
    sequences[count++] = sequence;
  }

  private void finish(ReplicaId last) {
    trees.put(last, PersistentLongMap.ofAscending(sequences, keys, from, count));
    from = count;
  }

  private DotIndex<K> index(ReplicaId last) {
    finish(last);
    return DotIndex.of(trees.build());
  }
}
