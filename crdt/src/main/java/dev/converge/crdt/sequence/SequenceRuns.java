package dev.converge.crdt.sequence;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.sequence.SequenceCodec.Origins;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What one replica has made, on its way to bytes and back: maximal runs, and what is deleted. */
final class SequenceRuns {
  final ReplicaId replica;

  /** Whole runs, without content. */
  private final List<Block> runs = new ArrayList<>();

  /** Lengths of stretches in the order of ids: not deleted, deleted, not deleted, and so on. */
  private final List<Long> stretches = new ArrayList<>();

  /** Deletions of missing elements: start, end, start, end, and so on. */
  private final List<Long> orphans = new ArrayList<>();

  SequenceRuns(ReplicaId replica) {
    this.replica = replica;
  }

  // From a state.

  static SequenceRuns of(Editor editor, Writer writer, List<Object> content) {
    SequenceRuns result = new SequenceRuns(writer.id);
    forEachBlock(editor, writer, block -> result.add(block, content));
    LongMap.forEach(
        writer.orphans,
        (from, to) -> {
          result.orphans.add(from);
          result.orphans.add(to);
        });
    return result;
  }

  /** All blocks of a writer, in the list or waiting, in the order of ids. */
  static void forEachBlock(Editor editor, Writer writer, Consumer<Block> action) {
    Position at = new Position();
    LongMap<Block> waiting = LongMap.ceiling(writer.pending, 0);
    long sequence = writer.nextPresent(1);
    while (waiting != null || sequence != Long.MAX_VALUE) {
      Block block;
      if (waiting != null && waiting.key < sequence) {
        block = waiting.value;
        waiting = LongMap.ceiling(writer.pending, block.end());
      } else {
        block = editor.find(writer.id, sequence, at);
        sequence = writer.nextPresent(block.end());
      }
      action.accept(block);
    }
  }

  private void add(Block block, List<Object> content) {
    if (block.content != null) {
      content.add(block.content);
    }
    boolean inDeleted = stretches.size() % 2 == 0;
    if (stretches.isEmpty() && block.isDeleted()) {
      stretches.add(0L);
      stretches.add((long) block.length);
    } else if (!stretches.isEmpty() && inDeleted == block.isDeleted()) {
      int last = stretches.size() - 1;
      stretches.set(last, stretches.get(last) + block.length);
    } else {
      stretches.add((long) block.length);
    }
    int last = runs.size() - 1;
    Block run = block.tombstone(0, block.length);
    if (last >= 0 && continues(runs.get(last), run)) {
      runs.set(last, extended(runs.get(last), run.length));
    } else {
      runs.add(run);
    }
  }

  private static boolean continues(Block before, Block next) {
    return next.continues(before) && (long) before.length + next.length <= Integer.MAX_VALUE;
  }

  private static Block extended(Block run, int more) {
    return new Block(
        run.replica,
        run.start,
        run.length + more,
        run.leftReplica,
        run.left,
        run.rightReplica,
        run.right,
        null);
  }

  void collectReplicas(Collection<ReplicaId> into) {
    into.add(replica);
    for (Block run : runs) {
      if (run.leftReplica != null) {
        into.add(run.leftReplica);
      }
      if (run.rightReplica != null) {
        into.add(run.rightReplica);
      }
    }
  }

  // To bytes.

  void write(BinaryWriter out, Origins origins) {
    int count = runs.size();
    long[] gaps = new long[count];
    long[] lefts = new long[count];
    long[] rights = new long[count];
    long end = 1;
    for (int i = 0; i < count; i++) {
      Block run = runs.get(i);
      gaps[i] = run.start - end;
      end = run.end();
      lefts[i] = origins.indexOf(run.leftReplica);
      rights[i] = origins.indexOf(run.rightReplica);
    }
    out.writeVarint(count).writeRuns(gaps, count);
    runs.forEach(run -> out.writeVarint(run.length));
    out.writeRuns(lefts, count).writeRuns(rights, count);
    long self = origins.indexOf(replica);
    for (int i = 0; i < count; i++) {
      if (lefts[i] != 0) {
        Block run = runs.get(i);
        out.writeZigZag(run.left - (lefts[i] == self ? run.start : origins.last(lefts[i])));
        origins.setLast(lefts[i], run.left);
      }
    }
    for (int i = 0; i < count; i++) {
      if (rights[i] != 0) {
        Block run = runs.get(i);
        out.writeZigZag(run.right - (rights[i] == lefts[i] ? run.left : origins.last(rights[i])));
        origins.setLast(rights[i], run.right);
      }
    }
    out.writeVarint(stretches.size());
    stretches.forEach(out::writeVarint);
    out.writeVarint(orphans.size() / 2);
    long before = 0;
    for (int i = 0; i < orphans.size(); i += 2) {
      out.writeVarint(orphans.get(i) - before);
      out.writeVarint(orphans.get(i + 1) - orphans.get(i));
      before = orphans.get(i + 1);
    }
  }

  // From bytes.

