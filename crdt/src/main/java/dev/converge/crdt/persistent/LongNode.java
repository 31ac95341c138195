package dev.converge.crdt.persistent;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of {@link PersistentLongMap}.
 *
 * <p>At level {@code shift / 5}, the five bits of a key from {@code shift} on choose the way; at
 * level 0 the ways lead to the values. Canonical: what is under a way is
 *
 * <ul>
 *   <li>if it has one entry, a {@link Leaf};
 *   <li>if all its 32 ways are taken and it stands one level below its parent, a plain array of
 *       them: in a dense run nothing but arrays is left;
 *   <li>else a {@link LongNode}, at the level where its keys first part. Levels at which they do
 *       not are left out, so it remembers the bits above.
 * </ul>
 */
final class LongNode {
  static final int BITS = 5;
  static final int WAYS = 32;

  /** The level of the parent of a root. */
  static final int NONE = 100;

  /** One entry. */
  static final class Leaf {
    final long key;
    final Object value;

    Leaf(long key, Object value) {
      this.key = key;
      this.value = value;
    }
  }

  /** The bits of its keys above its own level. */
  final long prefix;

  final int shift;

  /** Which ways are taken: two at least. */
  final int bitmap;

  /** Children, or at level 0 values, in the order of their bits. */
  final Object[] slots;

  LongNode(long prefix, int shift, int bitmap, Object[] slots) {
    this.prefix = prefix;
    this.shift = shift;
    this.bitmap = bitmap;
    this.slots = slots;
  }

  private static long above(long key, int shift) {
    return key >>> shift >>> BITS;
  }

  static int bit(long key, int shift) {
    return 1 << (int) (key >>> shift);
  }

  int slot(int bit) {
    return Integer.bitCount(bitmap & (bit - 1));
  }

  /** The bits above a child at {@code bit}. */
  long under(int bit) {
    return prefix << BITS | Integer.numberOfTrailingZeros(bit);
  }

  boolean leadsTo(long key) {
    return above(key, shift) == prefix;
  }

  /** The node under a way, an array in the form of a node; null if it is a leaf. */
  static @Nullable LongNode view(Object node, long prefix, int parentShift) {
    if (node instanceof LongNode branch) {
      return branch;
    }
    return node instanceof Object[] slots
        ? new LongNode(prefix, parentShift - BITS, -1, slots)
        : null;
  }

  static @Nullable Object get(Object root, long key) {
    Object node = root;
    int shift = NONE;
    while (true) {
      if (node instanceof Object[] ways) {
        shift -= BITS;
        node = ways[(int) (key >>> shift) & WAYS - 1];
      } else if (node instanceof LongNode branch) {
        shift = branch.shift;
        int bit = bit(key, shift);
        if (!branch.leadsTo(key) || (branch.bitmap & bit) == 0) {
          return null;
        }
        node = branch.slots[branch.slot(bit)];
      } else {
        Leaf leaf = (Leaf) node;
        return leaf.key == key ? leaf.value : null;
      }
      if (shift == 0) {
        return node;
      }
    }
  }

  static Object make(long prefix, int shift, int bitmap, Object[] slots, int parentShift) {
    return bitmap == -1 && shift + BITS == parentShift
        ? slots
        : new LongNode(prefix, shift, bitmap, slots);
  }

  /** The node in canonical form under another parent. */
  static Object moved(Object node, long prefix, int from, int to) {
    LongNode view = view(node, prefix, from);
    return view == null ? node : make(view.prefix, view.shift, view.bitmap, view.slots, to);
  }

  /** Whether the way of {@code key} is taken here; what stands there may be without it. */
  boolean has(long key) {
    return leadsTo(key) && (bitmap & bit(key, shift)) != 0;
  }

  int slotOf(long key) {
    return slot(bit(key, shift));
  }

  LongNode withSlots(Object[] copy) {
    return new LongNode(prefix, shift, bitmap, copy);
  }

  /** With an entry, in a leaf or a node that has no way for it yet. */
  static Object insert(Object node, int parentShift, long key, Object value) {
    if (node instanceof Leaf leaf) {
      return leaf.key == key
          ? new Leaf(key, value)
          : pair(leaf.key, leaf, parentShift, key, value, parentShift);
    }
    LongNode branch = (LongNode) node;
    int shift = branch.shift;
    if (!branch.leadsTo(key)) {
      return pair(branch.prefix << shift << BITS, node, parentShift, key, value, parentShift);
    }
    int bit = bit(key, shift);
    int at = branch.slot(bit);
    Object[] copy = new Object[branch.slots.length + 1];
    System.arraycopy(branch.slots, 0, copy, 0, at);
    copy[at] = shift == 0 ? value : new Leaf(key, value);
    System.arraycopy(branch.slots, at, copy, at + 1, branch.slots.length - at);
    return make(branch.prefix, shift, branch.bitmap | bit, copy, parentShift);
  }

  /** With entries that belong here at level 0; null if one does not, or is here already. */
  @Nullable Object withBlock(int parentShift, long[] keys, Object[] values, int from, int end) {
    int added = 0;
    for (int i = from; i < end; i++) {
      added |= leadsTo(keys[i]) ? bit(keys[i], 0) : bitmap;
    }
    if (shift > 0 || (added & bitmap) != 0 || Integer.bitCount(added) < end - from) {
      return null;
    }
    Object[] grown = new Object[slots.length + end - from];
    int mine = 0;
    int theirs = from;
    int at = 0;
    for (int rest = bitmap | added; rest != 0; rest &= rest - 1) {
      grown[at++] = (added & Integer.lowestOneBit(rest)) != 0 ? values[theirs++] : slots[mine++];
    }
    return make(prefix, 0, bitmap | added, grown, parentShift);
  }

