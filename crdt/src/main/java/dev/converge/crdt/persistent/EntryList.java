package dev.converge.crdt.persistent;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Entries that are added one by one. */
final class EntryList implements Entries {
  /** In one chunk: so few that the garbage collector takes it for young, as it is. */
  private static final int CHUNK_BITS = 10;

  private static final int CHUNK = 1 << CHUNK_BITS;

  private final int width;
  private Object @Nullable [][] chunks;
  private int count;

  EntryList(int width) {
    this.width = width;
    this.chunks = new Object[][] {new Object[16 * width]};
  }

  EntryList(int width, Object[] entries) {
    this(width);
    for (int i = 0; i < entries.length; i += width) {
      add(entries[i], entries[i + width - 1]);
    }
  }

  private Object[][] chunks() {
    if (chunks == null) {
      throw new IllegalStateException("this builder has built already; make a new one");
    }
    return chunks;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public Object key(int i) {
    return chunks()[i >>> CHUNK_BITS][(i & CHUNK - 1) * width];
  }

  @Override
  public Object value(int i) {
    return chunks()[i >>> CHUNK_BITS][(i & CHUNK - 1) * width + width - 1];
  }

  void add(Object key, Object value) {
    Object[] chunk = withRoom();
    int at = (count++ & CHUNK - 1) * width;
    chunk[at] = key;
    chunk[at + width - 1] = value;
  }

  private Object[] withRoom() {
    Object[][] all = chunks();
    int last = count >>> CHUNK_BITS;
    if (last == all.length) {
      all = Arrays.copyOf(all, Math.addExact(last, last));
      chunks = all;
    }
    Object[] chunk = all[last];
    if (chunk == null) {
      chunk = new Object[CHUNK * width];
      all[last] = chunk;
    } else if ((count & CHUNK - 1) * width == chunk.length) {
      chunk = Arrays.copyOf(chunk, 2 * chunk.length);
      all[last] = chunk;
    }
    return chunk;
  }

  /** The root of the tree. */
  Object build() {
    chunks();
    Object root = count == 0 ? Trie.EMPTY : new BulkBuild(width, this).build(0);
    chunks = null;
    return root;
  }
}
