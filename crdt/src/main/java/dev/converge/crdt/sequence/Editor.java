package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.ReplicaId;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes a state: a mutable copy that begins and ends in O(1), as it copies what it changes when
 * it changes it first. For one thread.
 */
final class Editor {
  /** Longer content is kept in several blocks, so that a change inside copies little. */
  private static final int MAX_CONTENT = 512;

  final Contents contents;
  final OrderTree tree;
  private Object owner = new Object();
  private Writer[] writers;
  private boolean ownsArray;
  private int lastWriter;
  private final Position at = new Position();
  private final Position after = new Position();
  private final FugueMax order;

  Editor(State from) {
    this.contents = from.contents;
    this.writers = from.writers;
    this.tree = new OrderTree(from.arena(), from.root, from.visible, this::moved);
    this.order = new FugueMax(this);
  }

  /** The present state. The editor can go on. */
  State state() {
    tree.release();
    owner = new Object();
    ownsArray = false;
    Arena arena = tree.arena();
    return new State(
        contents, arena.root, arena.shift, arena.size, tree.root(), tree.visible(), writers);
  }

  // Writers.

  private int slotOf(ReplicaId replica) {
    if (lastWriter < writers.length && writers[lastWriter].id.equals(replica)) {
      return lastWriter;
    }
    int low = 0;
    int high = writers.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = writers[middle].id.compareTo(replica);
      if (order == 0) {
        lastWriter = middle;
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  /** What is known of {@code replica}, to read. */
  @Nullable Writer writer(ReplicaId replica) {
    int slot = slotOf(replica);
    return slot < 0 ? null : writers[slot];
  }

  Writer[] writers() {
    return writers;
  }

  /** What is known of {@code replica}, to change. */
  Writer ownWriter(ReplicaId replica) {
    int slot = slotOf(replica);
    if (slot >= 0 && writers[slot].owner == owner) {
      return writers[slot];
    }
    if (slot >= 0) {
      if (!ownsArray) {
        writers = writers.clone();
        ownsArray = true;
      }
      writers[slot] = writers[slot].copy(owner);
      return writers[slot];
    }
    int place = -slot - 1;
    Writer[] more = Arrays.copyOf(writers, writers.length + 1);
    System.arraycopy(writers, place, more, place + 1, writers.length - place);
    more[place] = new Writer(owner, replica);
    writers = more;
    ownsArray = true;
    lastWriter = place;
    return more[place];
  }

  private void moved(Block block, int leaf) {
    ownWriter(block.replica).assign(block.start, block.end(), leaf);
  }

  // Finding.

  /** Whether the element, or the beginning or end for number 0, is in the list. */
  boolean has(@Nullable ReplicaId replica, long sequence) {
    if (replica == null) {
      return true;
    }
    Writer writer = writer(replica);
    return writer != null && writer.has(sequence);
  }

  /** Whether the element is in the list or waits. */
  boolean knows(ReplicaId replica, long sequence) {
    Writer writer = writer(replica);
    if (writer == null) {
      return false;
    }
    LongMap<Block> waiting = LongMap.floor(writer.pending, sequence);
    return writer.has(sequence) || (waiting != null && sequence < waiting.value.end());
  }

  /** Sets {@code out} to an element that is in the list. */
  Block find(ReplicaId replica, long sequence, Position out) {
    Writer writer = writer(replica);
    int number = writer == null ? Node.NONE : writer.leafOf(sequence);
    if (number != Node.NONE) {
      Node.Leaf leaf = tree.leaf(number);
      for (int i = 0; i < leaf.count; i++) {
        Block block = leaf.blocks[i];
        if (block.covers(replica, sequence)) {
          out.set(number, i, (int) (sequence - block.start));
          return block;
        }
      }
    }
    throw new IllegalStateException("no element " + replica + ":" + sequence);
  }

  static void checkIndex(int index, int length) {
    if (index < 0 || index > length) {
      throw new IndexOutOfBoundsException(
          "index " + index + " is not in 0.." + length + ", the length");
    }
  }

  static void checkRange(int index, int count, int length) {
    if (index < 0 || count < 0 || index > length - count) {
      throw new IndexOutOfBoundsException(
          count + " elements from index " + index + " on are not in 0.." + length + ", the length");
    }
  }

  // Changing.

  /** Puts a new run of {@code me} before the visible element at {@code index}; its first number. */
  long insert(ReplicaId me, int index, int length, Object content) {
    Block block = runAt(me, index, length, content);
    put(block, at);
    return block.start;
  }

  /** The run that would be put there; leaves {@link #at} at its place. */
  Block runAt(ReplicaId me, int index, int length, Object content) {
    checkIndex(index, tree.visible());
    Writer writer = writer(me);
    long start = Math.addExact(writer == null ? 0 : writer.highest(), 1);
    Math.addExact(start, length);
    ReplicaId leftReplica = null;
    long left = 0;
    at.set(0, 0, 0);
    if (index > 0) {
      tree.locate(index - 1, at);
      Block block = tree.block(at);
      leftReplica = block.replica;
      left = block.start + at.offset;
      afterElement(at, block);
    }
    ReplicaId rightReplica = null;
    long right = 0;
    after.set(at);
    if (tree.toBlock(after)) {
      Block next = tree.block(after);
      rightReplica = next.replica;
      right = next.start + after.offset;
    }
    return new Block(me, start, length, leftReplica, left, rightReplica, right, content);
  }

  /** Moves {@code p} from an element of {@code block} to the place after it, in the same leaf. */
  static void afterElement(Position p, Block block) {
    if (p.offset + 1 < block.length) {
      p.offset++;
    } else {
      p.set(p.leaf, p.at + 1, 0);
    }
  }

  /** Puts a run whose origins are in the list at its place. */
  void place(Block block) {
    order.place(block, at);
    put(block, at);
  }

  private void put(Block block, Position place) {
    if (block.content == null || block.length <= MAX_CONTENT) {
      putOne(block, place);
      return;
    }
    for (int from = 0; from < block.length; from += MAX_CONTENT) {
      Block part = block.slice(contents, from, Math.min(from + MAX_CONTENT, block.length));
      if (from > 0) {
        Block before = find(block.replica, part.start - 1, place);
        afterElement(place, before);
      }
      putOne(part, place);
    }
  }

  private void putOne(Block block, Position place) {
    ownWriter(block.replica).assign(block.start, block.end(), place.leaf);
    Node.Leaf leaf = tree.leaf(place.leaf);
    if (place.offset > 0) {
      Block split = leaf.blocks[place.at];
      tree.splice(
          place.leaf,
          place.at,
          place.at + 1,
          split.slice(contents, 0, place.offset),
          block,
          split.slice(contents, place.offset, split.length),
          block.visible());
      return;
    }
    Block before = place.at > 0 ? leaf.blocks[place.at - 1] : null;
    if (before != null && joins(before, block)) {
      Block joined = before.join(contents, block);
      tree.splice(place.leaf, place.at - 1, place.at, null, joined, null, block.visible());
    } else {
      tree.splice(place.leaf, place.at, place.at, null, block, null, block.visible());
    }
  }

  private static boolean joins(Block before, Block next) {
    return next.continues(before)
        && before.isDeleted() == next.isDeleted()
        && (next.isDeleted()
            ? (long) before.length + next.length <= Integer.MAX_VALUE
            : before.length + next.length <= MAX_CONTENT);
  }

  /** Deletes {@code count} visible elements from {@code index} on, and tells which. */
  void delete(int index, int count, RangeConsumer deleted) {
    checkRange(index, count, tree.visible());
    for (int rest = count; rest > 0; ) {
      tree.locate(index, at);
      Block block = tree.block(at);
      int here = Math.min(rest, block.length - at.offset);
      long start = block.start + at.offset;
      deleted.accept(block.replica, start, start + here);
      bury(at, here);
      rest -= here;
    }
  }

  /** Tells which elements {@link #delete} would delete. */
  void select(int index, int count, RangeConsumer action) {
    forEachPart(
        index,
        count,
        (block, from, to) -> action.accept(block.replica, block.start + from, block.start + to));
  }

  /** Gives the content of {@code count} visible elements from {@code index} on, in pieces. */
  void forEachContent(int index, int count, Consumer<Object> action) {
    forEachPart(
        index,
        count,
        (block, from, to) -> {
          if (block.content != null) {
            action.accept(contents.slice(block.content, block.length, from, to));
          }
        });
  }

  private interface PartConsumer {
    void accept(Block block, int from, int to);
  }

  private void forEachPart(int index, int count, PartConsumer action) {
    checkRange(index, count, tree.visible());
    if (count == 0) {
      return;
    }
    tree.locate(index, at);
    for (int rest = count; rest > 0 && tree.toBlock(at); ) {
      Block block = tree.block(at);
      if (!block.isDeleted()) {
        int here = Math.min(rest, block.length - at.offset);
        action.accept(block, at.offset, at.offset + here);
        rest -= here;
      }
      at.set(at.leaf, at.at + 1, 0);
    }
  }

  /** Makes a removal record of {@code count} visible elements of one block. */
  void bury(Position p, int count) {
    Node.Leaf leaf = tree.leaf(p.leaf);
    Block block = leaf.blocks[p.at];
    int end = p.offset + count;
    Block dead = block.tombstone(p.offset, end);
    int from = p.at;
    int to = p.at + 1;
    Block head = p.offset > 0 ? block.slice(contents, 0, p.offset) : null;
    if (head == null && from > 0 && dead(leaf.blocks[from - 1], dead)) {
      dead = leaf.blocks[--from].join(contents, dead);
    }
    Block tail = end < block.length ? block.slice(contents, end, block.length) : null;
    if (tail == null && to < leaf.count && dead(dead, leaf.blocks[to])) {
      dead = dead.join(contents, leaf.blocks[to++]);
    }
    tree.splice(p.leaf, from, to, head, dead, tail, -count);
  }

  private static boolean dead(Block before, Block next) {
    return before.isDeleted() && next.isDeleted() && joins(before, next);
  }

  /** Folds another state in; whether that changed anything. */
  boolean integrate(State other) {
    return new Integration(this).integrate(other);
  }

  /** Told a range of ids. */
  @FunctionalInterface
  interface RangeConsumer {
    void accept(ReplicaId replica, long from, long to);
  }
}
