package dev.converge.crdt.causal;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.crdt.persistent.PersistentLongMap;
import dev.converge.crdt.persistent.PersistentMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * For each dot of a map the key under which it stands: by replica, a radix tree of its sequence
 * numbers, which are nearly contiguous in most maps, so that a dot takes few bytes. Immutable.
 *
 * <p>The trees lag behind: the latest changes stand in a list, so that a write costs one object
 * here, and paths of the trees are copied once for many changes. Whoever looks up a dot in the
 * trees alone must ask the map whether it still stands under the key found; all else is asked of an
 * index that has been {@link #settled}.
 */
class DotIndex<K> {
  private static final DotIndex<?> EMPTY = of(PersistentMap.empty());

  /** None of the trees is empty. */
  private final PersistentMap<ReplicaId, PersistentLongMap<K>> byReplica;

  /** The changes before the latest; null if there are none. */
  private final @Nullable DotIndex<K> before;

  /** The dot of the latest change that is not in the trees yet; null if there is none. */
  private final @Nullable Dot dot;

  /** The key under which {@link #dot} is new; null if it is gone. */
  private final @Nullable K key;

  /** How many changes are not in the trees yet. */
  private final int lag;

  private DotIndex(
      PersistentMap<ReplicaId, PersistentLongMap<K>> byReplica,
      @Nullable DotIndex<K> before,
      @Nullable Dot dot,
      @Nullable K key) {
    this.byReplica = byReplica;
    this.before = before;
    this.dot = dot;
    this.key = key;
    this.lag = before == null ? 0 : before.lag + 1;
  }

  /** A dot in place of another. */
  private static final class Replacing<K> extends DotIndex<K> {
    private final Dot gone;

    Replacing(DotIndex<K> before, Dot gone, Dot dot, K key) {
      super(before.byReplica, before, dot, key);
      this.gone = gone;
    }
  }

  /** The index of no dots. */
  @SuppressWarnings("unchecked") // It holds no key.
  static <K> DotIndex<K> empty() {
    return (DotIndex<K>) EMPTY;
  }

  /** The index of these trees, none of which is empty. */
  static <K> DotIndex<K> of(PersistentMap<ReplicaId, PersistentLongMap<K>> byReplica) {
    return new DotIndex<>(byReplica, null, null, null);
  }

  /** How many changes are not in the trees yet. */
  int lag() {
    return lag;
  }

  /**
   * With {@code dot}, which has never been here, under {@code key}: the very object by which the
   * stores hold it. O(1).
   */
  DotIndex<K> add(Dot dot, K key) {
    return new DotIndex<>(byReplica, this, dot, key);
  }

  /** Without {@code dot}, which is here. O(1). */
  DotIndex<K> remove(Dot dot) {
    return new DotIndex<>(byReplica, this, dot, null);
  }

  /** With {@code dot}, which has never been here, in place of another under an equal key. O(1). */
  DotIndex<K> replace(Dot gone, Dot dot, K key) {
    return new Replacing<>(this, gone, dot, key);
  }

  /** The key of {@code dot} in the trees: if there is a lag, the dot may be gone. O(log n). */
  @Nullable K inTrees(Dot dot) {
    PersistentLongMap<K> own = byReplica.get(dot.replica());
    return own == null ? null : own.get(dot.sequence());
  }

  /**
   * The same without a lag. O(lag · log n).
   *
   * @param stores of the map as it is after all of the changes
   */
  DotIndex<K> settled(PersistentMap<K, ? extends DotStore> stores) {
    if (lag == 0) {
      return this;
    }
    Changes<K> changes = new Changes<>(lag);
    for (DotIndex<K> change = this; change != null; change = change.before) {
      if (change.dot != null && change.key == null) {
        changes.gone.add(change.dot);
      } else if (change instanceof Replacing<K> replacing) {
        changes.gone.add(replacing.gone);
      }
    }
    Collections.sort(changes.gone);
    for (DotIndex<K> change = this; change != null; change = change.before) {
      if (change.dot != null && change.key != null && !changes.isGone(change.dot)) {
        // What is put in place of a value leaves the key object there as it is.
        K present = change instanceof Replacing ? stores.presentKey(change.key) : change.key;
        changes.added.add(new Changes.Added<>(change.dot, present != null ? present : change.key));
      }
    }
    return of(changes.applied(byReplica));
  }

  /** The changes that wait, sorted. */
  private static final class Changes<K> {
    /** A dot that is alive, and its key. */
    private record Added<K>(Dot dot, K key) {}

    private final List<Dot> gone;
    private final List<Added<K>> added;

    Changes(int count) {
      gone = new ArrayList<>(count);
      added = new ArrayList<>(count);
    }

    boolean isGone(Dot dot) {
      return !gone.isEmpty() && Collections.binarySearch(gone, dot) >= 0;
    }

    PersistentMap<ReplicaId, PersistentLongMap<K>> applied(
        PersistentMap<ReplicaId, PersistentLongMap<K>> trees) {
      return withAdded(withoutGone(trees));
    }

    private PersistentMap<ReplicaId, PersistentLongMap<K>> withoutGone(
        PersistentMap<ReplicaId, PersistentLongMap<K>> trees) {
      PersistentMap<ReplicaId, PersistentLongMap<K>> result = trees;
      for (int from = 0; from < gone.size(); ) {
        ReplicaId replica = gone.get(from).replica();
        PersistentLongMap<K> own = result.get(replica);
        int end = from;
        while (end < gone.size() && gone.get(end).replica().equals(replica)) {
          end++;
        }
        long[] sequences = new long[end - from];
        for (int i = from; i < end; i++) {
          sequences[i - from] = gone.get(i).sequence();
        }
        PersistentLongMap<K> left = own == null ? null : own.removeAscending(sequences);
        if (left != null && left != own) {
          result = left.isEmpty() ? result.remove(replica) : result.put(replica, left);
        }
        from = end;
      }
      return result;
    }

    @SuppressWarnings("unchecked") // All keys are K.
    private PersistentMap<ReplicaId, PersistentLongMap<K>> withAdded(
        PersistentMap<ReplicaId, PersistentLongMap<K>> trees) {
      Collections.reverse(added);
      added.sort((a, b) -> a.dot.compareTo(b.dot));
      PersistentMap<ReplicaId, PersistentLongMap<K>> result = trees;
      for (int from = 0; from < added.size(); ) {
        ReplicaId replica = added.get(from).dot.replica();
        long[] sequences = new long[added.size() - from];
        Object[] keys = new Object[sequences.length];
        int count = 0;
        for (; from < added.size() && added.get(from).dot.replica().equals(replica); from++) {
          sequences[count] = added.get(from).dot.sequence();
          keys[count++] = added.get(from).key;
        }
        PersistentLongMap<K> own = result.get(replica);
        result =
            result.put(
                replica,
                own == null
                    ? PersistentLongMap.ofAscending(sequences, i -> (K) keys[i], count)
                    : own.putAscending(sequences, keys, count));
      }
      return result;
    }
  }

  /** Of a settled index: whether {@code vector} has seen all dots. O(r · log n). */
  boolean isWithin(VersionVector vector) {
    return byReplica.findKey((replica, own) -> own.lastKey() > vector.get(replica)) == null;
  }

  /** What {@link #forEach} calls for each dot. */
  @FunctionalInterface
  interface DotConsumer {
    /** Takes one dot. */
    void accept(ReplicaId replica, long sequence);
  }

  /** Of a settled index: calls {@code action} for each dot, by replica in ascending order. */
  void forEach(DotConsumer action) {
    byReplica.forEach(
        (replica, own) -> own.forEach((sequence, key) -> action.accept(replica, sequence)));
  }

  /** What {@link #forEachDifference} calls for each dot that differs. */
  @FunctionalInterface
  interface Difference<K> {
    /** Takes one dot; on a side where it is not, its key is null. */
    void accept(ReplicaId replica, long sequence, @Nullable K mine, @Nullable K theirs);
  }

  /** Of settled ones: skips what both share; the keys of a dot that is met may be equal. */
  void forEachDifference(DotIndex<K> other, Difference<K> action) {
    byReplica.forEachDifference(
        other.byReplica,
        (replica, mine, theirs) ->
            (mine == null ? PersistentLongMap.<K>empty() : mine)
                .forEachDifference(
                    theirs == null ? PersistentLongMap.empty() : theirs,
                    (sequence, a, b) -> action.accept(replica, sequence, a, b)));
  }
}
