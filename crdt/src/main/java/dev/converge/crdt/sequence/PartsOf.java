package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.sequence.SequenceParts.Deletion;
import dev.converge.crdt.sequence.SequenceParts.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes states apart and puts them together, for one kind of content. */
abstract class PartsOf<C> {
  static final PartsOf<String> TEXT = new OfText();

  private static final PartsOf<?> LIST = new OfList<>();

  @SuppressWarnings("unchecked") // Asks nothing of elements but that they are there.
  static <E> PartsOf<List<E>> list() {
    return (PartsOf<List<E>>) LIST;
  }

  private final State empty;

  PartsOf(State empty) {
    this.empty = empty;
  }

  /** All pieces as one, in the form of the caller. */
  abstract C shown(List<Object> pieces);

  /** In the form that a block has; checked. */
  abstract Object held(C content, int length);

  // Apart.

  SequenceParts<C> of(State state) {
    List<Run<C>> runs = new ArrayList<>();
    List<Deletion> deletions = new ArrayList<>();
    for (Writer writer : state.writers) {
      Collector collector = new Collector(runs);
      SequenceRuns.forEachBlock(new Editor(state), writer, collector::add);
      collector.flush();
      LongMap.forEach(
          writer.orphans,
          (from, to) -> deletions.add(new Deletion(Dot.of(writer.id, from), to - from)));
    }
    return new SequenceParts<>(runs, deletions);
  }

  /** Joins the blocks of one run. */
  private final class Collector {
    private final List<Run<C>> into;
    private final List<Object> pieces = new ArrayList<>();
    private @Nullable Block first;
    private @Nullable Block last;
    private int length;

    Collector(List<Run<C>> into) {
      this.into = into;
    }

    void add(Block block) {
      boolean more =
          last != null
              && block.continues(last)
              && block.isDeleted() == last.isDeleted()
              && (long) length + block.length <= Integer.MAX_VALUE;
      if (!more) {
        flush();
        first = block;
      }
      last = block;
      length += block.length;
      if (block.content != null) {
        pieces.add(block.content);
      }
    }

    void flush() {
      if (first != null) {
        into.add(
            new Run<>(
                Dot.of(first.replica, first.start),
                length,
                dot(first.leftReplica, first.left),
                dot(first.rightReplica, first.right),
                first.isDeleted() ? null : shown(pieces)));
      }
      first = null;
      last = null;
      length = 0;
      pieces.clear();
    }
  }

  private static @Nullable Dot dot(@Nullable ReplicaId replica, long sequence) {
    return replica == null ? null : Dot.of(replica, sequence);
  }

  // Together.

  State put(SequenceParts<C> parts) {
    Editor editor = new Editor(empty);
    Integration integration = new Integration(editor);
    List<Run<C>> runs = new ArrayList<>(parts.runs());
    runs.sort(Comparator.comparing(Run::first));
    Dot before = null;
    long end = 0;
    for (Run<C> run : runs) {
      checkApart(before, end, run.first());
      before = run.first();
      end = before.sequence() + run.length();
      C content = run.content();
      integration.add(run.toBlock(content == null ? null : held(content, run.length())));
    }
    List<Deletion> deletions = new ArrayList<>(parts.deletions());
    deletions.sort(Comparator.comparing(Deletion::first));
    before = null;
    for (Deletion deletion : deletions) {
      Dot first = deletion.first();
      checkApart(before, end, first);
      before = first;
      end = first.sequence() + deletion.length();
      if (integration.knowsAny(first.replica(), first.sequence(), end)) {
        throw new IllegalArgumentException(
            "a deletion of missing elements from " + first + " on, one of which is there");
      }
      integration.delete(first.replica(), first.sequence(), end);
    }
    return editor.state();
  }

  private static void checkApart(@Nullable Dot before, long end, Dot next) {
    if (before != null && before.replica().equals(next.replica()) && next.sequence() < end) {
      throw new IllegalArgumentException(next + " stands twice");
    }
  }

  private static IllegalArgumentException wrongLength(int found, int length) {
    return new IllegalArgumentException(
        "a run of " + length + " elements with a content of " + found);
  }

  private static final class OfText extends PartsOf<String> {
    OfText() {
      super(State.EMPTY_TEXT);
    }

    @Override
    String shown(List<Object> pieces) {
      StringBuilder text = new StringBuilder();
      pieces.forEach(piece -> text.append((String) piece));
      return text.toString();
    }

    @Override
    Object held(String content, int length) {
      int found = Text.checkedLength(content);
      if (found != length) {
        throw wrongLength(found, length);
      }
      return content;
    }
  }

  private static final class OfList<E> extends PartsOf<List<E>> {
    OfList() {
      super(State.EMPTY_LIST);
    }

    @Override
    @SuppressWarnings("unchecked") // Only elements are in a list.
    List<E> shown(List<Object> pieces) {
      List<Object> all = new ArrayList<>();
      pieces.forEach(piece -> all.addAll(Arrays.asList((Object[]) piece)));
      return (List<E>) List.of(all.toArray());
    }

    @Override
    Object held(List<E> content, int length) {
      Object[] elements = List.copyOf(content).toArray();
      if (elements.length != length) {
        throw wrongLength(elements.length, length);
      }
      return elements;
    }
  }
}
