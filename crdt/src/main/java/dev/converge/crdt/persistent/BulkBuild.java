package dev.converge.crdt.persistent;

import java.util.Arrays;

/**
 * Makes a whole tree at once, by sorting entries by the bits of their hashes; O(n).
 *
 * <p>What is sorted are numbers: the hash of an entry above its place. Keys and values are fetched
 * once, when they go to where they stay.
 */
final class BulkBuild {
  /** From so many entries on, the first two levels are sorted in one go. */
  private static final int MANY = 4096;

  private final int width;
  private final Entries entries;

  BulkBuild(int width, Entries entries) {
    this.width = width;
    this.entries = entries;
  }

  /** The tree of the entries; of several with one key, the last counts. */
  Object build(int shift) {
    int count = entries.count();
    long[] order = new long[count];
    for (int i = 0; i < count; i++) {
      // A bucket at the root needs no hash.
      int hash = count <= Trie.BUCKET ? 0 : Trie.hash(entries.key(i));
      order[i] = (long) hash << 32 | i;
    }
    if (count >= MANY && shift == 0) {
      return buildMany(order);
    }
    return build(order, new long[count <= Trie.BUCKET ? 0 : count], 0, count, shift);
  }

  private static int way(long ordered, int shift) {
    return (int) (ordered >>> 32) >>> shift & 31;
  }

  private static int twoWays(long ordered) {
    return (way(ordered, 0) << Trie.BITS) | way(ordered, Trie.BITS);
  }

  private Object buildMany(long[] order) {
    int[] next = new int[(1 << (2 * Trie.BITS)) + 1];
    for (long ordered : order) {
      next[twoWays(ordered) + 1]++;
    }
    for (int i = 1; i < next.length; i++) {
      next[i] += next[i - 1];
    }
    long[] sorted = new long[order.length];
    for (long ordered : order) {
      sorted[next[twoWays(ordered)]++] = ordered;
    }
    // next[i] is now where the entries of ways i end.
    Parts root = new Parts(width, 32);
    int start = 0;
    for (int first = 0; first < 32; first++) {
      Parts below = new Parts(width, 32);
      for (int second = 0; second < 32; second++) {
        int end = next[first << Trie.BITS | second];
        if (end > start) {
          below.add(1 << second, build(sorted, order, start, end, 2 * Trie.BITS));
          start = end;
        }
      }
      if (below.size > 0) {
        root.add(1 << first, below.node());
      }
    }
    return root.node();
  }

  private Object build(long[] order, long[] to, int from, int end, int shift) {
    if (end - from <= Trie.BUCKET || shift >= Trie.END) {
      return bucket(order, from, end);
    }
    int[] next = new int[32];
    for (int i = from; i < end; i++) {
      next[way(order[i], shift)]++;
    }
    int dataMap = 0;
    int nodeMap = 0;
    int start = from;
    for (int way = 0; way < 32; way++) {
      int here = next[way];
      dataMap |= (here == 1 ? 1 : 0) << way;
      nodeMap |= (here > 1 ? 1 : 0) << way;
      next[way] = start;
      start += here;
    }
    for (int i = from; i < end; i++) {
      to[next[way(order[i], shift)]++] = order[i];
    }
    // next[i] is now where the entries of way i end.
    Object[] slots = new Object[width * Integer.bitCount(dataMap) + Integer.bitCount(nodeMap)];
    int data = 0;
    int child = slots.length;
    int size = 0;
    start = from;
    for (int rest = dataMap | nodeMap; rest != 0; rest &= rest - 1) {
      int endHere = next[Integer.numberOfTrailingZeros(rest)];
      if (endHere - start == 1) {
        int entry = (int) to[start];
        slots[data] = entries.key(entry);
        slots[data + width - 1] = entries.value(entry);
        data += width;
        size++;
      } else {
        Object below = build(to, order, start, endHere, shift + Trie.BITS);
        slots[--child] = below;
        size += Trie.size(below, width);
      }
      start = endHere;
    }
    Branch branch = new Branch(dataMap, nodeMap, size, slots);
    return size == end - from ? branch : canonical(branch);
  }

  /** Of a branch that has lost entries that came twice. */
  private Object canonical(Branch branch) {
    Parts parts = new Parts(width, 32);
    for (int rest = branch.dataMap | branch.nodeMap; rest != 0; rest &= rest - 1) {
      int bit = Integer.lowestOneBit(rest);
      if ((branch.nodeMap & bit) != 0) {
        parts.add(bit, branch.slots[branch.childSlot(bit)]);
      } else {
        int at = branch.entrySlot(bit, width);
        parts.size++;
        parts.addEntry(bit, branch.slots[at], branch.slots[at + width - 1]);
      }
    }
    return parts.node();
  }

  private Object[] bucket(long[] order, int from, int end) {
    Object[] bucket = new Object[(end - from) * width];
    for (int i = from; i < end; i++) {
      int entry = (int) order[i];
      int at = (i - from) * width;
      bucket[at] = entries.key(entry);
      bucket[at + width - 1] = entries.value(entry);
    }
    return mayHoldTwice(order, from, end) ? eachOnce(bucket) : bucket;
  }

  /** Looks at hashes only: to follow keys to what they hold would take longer than all else. */
  private static boolean mayHoldTwice(long[] order, int from, int end) {
    if (end - from > Trie.BUCKET) {
      return true;
    }
    boolean alike = false;
    for (int i = from + 1; i < end; i++) {
      for (int k = from; k < i; k++) {
        alike |= (order[i] ^ order[k]) >>> 32 == 0;
      }
    }
    return alike;
  }

  private Object[] eachOnce(Object[] bucket) {
    int kept = 0;
    for (int i = 0; i < bucket.length; i += width) {
      int at = 0;
      while (at < kept && !Trie.same(bucket[i], bucket[at])) {
        at += width;
      }
      if (at == kept) {
        bucket[at] = bucket[i];
        kept += width;
      }
      bucket[at + width - 1] = bucket[i + width - 1];
    }
    return kept == bucket.length ? bucket : Arrays.copyOf(bucket, kept);
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
