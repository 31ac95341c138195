package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.OptionalInt;

/** What {@link Text} and {@link RGA} have in common. */
final class Sequences {
  private Sequences() {}

  /** The delta that inserts before the visible element at {@code index}. */
  static State insert(
      State state, State empty, ReplicaId replica, int index, int length, Object content) {
    if (length == 0) {
      Editor.checkIndex(index, state.visible);
      return empty;
    }
    Block block = new Editor(state).runAt(replica, index, length, content);
    Editor small = new Editor(empty);
    new Integration(small).add(block);
    return small.state();
  }

  /** The delta that deletes {@code count} visible elements from {@code index} on. */
  static State delete(State state, State empty, int index, int count) {
    Editor small = new Editor(empty);
    Integration integration = new Integration(small);
    new Editor(state).select(index, count, integration::delete);
    return small.state();
  }

  /** The content of the visible block that has the element at {@code index}, from there on. */
  static Object contentAt(State state, int index) {
    if (index < 0 || index >= state.visible) {
      throw new IndexOutOfBoundsException(
          "there is no element " + index + "; the length is " + state.visible);
    }
    Editor editor = new Editor(state);
    Position at = new Position();
    editor.tree.locate(index, at);
    Block block = editor.tree.block(at);
    if (block.content == null) {
      throw new IllegalStateException("not visible");
    }
    return state.contents.slice(block.content, block.length, at.offset, at.offset + 1);
  }

  /** The anchor at {@code index} that sticks to the element on the {@code side} of it. */
  static Anchor anchor(Editor editor, int index, Anchor.Side stickTo) {
    Editor.checkIndex(index, editor.tree.visible());
    boolean before = stickTo == Anchor.Side.BEFORE;
    if (before ? index == 0 : index == editor.tree.visible()) {
      return before ? Anchor.START : Anchor.END;
    }
    Position at = new Position();
    editor.tree.locate(before ? index - 1 : index, at);
    Block block = editor.tree.block(at);
    Dot dot = Dot.of(block.replica, block.start + at.offset);
    return before ? Anchor.after(dot) : Anchor.before(dot);
  }

  /** Where the anchor is; empty if its element is not in the list yet. */
  static OptionalInt indexOf(Editor editor, Anchor anchor) {
    boolean after = anchor.side() == Anchor.Side.AFTER;
    if (anchor.element().isEmpty()) {
      return OptionalInt.of(after ? editor.tree.visible() : 0);
    }
    Dot dot = anchor.element().get();
    if (!editor.has(dot.replica(), dot.sequence())) {
      return OptionalInt.empty();
    }
    Position at = new Position();
    Block block = editor.find(dot.replica(), dot.sequence(), at);
    int index = editor.tree.indexOf(at);
    return OptionalInt.of(after && !block.isDeleted() ? index + 1 : index);
  }
}
