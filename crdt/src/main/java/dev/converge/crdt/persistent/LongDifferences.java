package dev.converge.crdt.persistent;

import org.jspecify.annotations.Nullable;

/** Walks two radix trees side by side and skips what they share. */
final class LongDifferences {
  private final PersistentLongMap.Difference<Object> action;

  private LongDifferences(PersistentLongMap.Difference<Object> action) {
    this.action = action;
  }

  static void between(
      @Nullable Object a, @Nullable Object b, PersistentLongMap.Difference<Object> action) {
    LongDifferences walk = new LongDifferences(action);
    walk.nodes(a, 0, LongNode.NONE, b, 0, LongNode.NONE);
  }

  private void onlyMine(@Nullable Object a, long prefix, int parentShift) {
    if (a != null) {
      LongNode.forEach(a, prefix, parentShift, (key, value) -> action.accept(key, value, null));
    }
  }

  private void onlyTheirs(@Nullable Object b, long prefix, int parentShift) {
    if (b != null) {
      LongNode.forEach(b, prefix, parentShift, (key, value) -> action.accept(key, null, value));
    }
  }

  /** Each with the bits above it and the level of its parent, which an array does not know. */
  private void nodes(
      @Nullable Object a,
      long prefixA,
      int parentA,
      @Nullable Object b,
      long prefixB,
      int parentB) {
    if (a == b) {
      return;
    }
    if (a == null || b == null) {
      onlyMine(a, prefixA, parentA);
      onlyTheirs(b, prefixB, parentB);
      return;
    }
    LongNode mine = LongNode.view(a, prefixA, parentA);
    LongNode theirs = LongNode.view(b, prefixB, parentB);
    if (mine == null) {
      withLeaf((LongNode.Leaf) a, b, prefixB, parentB, true);
    } else if (theirs == null) {
      withLeaf((LongNode.Leaf) b, a, prefixA, parentA, false);
    } else if (mine.shift == theirs.shift && mine.prefix == theirs.prefix) {
      ways(mine, theirs);
    } else if (mine.shift > theirs.shift && mine.leadsTo(firstKey(theirs))) {
      inside(mine, b, theirs, prefixB, parentB, true);
    } else if (theirs.shift > mine.shift && theirs.leadsTo(firstKey(mine))) {
      inside(theirs, a, mine, prefixA, parentA, false);
    } else if (firstKey(mine) < firstKey(theirs)) {
      onlyMine(a, prefixA, parentA);
      onlyTheirs(b, prefixB, parentB);
    } else {
      onlyTheirs(b, prefixB, parentB);
      onlyMine(a, prefixA, parentA);
    }
  }

  private static long firstKey(LongNode node) {
    return node.prefix << node.shift << LongNode.BITS;
  }

  private void ways(LongNode a, LongNode b) {
    for (int rest = a.bitmap | b.bitmap; rest != 0; rest &= rest - 1) {
      int bit = Integer.lowestOneBit(rest);
      Object x = (a.bitmap & bit) != 0 ? a.slots[a.slot(bit)] : null;
      Object y = (b.bitmap & bit) != 0 ? b.slots[b.slot(bit)] : null;
      if (x == y) {
        continue;
      }
      if (a.shift == 0) {
        action.accept(a.under(bit), x, y);
      } else {
        nodes(x, a.under(bit), a.shift, y, b.under(bit), b.shift);
      }
    }
  }

  /** One node stands under a way of the other. */
  private void inside(
      LongNode outer, Object node, LongNode view, long prefix, int parent, boolean outerIsMine) {
    int way = 1 << (int) (firstKey(view) >>> outer.shift);
    for (int rest = outer.bitmap | way; rest != 0; rest &= rest - 1) {
      int bit = Integer.lowestOneBit(rest);
      Object child = (outer.bitmap & bit) != 0 ? outer.slots[outer.slot(bit)] : null;
      Object other = bit == way ? node : null;
      if (outerIsMine) {
        nodes(child, outer.under(bit), outer.shift, other, prefix, parent);
      } else {
        nodes(other, prefix, parent, child, outer.under(bit), outer.shift);
      }
    }
  }

  private void withLeaf(
      LongNode.Leaf leaf, Object node, long prefix, int parent, boolean leafIsMine) {
    boolean[] met = {false};
    LongNode.forEach(
        node,
        prefix,
        parent,
        (key, value) -> {
          if (!met[0] && key >= leaf.key) {
            met[0] = true;
            if (key == leaf.key) {
              if (value != leaf.value) {
                accept(key, leaf.value, value, leafIsMine);
              }
              return;
            }
            accept(leaf.key, leaf.value, null, leafIsMine);
          }
          accept(key, null, value, leafIsMine);
        });
    if (!met[0]) {
      accept(leaf.key, leaf.value, null, leafIsMine);
    }
  }

  private void accept(
      long key, @Nullable Object ofLeaf, @Nullable Object ofNode, boolean leafIsMine) {
    action.accept(key, leafIsMine ? ofLeaf : ofNode, leafIsMine ? ofNode : ofLeaf);
  }
}
