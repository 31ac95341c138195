package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.ReplicaId;
import java.util.OptionalInt;

/**
 * Edits a {@link Text} fast, in place: local edits and the merging of others' deltas. Begins in
 * O(1) and gives an immutable value at any time in O(1); what is shared with values is copied when
 * it is changed first.
 *
 * <p>For one thread. While a session is open, nobody else may edit in the name of its replica: they
 * would make the same ids. Positions count code points, as in {@link Text}.
 *
 * <pre>{@code
 * TextSession typing = Text.empty().edit(phone);
 * typing.insert(0, "helo");
 * typing.insert(3, "l");
 * Text delta = typing.takeDelta(); // for the others
 * Text text = typing.value(); // hello
 * }</pre>
 */
public final class TextSession {
  private final Session session;

  TextSession(State state, ReplicaId replica) {
    this.session = new Session(state, State.EMPTY_TEXT, replica);
  }

  /**
   * Inserts {@code text} before the code point at {@code index}. O(log n), mostly O(1) where typing
   * stays at one place.
   *
   * @throws IndexOutOfBoundsException if {@code index} is not within 0 and {@link #length}
   * @throws IllegalArgumentException if there is a lone surrogate in {@code text}
   */
  public void insert(int index, String text) {
    session.insert(index, Text.checkedLength(text), text);
  }

  /**
   * Deletes {@code count} code points from {@code index} on. O(runs deleted · log n).
   *
   * @throws IndexOutOfBoundsException if there are not so many
   */
  public void delete(int index, int count) {
    session.delete(index, count);
  }

  /**
   * Takes in what others have done. O(d · log n) for a delta of {@code d} runs.
   *
   * @throws dev.converge.crdt.causal.DotConflictException if an id is seen to stand for two things;
   *     part of {@code other} may have been taken in: go on from the last {@link #value}
   */
  public void merge(Text other) {
    session.editor.integrate(other.state);
  }

  /** How many code points. O(1). */
  public int length() {
    return session.editor.tree.visible();
  }

  /** As {@link Text#substring}. */
  public String substring(int from, int to) {
    return Text.substring(session.editor, from, to);
  }

  /** As {@link Text#anchor}. */
  public Anchor anchor(int index, Anchor.Side stickTo) {
    return Sequences.anchor(session.editor, index, stickTo);
  }

  /** As {@link Text#indexOf}. */
  public OptionalInt indexOf(Anchor anchor) {
    return Sequences.indexOf(session.editor, anchor);
  }

  /** The text as it is now. The session can go on. O(1). */
  public Text value() {
    return new Text(session.editor.state());
  }

  /**
   * One delta for all local edits since the session began, or since the last call. O(edits · log n)
   * at most: what was typed in a row is one run.
   */
  public Text takeDelta() {
    return new Text(session.takeDelta());
  }

  /** The text. O(n). */
  @Override
  public String toString() {
    return substring(0, length());
  }
}