  /** A node of what stands at {@code oldKey} and of a new entry, at the level where they part. */
  private static Object pair(
      long oldKey, Object old, int oldParentShift, long key, Object value, int parentShift) {
    int shift = (63 - Long.numberOfLeadingZeros(oldKey ^ key)) / BITS * BITS;
    Object first;
    Object second;
    if (shift == 0) {
      first = ((Leaf) old).value;
      second = value;
    } else {
      first = moved(old, 0, oldParentShift, shift);
      second = new Leaf(key, value);
    }
    Object[] slots = oldKey < key ? new Object[] {first, second} : new Object[] {second, first};
    return make(above(key, shift), shift, bit(oldKey, shift) | bit(key, shift), slots, parentShift);
  }

  /** A node of these parts without the entry {@code key}, which stands in the slot {@code at}. */
  static Object without(long key, int shift, int bitmap, Object[] slots, int at, int parentShift) {
    int left = bitmap & ~bit(key, shift);
    long prefix = above(key, shift);
    if (slots.length == 2) {
      Object other = slots[1 - at];
      long under = prefix << BITS | Integer.numberOfTrailingZeros(left);
      return shift == 0 ? new Leaf(under, other) : moved(other, under, shift, parentShift);
    }
    Object[] copy = new Object[slots.length - 1];
    System.arraycopy(slots, 0, copy, 0, at);
    System.arraycopy(slots, at + 1, copy, at, copy.length - at);
    return new LongNode(prefix, shift, left, copy);
  }

  static Object build(long[] keys, IntFunction<?> values, int from, int end, int parentShift) {
    long first = keys[from];
    if (end - from == 1) {
      return new Leaf(first, value(values, from));
    }
    int shift = (63 - Long.numberOfLeadingZeros(first ^ keys[end - 1])) / BITS * BITS;
    int bitmap = 0;
    Object[] slots;
    if (shift == 0) {
      slots = new Object[end - from];
      for (int i = from; i < end; i++) {
        slots[i - from] = value(values, i);
        bitmap |= bit(keys[i], 0);
      }
    } else {
      slots = new Object[WAYS];
      int ways = 0;
      for (int start = from; start < end; ) {
        int next = endOfWay(keys, start, end, shift);
        slots[ways++] = build(keys, values, start, next, shift);
        bitmap |= bit(keys[start], shift);
        start = next;
      }
      slots = ways == WAYS ? slots : Arrays.copyOf(slots, ways);
    }
    return make(above(first, shift), shift, bitmap, slots, parentShift);
  }

  /** Where the keys end that go the way of the first; at once where there are no gaps. */
  private static int endOfWay(long[] keys, int start, int end, int shift) {
    long last = keys[start] | (1L << shift) - 1;
    int most = (int) Math.min(end, start + 1 + (last - keys[start]));
    if (keys[most - 1] <= last) {
      return most;
    }
    int place = Arrays.binarySearch(keys, start, most, last);
    return place < 0 ? -1 - place : place + 1;
  }

  private static Object value(IntFunction<?> values, int i) {
    return Objects.requireNonNull(values.apply(i), "value");
  }

  static void forEach(
      Object node, long prefix, int parentShift, PersistentLongMap.EntryConsumer<Object> action) {
    LongNode branch = view(node, prefix, parentShift);
    if (branch == null) {
      Leaf leaf = (Leaf) node;
      action.accept(leaf.key, leaf.value);
      return;
    }
    int at = 0;
    for (int rest = branch.bitmap; rest != 0; rest &= rest - 1) {
      long under = branch.under(rest);
      Object child = branch.slots[at++];
      if (branch.shift == 0) {
        action.accept(under, child);
      } else {
        forEach(child, under, branch.shift, action);
      }
    }
  }

  static long lastKey(Object node, long prefix, int parentShift) {
    LongNode branch = view(node, prefix, parentShift);
    if (branch == null) {
      return ((Leaf) node).key;
    }
    long under = branch.under(Integer.highestOneBit(branch.bitmap));
    return branch.shift == 0
        ? under
        : lastKey(branch.slots[branch.slots.length - 1], under, branch.shift);
  }

  static long firstKey(Object node, long prefix, int parentShift) {
    LongNode branch = view(node, prefix, parentShift);
    if (branch == null) {
      return ((Leaf) node).key;
    }
    long under = branch.under(branch.bitmap);
    return branch.shift == 0 ? under : firstKey(branch.slots[0], under, branch.shift);
  }

  static boolean equal(Object a, Object b, int parentShift) {
    if (a == b) {
      return true;
    }
    if (a instanceof Leaf mine) {
      return b instanceof Leaf theirs && mine.key == theirs.key && mine.value.equals(theirs.value);
    }
    LongNode mine = view(a, 0, parentShift);
    LongNode theirs = view(b, 0, parentShift);
    if (mine == null
        || theirs == null
        || mine.prefix != theirs.prefix
        || mine.shift != theirs.shift
        || mine.bitmap != theirs.bitmap) {
      return false;
    }
    for (int i = 0; i < mine.slots.length; i++) {
      Object x = mine.slots[i];
      Object y = theirs.slots[i];
      if (mine.shift == 0 ? x != y && !x.equals(y) : !equal(x, y, mine.shift)) {
        return false;
      }
    }
    return true;
  }
}
