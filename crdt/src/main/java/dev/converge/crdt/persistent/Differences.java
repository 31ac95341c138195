package dev.converge.crdt.persistent;

import dev.converge.crdt.persistent.PersistentMap.Difference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Walks two trees side by side and skips what they share. */
final class Differences {
  private final int width;
  private final Difference<Object, Object> action;

  Differences(int width, Difference<Object, Object> action) {
    this.width = width;
    this.action = action;
  }

  void between(Object a, Object b, int shift) {
    if (a == b) {
      return;
    }
    if (a instanceof Branch mine && b instanceof Branch theirs) {
      int ways = mine.dataMap | mine.nodeMap | theirs.dataMap | theirs.nodeMap;
      for (int rest = ways; rest != 0; rest &= rest - 1) {
        way(mine, theirs, Integer.lowestOneBit(rest), shift + Trie.BITS);
      }
    } else if (a instanceof Object[] mine && b instanceof Object[] theirs) {
      buckets(mine, theirs);
    } else {
      lookedUp(a, b, shift);
    }
  }

  private void way(Branch a, Branch b, int bit, int below) {
    if ((a.dataMap & b.dataMap & bit) != 0) {
      int i = a.entrySlot(bit, width);
      int j = b.entrySlot(bit, width);
      if (Trie.same(a.slots[i], b.slots[j])) {
        Object mine = a.slots[i + width - 1];
        Object theirs = b.slots[j + width - 1];
        if (mine != theirs) {
          action.accept(a.slots[i], mine, theirs);
        }
      } else {
        action.accept(a.slots[i], a.slots[i + width - 1], null);
        action.accept(b.slots[j], null, b.slots[j + width - 1]);
      }
      return;
    }
    between(at(a, bit), at(b, bit), below);
  }

  private Object at(Branch branch, int bit) {
    if ((branch.nodeMap & bit) != 0) {
      return branch.slots[branch.childSlot(bit)];
    }
    if ((branch.dataMap & bit) == 0) {
      return Trie.EMPTY;
    }
    int i = branch.entrySlot(bit, width);
    return Arrays.copyOfRange(branch.slots, i, i + width);
  }

  private void buckets(Object[] a, Object[] b) {
    int inBoth = 0;
    for (int i = 0; i < a.length; i += width) {
      // Where both came to be alike, the order is the same too.
      int at = i < b.length && Trie.same(a[i], b[i]) ? i : Trie.find(b, width, a[i]);
      Object mine = a[i + width - 1];
      if (at < 0) {
        action.accept(a[i], mine, null);
      } else {
        inBoth++;
        if (b[at + width - 1] != mine) {
          action.accept(a[i], mine, b[at + width - 1]);
        }
      }
    }
    for (int i = 0; inBoth * width < b.length && i < b.length; i += width) {
      if (Trie.find(a, width, b[i]) < 0) {
        action.accept(b[i], null, b[i + width - 1]);
      }
    }
  }

  private void lookedUp(Object a, Object b, int shift) {
    Trie.forEach(
        a,
        width,
        (key, mine) -> {
          @Nullable Object theirs = Trie.get(b, width, key, Trie.hash(key), shift);
          if (theirs != mine) {
            action.accept(key, mine, theirs);
          }
        });
    Trie.forEach(
        b,
        width,
        (key, theirs) -> {
          if (Trie.get(a, width, key, Trie.hash(key), shift) == null) {
            action.accept(key, null, theirs);
          }
        });
  }
}
