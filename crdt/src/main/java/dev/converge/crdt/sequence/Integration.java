package dev.converge.crdt.sequence;

import dev.converge.crdt.causal.DotConflictException;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Folds the elements and deletions of another state into an editor's. A run whose origins are in
 * the list goes to its place at once; another waits with the one of them that is missing, and is
 * looked at again when that has come.
 */
final class Integration {
  private final Editor editor;
  private final Contents contents;
  private final Position at = new Position();
  private final ArrayDeque<Block> arrived = new ArrayDeque<>();
  private boolean changed;

  Integration(Editor editor) {
    this.editor = editor;
    this.contents = editor.contents;
  }

  /** Folds {@code other} in; whether that changed anything. */
  boolean integrate(State other) {
    List<Block> blocks = new ArrayList<>();
    other
        .arena()
        .forEachLeafNotIn(
            editor.tree.arena(),
            leaf -> {
              for (int i = 0; i < leaf.count; i++) {
                blocks.add(leaf.blocks[i]);
              }
            });
    // Not the causal order, but close to it: fewer have to wait.
    blocks.sort(Comparator.comparingLong(block -> block.start));
    blocks.forEach(this::add);
    for (Writer theirs : other.writers) {
      Writer mine = editor.writer(theirs.id);
      if (mine == null || mine.pending != theirs.pending) {
        LongMap.forEach(theirs.pending, (start, block) -> add(block));
      }
      if (mine == null || mine.orphans != theirs.orphans) {
        LongMap.forEach(theirs.orphans, (from, to) -> delete(theirs.id, from, to));
      }
    }
    return changed;
  }

  // Elements.

  /** Adds what of {@code block} is new, and deletes what it says is deleted. */
  void add(Block block) {
    ReplicaId replica = block.replica;
    long sequence = block.start;
    while (sequence < block.end()) {
      Writer writer = editor.writer(replica);
      Block known = known(writer, replica, sequence);
      long end;
      if (known != null) {
        end = Math.min(block.end(), known.end());
        check(known, block, sequence, end);
        if (block.isDeleted() && !known.isDeleted()) {
          delete(replica, sequence, end);
        }
      } else {
        end = Math.min(block.end(), nextKnown(writer, sequence));
        addNew(block.slice(contents, (int) (sequence - block.start), (int) (end - block.start)));
      }
      sequence = end;
    }
  }

  /** The block in the list, or waiting, that has the element. */
  private @Nullable Block known(@Nullable Writer writer, ReplicaId replica, long sequence) {
    if (writer == null) {
      return null;
    }
    if (writer.has(sequence)) {
      return editor.find(replica, sequence, at);
    }
    LongMap<Block> waiting = LongMap.floor(writer.pending, sequence);
    return waiting != null && sequence < waiting.value.end() ? waiting.value : null;
  }

  private static long nextKnown(@Nullable Writer writer, long sequence) {
    if (writer == null) {
      return Long.MAX_VALUE;
    }
    LongMap<Block> waiting = LongMap.ceiling(writer.pending, sequence);
    long present = writer.nextPresent(sequence);
    return waiting == null ? present : Math.min(present, waiting.key);
  }

  /** Whether anything is known of an element in the range, but that it is deleted. */
  boolean knowsAny(ReplicaId replica, long from, long to) {
    Writer writer = editor.writer(replica);
    return known(writer, replica, from) != null || nextKnown(writer, from) < to;
  }

  private void check(Block known, Block block, long from, long to) {
    int mine = (int) (from - known.start);
    int theirs = (int) (from - block.start);
    int length = (int) (to - from);
    boolean same =
        Block.same(
                known.leftReplicaAt(mine),
                known.leftAt(mine),
                block.leftReplicaAt(theirs),
                block.leftAt(theirs))
            && Block.same(known.rightReplica, known.right, block.rightReplica, block.right);
    if (same && known.content != null && block.content != null) {
      same =
          (known.content == block.content && mine == theirs)
              || contents.same(
                  contents.slice(known.content, known.length, mine, mine + length),
                  contents.slice(block.content, block.length, theirs, theirs + length));
    }
    if (!same) {
      throw new DotConflictException(
          Dot.of(block.replica, from),
          known.slice(contents, mine, mine + length),
          block.slice(contents, theirs, theirs + length));
    }
  }