  static SequenceRuns read(BinaryReader in, ReplicaId replica, Origins origins) {
    SequenceRuns result = new SequenceRuns(replica);
    int count = in.readCount(1);
    long[] gaps = in.readRuns(count);
    int[] lengths = new int[count];
    for (int i = 0; i < count; i++) {
      lengths[i] = (int) positive(in, in.readInt(Integer.MAX_VALUE));
    }
    long[] lefts = in.readRuns(count);
    long[] rights = in.readRuns(count);
    long[] starts = new long[count];
    long end = 1;
    for (int i = 0; i < count; i++) {
      starts[i] = end + gaps[i];
      if (gaps[i] < 0 || starts[i] < 0 || starts[i] > Long.MAX_VALUE - lengths[i]) {
        throw in.malformed("a run that overlaps another, or goes beyond the last id");
      }
      end = starts[i] + lengths[i];
    }
    long self = origins.indexOf(replica);
    long[] leftSequences = new long[count];
    for (int i = 0; i < count; i++) {
      origins.at(lefts[i], in);
      if (lefts[i] != 0) {
        long base = lefts[i] == self ? starts[i] : origins.last(lefts[i]);
        leftSequences[i] = sequence(in, base, in.readZigZag());
        origins.setLast(lefts[i], leftSequences[i]);
      }
    }
    for (int i = 0; i < count; i++) {
      ReplicaId right = origins.at(rights[i], in);
      long sequence = 0;
      if (right != null) {
        long base = rights[i] == lefts[i] ? leftSequences[i] : origins.last(rights[i]);
        sequence = sequence(in, base, in.readZigZag());
        origins.setLast(rights[i], sequence);
      }
      Block run =
          new Block(
              replica,
              starts[i],
              lengths[i],
              origins.at(lefts[i], in),
              leftSequences[i],
              right,
              sequence,
              null);
      if (i > 0 && continues(result.runs.get(i - 1), run)) {
        throw in.malformed("a run that continues the one before it");
      }
      result.runs.add(run);
    }
    result.readStretches(in);
    result.readOrphans(in);
    if (!result.runs.isEmpty() || !result.orphans.isEmpty()) {
      origins.use(replica);
    }
    return result;
  }

  private static long positive(BinaryReader in, long number) {
    if (number == 0) {
      throw in.malformed("a length of 0");
    }
    return number;
  }

  private static long sequence(BinaryReader in, long base, long difference) {
    long sequence = base + difference;
    if (sequence < 1) {
      throw in.malformed("an origin before the first id");
    }
    return sequence;
  }

  private void readStretches(BinaryReader in) {
    long all = 0;
    for (Block run : runs) {
      all += run.length;
    }
    int count = in.readCount(1);
    for (int i = 0; i < count; i++) {
      long length = in.readNatural();
      stretches.add(i == 0 ? length : positive(in, length));
      if (length > all) {
        throw in.malformed("more that is deleted, or not, than there is");
      }
      all -= length;
    }
    if (all != 0 || (count == 1 && stretches.get(0) == 0)) {
      throw in.malformed("what is deleted, and what is not, is not all");
    }
  }

  private void readOrphans(BinaryReader in) {
    int count = in.readCount(2);
    long before = 0;
    for (int i = 0; i < count; i++) {
      long gap = in.readNatural();
      long length = in.readNatural();
      long from = before + gap;
      if (gap == 0 || length == 0 || from < 0 || from > Long.MAX_VALUE - length) {
        throw in.malformed("deletions out of order, or beyond the last id");
      }
      before = from + length;
      orphans.add(from);
      orphans.add(before);
    }
  }

  // To a state.

  /** Adds the lengths of the blocks that have content; returns their sum. */
  long collectLengths(List<Integer> into) {
    long[] sum = new long[1];
    forEachBlock(
        (run, from, to, deleted) -> {
          if (!deleted) {
            into.add(to - from);
            sum[0] += to - from;
          }
        });
    return sum[0];
  }

  private interface BlockConsumer {
    void accept(Block run, int from, int to, boolean deleted);
  }

  /** Cuts runs at stretches. */
  private void forEachBlock(BlockConsumer action) {
    int stretch = 0;
    long left = stretches.isEmpty() ? 0 : stretches.get(0);
    for (Block run : runs) {
      for (int from = 0; from < run.length; ) {
        while (left == 0) {
          left = stretches.get(++stretch);
        }
        int to = (int) Math.min(run.length, from + left);
        action.accept(run, from, to, stretch % 2 == 1);
        left -= to - from;
        from = to;
      }
    }
  }

  /** Adds the elements; the content of this replica's begins at {@code at}. Where it ends. */
  int addTo(Integration integration, List<Object> content, int at) {
    int[] next = {at};
    forEachBlock(
        (run, from, to, deleted) -> {
          Object piece = deleted ? null : content.get(next[0]++);
          integration.add(withContent(run.tombstone(from, to), piece));
        });
    return next[0];
  }

  private static Block withContent(Block block, @Nullable Object content) {
    return content == null
        ? block
        : new Block(
            block.replica,
            block.start,
            block.length,
            block.leftReplica,
            block.left,
            block.rightReplica,
            block.right,
            content);
  }

  void addOrphansTo(Integration integration, BinaryReader in) {
    for (int i = 0; i < orphans.size(); i += 2) {
      if (integration.knowsAny(replica, orphans.get(i), orphans.get(i + 1))) {
        throw in.malformed("a missing element that is not missing");
      }
      integration.delete(replica, orphans.get(i), orphans.get(i + 1));
    }
  }
}
