package dev.converge.crdt.persistent;

import java.util.Arrays;

/** Makes a whole tree at once, by sorting entries by the bits of their hashes; O(n). */
final class BulkBuild {
  private final int width;

  BulkBuild(int width) {
    this.width = width;
  }

  /**
   * The tree of these entries; of several with one key, the last counts.
   *
   * @param entries overwritten
   */
  Object build(Object[] entries, int shift) {
    int count = entries.length / width;
    if (count <= Trie.BUCKET) {
      return bucket(entries, 0, count);
    }
    int[] hashes = new int[count];
    for (int i = 0; i < count; i++) {
      hashes[i] = Trie.hash(entries[i * width]);
    }
    return build(entries, hashes, new Object[entries.length], new int[count], 0, count, shift);
  }

  private Object build(
      Object[] entries, int[] hashes, Object[] to, int[] toHashes, int from, int end, int shift) {
    if (end - from <= Trie.BUCKET || shift >= Trie.END) {
      return bucket(entries, from, end);
    }
    int[] next = new int[33];
    for (int i = from; i < end; i++) {
      next[(hashes[i] >>> shift & 31) + 1]++;
    }
    next[0] = from;
    for (int i = 1; i <= 32; i++) {
      next[i] += next[i - 1];
    }
    for (int i = from; i < end; i++) {
      int at = next[hashes[i] >>> shift & 31]++;
      toHashes[at] = hashes[i];
      System.arraycopy(entries, i * width, to, at * width, width);
    }
    // next[i] is now where the entries of way i end.
    Parts parts = new Parts(width, 32);
    int start = from;
    for (int way = 0; way < 32; way++) {
      if (next[way] > start) {
        parts.add(
            1 << way, build(to, toHashes, entries, hashes, start, next[way], shift + Trie.BITS));
        start = next[way];
      }
    }
    return parts.node();
  }

  private Object[] bucket(Object[] entries, int from, int end) {
    Object[] bucket = Arrays.copyOfRange(entries, from * width, end * width);
    int kept = 0;
    for (int i = 0; i < bucket.length; i += width) {
      int same = indexOf(bucket, kept, bucket[i]);
      if (same < 0) {
        System.arraycopy(bucket, i, bucket, kept, width);
        kept += width;
      } else {
        bucket[same + width - 1] = bucket[i + width - 1];
      }
    }
    return kept == bucket.length ? bucket : Arrays.copyOf(bucket, kept);
  }

  private int indexOf(Object[] bucket, int end, Object key) {
    for (int i = 0; i < end; i += width) {
      if (Trie.same(key, bucket[i])) {
        return i;
      }
    }
    return -1;
  }

  /** The parts of one branch, gathered in the order of their bits. */
  static final class Parts {
    private final int width;
    private final Object[] entries;
    private final Object[] children;
    private int dataMap;
    private int nodeMap;
    private int data;
    private int nodes;
    private int size;

    Parts(int width, int most) {
      this.width = width;
      this.entries = new Object[most * width];
      this.children = new Object[most];
    }

    /** A subtree as it comes; a single entry stands in the branch itself. */
    void add(int bit, Object node) {
      size += Trie.size(node, width);
      if (node instanceof Object[] bucket && bucket.length == width) {
        addEntry(bit, bucket[0], bucket[width - 1]);
      } else {
        addChild(bit, node);
      }
    }

    void addChild(int bit, Object node) {
      nodeMap |= bit;
      children[nodes++] = node;
    }

    void addEntry(int bit, Object key, Object value) {
      dataMap |= bit;
      entries[data] = key;
      entries[data + width - 1] = value;
      data += width;
    }

    /** What was added by {@link #add}: a branch, or the bucket if that holds all. */
    Object node() {
      Branch branch = branch(size);
      if (size > Trie.BUCKET) {
        return branch;
      }
      Object[] bucket = new Object[size * width];
      Trie.collect(branch, width, bucket, 0);
      return bucket;
    }

    Branch branch(int entriesBelow) {
      Object[] slots = new Object[data + nodes];
      System.arraycopy(entries, 0, slots, 0, data);
      for (int i = 0; i < nodes; i++) {
        slots[slots.length - 1 - i] = children[i];
      }
      return new Branch(dataMap, nodeMap, entriesBelow, slots);
    }

    /** Whether the branch would have just the slots of {@code other}. */
    boolean isSameAs(Branch other, int entriesBelow) {
      if (dataMap != other.dataMap || nodeMap != other.nodeMap || entriesBelow != other.size) {
        return false;
      }
      for (int i = 0; i < data; i++) {
        if (entries[i] != other.slots[i]) {
          return false;
        }
      }
      for (int i = 0; i < nodes; i++) {
        if (children[i] != other.slots[other.slots.length - 1 - i]) {
          return false;
        }
      }
      return true;
    }
  }
}
