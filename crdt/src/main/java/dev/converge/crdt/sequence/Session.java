package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.List;

/** What the two public sessions share: an editor, and a note of what was edited here. */
final class Session {
  private record Range(ReplicaId replica, long from, long to) {}

  private final State empty;
  private final ReplicaId me;
  final Editor editor;
  private List<Range> inserted = new ArrayList<>();
  private List<Range> deleted = new ArrayList<>();

  /** The last range inserted, not yet in the list: {@code from} is 0 if there is none. */
  private long from;

  private long to;

  Session(State state, State empty, ReplicaId me) {
    this.empty = empty;
    this.me = me;
    this.editor = new Editor(state);
  }

  void insert(int index, int length, Object content) {
    if (length == 0) {
      Editor.checkIndex(index, editor.tree.visible());
      return;
    }
    long start = editor.insert(me, index, length, content);
    if (start != to) {
      closeInserted();
      from = start;
    }
    to = start + length;
  }

  private void closeInserted() {
    if (from > 0) {
      inserted.add(new Range(me, from, to));
      from = 0;
    }
  }

  void delete(int index, int count) {
    editor.delete(index, count, this::noteDeleted);
  }

  private void noteDeleted(ReplicaId replica, long start, long end) {
    if (from > 0 && start >= from && end <= to && replica.equals(me)) {
      return; // It goes into the delta as deleted.
    }
    int last = deleted.size() - 1;
    if (last >= 0 && deleted.get(last).replica.equals(replica)) {
      Range before = deleted.get(last);
      if (before.to == start) {
        deleted.set(last, new Range(replica, before.from, end));
        return;
      }
      if (end == before.from) {
        deleted.set(last, new Range(replica, start, before.to));
        return;
      }
    }
    deleted.add(new Range(replica, start, end));
  }

  State takeDelta() {
    closeInserted();
    to = 0;
    Editor small = new Editor(empty);
    Integration integration = new Integration(small);
    Position at = new Position();
    for (Range range : inserted) {
      for (long sequence = range.from; sequence < range.to; ) {
        Block block = editor.find(me, sequence, at);
        long end = Math.min(block.end(), range.to);
        integration.add(
            block.slice(
                editor.contents, (int) (sequence - block.start), (int) (end - block.start)));
        sequence = end;
      }
    }
    for (Range range : deleted) {
      integration.delete(range.replica, range.from, range.to);
    }
    inserted = new ArrayList<>();
    deleted = new ArrayList<>();
    return small.state();
  }
}
