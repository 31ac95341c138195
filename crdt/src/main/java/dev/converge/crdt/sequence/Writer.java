package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.ReplicaId;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the elements of one replica, by sequence number: in which leaf those in the list
 * are, which wait for an origin, and which were deleted before they came. May be changed in place
 * only by the editor whose token it carries.
 */
final class Writer {
  private static final int HOLE = -1;

  /** Who waits for an element: a list of waiting blocks by their first ids. */
  record Waiter(ReplicaId replica, long start, @Nullable Waiter next) {}

  final @Nullable Object owner;
  final ReplicaId id;

  /** One beyond the highest sequence number in the list. */
  long next = 1;

  /** The leaf of the last element. */
  private int lastLeaf = HOLE;

  /** From which sequence number on elements are in which leaf, {@link #HOLE} for none. */
  private @Nullable LongMap<Integer> leaves;

  /** The blocks that wait for an origin, by start. No two overlap. */
  @Nullable LongMap<Block> pending;

  /** By an element that is not in the list: who waits for it. Not part of the value. */
  @Nullable LongMap<Waiter> waiting;

  /** Deletions of elements that have not come: from start to end, apart from each other. */
  @Nullable LongMap<Long> orphans;

  Writer(@Nullable Object owner, ReplicaId id) {
    this.owner = owner;
    this.id = id;
  }

  Writer copy(Object newOwner) {
    Writer copy = new Writer(newOwner, id);
    copy.next = next;
    copy.lastLeaf = lastLeaf;
    copy.leaves = leaves;
    copy.pending = pending;
    copy.waiting = waiting;
    copy.orphans = orphans;
    return copy;
  }

  /** Whether nothing is known but that somebody waits. */
  boolean isVoid() {
    return next == 1 && pending == null && orphans == null;
  }

  /** The highest sequence number known, 0 if none. */
  long highest() {
    long highest = next - 1;
    LongMap<Block> block = LongMap.floor(pending, Long.MAX_VALUE);
    if (block != null) {
      highest = Math.max(highest, block.value.end() - 1);
    }
    LongMap<Long> orphan = LongMap.floor(orphans, Long.MAX_VALUE);
    return orphan == null ? highest : Math.max(highest, orphan.value - 1);
  }

  /** The leaf that has the element, -1 if it is not in the list. */
  int leafOf(long sequence) {
    if (sequence >= next) {
      return HOLE;
    }
    LongMap<Integer> entry = LongMap.floor(leaves, sequence);
    return entry == null ? HOLE : entry.value;
  }

  /** Whether the element is in the list. */
  boolean has(long sequence) {
    return leafOf(sequence) != HOLE;
  }

  /** The least sequence number from {@code sequence} on that is in the list, else MAX_VALUE. */
  long nextPresent(long sequence) {
    if (has(sequence)) {
      return sequence;
    }
    if (sequence >= next) {
      return Long.MAX_VALUE;
    }
    // A hole may begin right here; it is never followed by a hole.
    LongMap<Integer> entry = LongMap.ceiling(leaves, sequence + 1);
    return entry == null ? Long.MAX_VALUE : entry.key;
  }

  /** Notes that the elements {@code from} to {@code to} are in {@code leaf}. */
  void assign(long from, long to, int leaf) {
    if (from == next && lastLeaf == leaf) {
      next = to;
      return;
    }
    if (to >= next) {
      lastLeaf = leaf;
    }
    int after = leafOf(to);
    boolean bounded = to < next;
    if (from > next) {
      leaves = LongMap.put(leaves, next, HOLE);
    }
    LongMap<Integer> inside = LongMap.ceiling(leaves, from);
    while (inside != null && inside.key <= to) {
      leaves = LongMap.remove(leaves, inside.key);
      inside = LongMap.ceiling(leaves, from);
    }
    LongMap<Integer> before = LongMap.floor(leaves, from);
    if (before == null || before.value != leaf) {
      leaves = LongMap.put(leaves, from, leaf);
    }
    if (bounded && after != leaf) {
      leaves = LongMap.put(leaves, to, after);
    }
    next = Math.max(next, to);
  }

  /** Notes that the elements {@code from} to {@code to}, which are not known, are deleted. */
  void addOrphans(long from, long to) {
    long start = from;
    long end = to;
    LongMap<Long> before = LongMap.floor(orphans, from);
    if (before != null && before.value >= from) {
      start = before.key;
      end = Math.max(end, before.value);
    }
    LongMap<Long> inside = LongMap.ceiling(orphans, start);
    while (inside != null && inside.key <= end) {
      end = Math.max(end, inside.value);
      orphans = LongMap.remove(orphans, inside.key);
      inside = LongMap.ceiling(orphans, start);
    }
    orphans = LongMap.put(orphans, start, end);
  }

  /** Forgets the deletions of {@code from} to {@code to}, which have all been noted. */
  void takeOrphans(long from, long to) {
    LongMap<Long> entry = LongMap.floor(orphans, from);
    if (entry != null) {
      orphans = LongMap.remove(orphans, entry.key);
      if (entry.key < from) {
        orphans = LongMap.put(orphans, entry.key, from);
      }
      if (to < entry.value) {
        orphans = LongMap.put(orphans, to, entry.value);
      }
    }
  }
}
