package dev.converge.crdt.sequence;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether two states are the same set of elements and deletions, however their runs are cut. The
 * order needs no look: it follows from the set.
 */
final class Comparison {
  private Comparison() {}

  static boolean equal(State a, State b) {
    if (a == b) {
      return true;
    }
    if (a.visible != b.visible || !sameWriters(a, b)) {
      return false;
    }
    BlockIterator x = new BlockIterator(a);
    BlockIterator y = new BlockIterator(b);
    return sameRuns(a.contents, x, y, () -> x.skipShared(y));
  }

  private static boolean sameWriters(State a, State b) {
    int i = 0;
    int j = 0;
    while (true) {
      while (i < a.writers.length && a.writers[i].isVoid()) {
        i++;
      }
      while (j < b.writers.length && b.writers[j].isVoid()) {
        j++;
      }
      if (i == a.writers.length || j == b.writers.length) {
        return i == a.writers.length && j == b.writers.length;
      }
      if (!sameWriter(a.contents, a.writers[i++], b.writers[j++])) {
        return false;
      }
    }
  }

  private static boolean sameWriter(Contents contents, Writer a, Writer b) {
    return a == b
        || (a.id.equals(b.id)
            && a.next == b.next
            && (a.orphans == b.orphans || entries(a.orphans).equals(entries(b.orphans)))
            && (a.pending == b.pending
                || sameRuns(
                    contents,
                    values(a.pending).iterator(),
                    values(b.pending).iterator(),
                    () -> {})));
  }

  static <V> List<V> values(@Nullable LongMap<V> map) {
    List<V> values = new ArrayList<>(LongMap.size(map));
    LongMap.forEach(map, (key, value) -> values.add(value));
    return values;
  }

  private static List<Long> entries(@Nullable LongMap<Long> map) {
    List<Long> entries = new ArrayList<>(2 * LongMap.size(map));
    LongMap.forEach(
        map,
        (key, value) -> {
          entries.add(key);
          entries.add(value);
        });
    return entries;
  }

  /** Goes through both in step, as far at a time as the shorter run reaches. */
  private static boolean sameRuns(
      Contents contents, Iterator<Block> a, Iterator<Block> b, Runnable skip) {
    Block x = null;
    Block y = null;
    int i = 0;
    int j = 0;
    while (true) {
      if (x == null && y == null) {
        skip.run();
      }
      x = x == null && a.hasNext() ? a.next() : x;
      y = y == null && b.hasNext() ? b.next() : y;
      if (x == null || y == null) {
        return x == null && y == null;
      }
      int step = Math.min(x.length - i, y.length - j);
      if (!same(contents, x, i, y, j, step)) {
        return false;
      }
      i += step;
      j += step;
      if (i == x.length) {
        x = null;
        i = 0;
      }
      if (j == y.length) {
        y = null;
        j = 0;
      }
    }
  }

  private static boolean same(Contents contents, Block x, int i, Block y, int j, int length) {
    if (x == y && i == j) {
      return true;
    }
    if (x.start + i != y.start + j
        || !x.replica.equals(y.replica)
        || x.isDeleted() != y.isDeleted()
        || !Block.same(x.leftReplicaAt(i), x.leftAt(i), y.leftReplicaAt(j), y.leftAt(j))
        || !Block.same(x.rightReplica, x.right, y.rightReplica, y.right)) {
      return false;
    }
    return x.content == null
        || y.content == null
        || contents.same(
            contents.slice(x.content, x.length, i, i + length),
            contents.slice(y.content, y.length, j, j + length));
  }

  /** By the visible content and how far each writer has come. */
  static int hash(State state) {
    int hash = 0;
    for (Iterator<Block> blocks = new BlockIterator(state); blocks.hasNext(); ) {
      Block block = blocks.next();
      if (block.content != null) {
        hash = state.contents.hash(hash, block.content);
      }
    }
    for (Writer writer : state.writers) {
      if (!writer.isVoid()) {
        hash = 31 * hash + writer.id.hashCode() + Long.hashCode(writer.next);
      }
    }
    return hash;
  }
}
