package dev.converge.crdt.persistent;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Entries that are to become a tree. */
final class EntryList {
  private final int width;
  private Object @Nullable [] slots;
  private int used;

  EntryList(int width) {
    this.width = width;
    this.slots = new Object[16 * width];
  }

  private Object[] slots() {
    if (slots == null) {
      throw new IllegalStateException("this builder has built already; make a new one");
    }
    return slots;
  }

  void add(Object key, Object value) {
    Object[] room = slots();
    if (used == room.length) {
      // Fails, as other lists do, when twice as many is more than an array can hold.
      room = Arrays.copyOf(room, 2 * used);
      slots = room;
    }
    room[used] = key;
    room[used + width - 1] = value;
    used += width;
  }

  /** The root of the tree. */
  Object build() {
    Object[] all = slots();
    slots = null;
    return used == 0 ? Trie.EMPTY : new BulkBuild(width).build(Arrays.copyOf(all, used), 0);
  }
}