  /** Adds a run of which nothing is known but, perhaps, that some of it is deleted. */
  private void addNew(Block block) {
    changed = true;
    Writer writer = editor.writer(block.replica);
    long sequence = block.start;
    while (sequence < block.end()) {
      LongMap<Long> orphan = writer == null ? null : LongMap.floor(writer.orphans, sequence);
      boolean deleted = orphan != null && sequence < orphan.value;
      long end = block.end();
      if (orphan != null && deleted) {
        end = Math.min(end, orphan.value);
      } else if (writer != null) {
        LongMap<Long> next = LongMap.ceiling(writer.orphans, sequence);
        end = next == null ? end : Math.min(end, next.key);
      }
      int from = (int) (sequence - block.start);
      int to = (int) (end - block.start);
      if (deleted) {
        writer = editor.ownWriter(block.replica);
        writer.takeOrphans(sequence, end);
        settle(block.tombstone(from, to));
      } else {
        settle(block.slice(contents, from, to));
      }
      writer = editor.writer(block.replica);
      sequence = end;
    }
  }

  /** Puts a run into the list, with all that has waited for it, or lets it wait. */
  private void settle(Block block) {
    if (!waits(block)) {
      editor.place(block);
      arrived.add(block);
    }
    while (!arrived.isEmpty()) {
      wake(arrived.remove());
    }
  }

  private void wake(Block block) {
    Writer writer = editor.writer(block.replica);
    if (writer == null || writer.waiting == null) {
      return;
    }
    LongMap<Writer.Waiter> entry;
    while ((entry = LongMap.ceiling(writer.waiting, block.start)) != null
        && entry.key < block.end()) {
      writer = editor.ownWriter(block.replica);
      writer.waiting = LongMap.remove(writer.waiting, entry.key);
      for (Writer.Waiter w = entry.value; w != null; w = w.next()) {
        Writer theirs = editor.ownWriter(w.replica());
        LongMap<Block> waiter = LongMap.floor(theirs.pending, w.start());
        if (waiter != null && waiter.key == w.start()) {
          theirs.pending = LongMap.remove(theirs.pending, waiter.key);
          if (!waits(waiter.value)) {
            editor.place(waiter.value);
            arrived.add(waiter.value);
          }
        }
      }
    }
  }

  /** Lets {@code block} wait if an origin of its is missing. */
  private boolean waits(Block block) {
    if (!editor.has(block.leftReplica, block.left)) {
      await(block, block.leftReplica, block.left);
      return true;
    }
    if (!editor.has(block.rightReplica, block.right)) {
      await(block, block.rightReplica, block.right);
      return true;
    }
    return false;
  }

  private void await(Block block, @Nullable ReplicaId missing, long sequence) {
    Writer writer = editor.ownWriter(block.replica);
    writer.pending = LongMap.put(writer.pending, block.start, block);
    if (missing != null) {
      Writer absent = editor.ownWriter(missing);
      LongMap<Writer.Waiter> others = LongMap.floor(absent.waiting, sequence);
      Writer.Waiter next = others != null && others.key == sequence ? others.value : null;
      absent.waiting =
          LongMap.put(
              absent.waiting, sequence, new Writer.Waiter(block.replica, block.start, next));
    }
  }

  // Deletions.

  /** Deletes elements, or notes that they are deleted when they come. */
  void delete(ReplicaId replica, long from, long to) {
    long sequence = from;
    while (sequence < to) {
      Writer writer = editor.writer(replica);
      Block known = known(writer, replica, sequence);
      long end;
      if (known == null) {
        end = Math.min(to, nextKnown(writer, sequence));
        noteOrphans(replica, sequence, end);
      } else {
        end = Math.min(to, known.end());
        if (!known.isDeleted()) {
          changed = true;
          if (editor.has(replica, sequence)) {
            editor.bury(at, (int) (end - sequence));
          } else {
            buryPending(known, sequence, end);
          }
        }
      }
      sequence = end;
    }
  }

  private void noteOrphans(ReplicaId replica, long from, long to) {
    Writer writer = editor.writer(replica);
    LongMap<Long> covering = writer == null ? null : LongMap.floor(writer.orphans, from);
    if (covering == null || covering.value < to) {
      changed = true;
      editor.ownWriter(replica).addOrphans(from, to);
    }
  }

  private void buryPending(Block block, long from, long to) {
    int start = (int) (from - block.start);
    int end = (int) (to - block.start);
    Writer writer = editor.ownWriter(block.replica);
    if (start == 0) {
      // It waits for what the whole waits for, under the same number.
      writer.pending = LongMap.put(writer.pending, block.start, block.tombstone(0, end));
    } else {
      writer.pending = LongMap.put(writer.pending, block.start, block.slice(contents, 0, start));
      waits(block.tombstone(start, end));
    }
    if (end < block.length) {
      waits(block.slice(contents, end, block.length));
    }
  }
}
