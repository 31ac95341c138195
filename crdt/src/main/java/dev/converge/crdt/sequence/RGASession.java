package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.ReplicaId;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;

/**
 * Edits an {@link RGA} fast, in place: local edits and the merging of others' deltas. Begins in
 * O(1) and gives an immutable value at any time in O(1); what is shared with values is copied when
 * it is changed first.
 *
 * <p>For one thread. While a session is open, nobody else may edit in the name of its replica: they
 * would make the same ids.
 *
 * <pre>{@code
 * RGASession<String> session = RGA.<String>empty().edit(phone);
 * session.insertAll(0, List.of("milk", "eggs"));
 * session.delete(0, 1);
 * RGA<String> delta = session.takeDelta(); // for the others
 * RGA<String> list = session.value(); // [eggs]
 * }</pre>
 *
 * @param <E> the elements: immutable, not null, with {@code equals} and {@code hashCode}
 */
public final class RGASession<E> {
  private final Session session;

  RGASession(State state, ReplicaId replica) {
    this.session = new Session(state, State.EMPTY_LIST, replica);
  }

  /**
   * Inserts {@code element} before the one at {@code index}. O(log n).
   *
   * @throws IndexOutOfBoundsException if {@code index} is not within 0 and {@link #size}
   */
  public void insert(int index, E element) {
    insertAll(index, List.of(element));
  }

  /**
   * Inserts {@code elements}, in a row, before the one at {@code index}. O(log n + m) for {@code m}
   * elements.
   *
   * @throws IndexOutOfBoundsException if {@code index} is not within 0 and {@link #size}
   */
  public void insertAll(int index, Collection<? extends E> elements) {
    Object[] content = RGA.contentOf(elements);
    session.insert(index, content.length, content);
  }

  /**
   * Deletes {@code count} elements from {@code index} on. O(runs deleted · log n).
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
  public void merge(RGA<E> other) {
    session.editor.integrate(other.state);
  }

  /** How many elements. O(1). */
  public int size() {
    return session.editor.tree.visible();
  }

  /** As {@link RGA#subList}. */
  public List<E> subList(int from, int to) {
    return RGA.subList(session.editor, from, to);
  }

  /** As {@link RGA#anchor}. */
  public Anchor anchor(int index, Anchor.Side stickTo) {
    return Sequences.anchor(session.editor, index, stickTo);
  }

  /** As {@link RGA#indexOf}. */
  public OptionalInt indexOf(Anchor anchor) {
    return Sequences.indexOf(session.editor, anchor);
  }

  /** The list as it is now. The session can go on. O(1). */
  public RGA<E> value() {
    return new RGA<>(session.editor.state());
  }

  /**
   * One delta for all local edits since the session began, or since the last call. O(edits · log n)
   * at most: what was inserted in a row is one run.
   */
  public RGA<E> takeDelta() {
    return new RGA<>(session.takeDelta());
  }

  /** The elements, {@code [a, b]}. O(n). */
  @Override
  public String toString() {
    return subList(0, size()).toString();
  }
}
