package dev.converge.crdt.sequence;

import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.binary.CrdtCodec;
import dev.converge.crdt.binary.ElementCodec;
import dev.converge.crdt.clock.ReplicaId;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A replicated growable array: an ordered list in which replicas insert and delete at any place,
 * apart from each other. Merging shows all insertions of all, and nothing that one deleted.
 *
 * <p><b>Order.</b> Each element remembers between which two it was put. The elements that were put
 * at one place concurrently are ordered as FugueMax orders them (Weidner, Kleppmann, <em>The Art of
 * the Fugue: Minimizing Interleaving in Collaborative Text Editing</em>, 2023/2025), which is
 * proved to be maximally non-interleaving: what one replica typed in a row, forwards or backwards,
 * stays in a row. The order of Roh et al.'s RGA (2011), after which lists of this kind are called,
 * interleaves what is typed backwards.
 *
 * <p><b>What deletion leaves.</b> The content of a deleted element is dropped at once. Its id and
 * place stay: other elements were put beside it, and a delta may still come that puts one there.
 * They are kept as runs: what was typed in a row and deleted in a row is one removal record of some
 * 60 bytes, some 10 when encoded. So the size is bounded by the number of runs ever typed, cut by
 * the insertions and deletions inside them; never by the number of deleted elements, nor by that of
 * what shows. Records are not forgotten even when all replicas have the deletion: elements that
 * stay have them as neighbours, and later ones are ordered by these. Where that is too much, start
 * a new list from the content.
 *
 * <p><b>Deltas in any order.</b> An element whose neighbours have not come waits, {@link #pending},
 * and so does a deletion; both are part of the state, so merging stays a join.
 *
 * <p><b>Cost.</b> With {@code n} runs: get, insert, delete and the merge of a delta of {@code d}
 * runs O(d · log n) in time and garbage. Immutable and thread-safe; mutators return deltas (see
 * {@link Crdt}). For many edits in a row open a {@link #edit session}: it changes in place what it
 * made.
 *
 * <pre>{@code
 * RGA<String> list = RGA.empty();
 * list = list.merge(list.insertAll(phone, 0, List.of("milk", "eggs")));
 * RGA<String> onLaptop = list.merge(list.insert(laptop, 1, "bread"));
 * list = list.merge(list.delete(0, 1));
 * List<String> both = list.merge(onLaptop).elements(); // [bread, eggs]
 * }</pre>
 *
 * @param <E> the elements: immutable, not null, with {@code equals} and {@code hashCode}
 */
public final class RGA<E> implements Crdt<RGA<E>>, Iterable<E> {
  private static final RGA<?> EMPTY = new RGA<>(State.EMPTY_LIST);

  final State state;

  RGA(State state) {
    this.state = state;
  }

  /** The list to which nothing has happened. */
  @SuppressWarnings("unchecked") // It holds no element.
  public static <E> RGA<E> empty() {
    return (RGA<E>) EMPTY;
  }

  /** The binary form, with elements as {@code elements} has them; equal lists have equal bytes. */
  public static <E> CrdtCodec<RGA<E>> codec(ElementCodec<E> elements) {
    return new RGACodec<>(elements);
  }

  /**
   * Puts together what {@link #parts} took apart, or a decoder has read. O(n log n).
   *
   * @throws IllegalArgumentException if an id stands twice, a content is not as long as its run, or
   *     an element that is to be deleted when it comes is there
   */
  public static <E> RGA<E> of(SequenceParts<List<E>> parts) {
    return new RGA<>(PartsOf.<E>list().put(parts));
  }

  /**
   * The delta that inserts {@code element} before the one at {@code index}. O(log n).
   *
   * @throws IndexOutOfBoundsException if {@code index} is not within 0 and {@link #size}
   */
  public RGA<E> insert(ReplicaId replica, int index, E element) {
    return insertAll(replica, index, List.of(element));
  }

  /**
   * The delta that inserts {@code elements}, in a row, before the one at {@code index}. O(log n +
   * m) for {@code m} elements.
   *
   * @throws IndexOutOfBoundsException if {@code index} is not within 0 and {@link #size}
   */
  public RGA<E> insertAll(ReplicaId replica, int index, Collection<? extends E> elements) {
    Object[] content = contentOf(elements);
    return new RGA<>(
        Sequences.insert(state, State.EMPTY_LIST, replica, index, content.length, content));
  }

  static Object[] contentOf(Collection<?> elements) {
    // Another copy: a collection may return an array that it keeps.
    Object[] content = Arrays.copyOf(elements.toArray(), elements.size(), Object[].class);
    for (Object element : content) {
      Objects.requireNonNull(element, "a list has no null elements");
    }
    return content;
  }

  /**
   * The delta that deletes {@code count} elements from {@code index} on: those that stand there
   * now, and no others that come between. O(log n + runs deleted).
   *
   * @throws IndexOutOfBoundsException if there are not so many
   */
  public RGA<E> delete(int index, int count) {
    return new RGA<>(Sequences.delete(state, State.EMPTY_LIST, index, count));
  }

  /** A session that edits in the name of {@code replica}, beginning with this list. O(1). */
  public RGASession<E> edit(ReplicaId replica) {
    return new RGASession<>(state, replica);
  }

  /**
   * The element at {@code index}. O(log n).
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  @SuppressWarnings("unchecked") // Only elements come in.
  public E get(int index) {
    return (E) ((Object[]) Sequences.contentAt(state, index))[0];
  }

  /** How many elements. O(1). */
  public int size() {
    return state.visible;
  }

  /** Whether there are no elements. O(1). */
  public boolean isEmpty() {
    return state.visible == 0;
  }

  /** The elements in order: an unmodifiable view, O(1); its {@code get} is O(log n). */
  public List<E> elements() {
    return new AbstractList<>() {
      @Override
      public E get(int index) {
        return RGA.this.get(index);
      }

      @Override
      public int size() {
        return state.visible;
      }

      @Override
      public Iterator<E> iterator() {
        return RGA.this.iterator();
      }
    };
  }

  /** The elements from {@code from} to {@code to}, without the last. O(log n + blocks between). */
  public List<E> subList(int from, int to) {
    return subList(new Editor(state), from, to);
  }

  @SuppressWarnings("unchecked") // Only elements come in.
  static <E> List<E> subList(Editor editor, int from, int to) {
    List<E> elements = new ArrayList<>(Math.max(0, to - from));
    editor.forEachContent(
        from, to - from, content -> elements.addAll((List<E>) Arrays.asList((Object[]) content)));
    return elements;
  }

  /** The elements in order. */
  @Override
  public Iterator<E> iterator() {
    BlockIterator blocks = new BlockIterator(state);
    return new Iterator<>() {
      private Object[] content = {};
      private int at;

      @Override
      public boolean hasNext() {
        while (at == content.length && blocks.hasNext()) {
          if (blocks.next().content instanceof Object[] visible) {
            content = visible;
            at = 0;
          }
        }
        return at < content.length;
      }

      @Override
      @SuppressWarnings("unchecked") // Only elements come in.
      public E next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return (E) content[at++];
      }
    };
  }

  /** The elements in order. */
  public Stream<E> stream() {
    return StreamSupport.stream(spliterator(), false);
  }

  /**
   * An anchor at {@code index} that sticks to the element before ({@link Anchor.Side#BEFORE}) or
   * after it. O(log n).
   *
   * @throws IndexOutOfBoundsException if {@code index} is not within 0 and {@link #size}
   */
  public Anchor anchor(int index, Anchor.Side stickTo) {
    return Sequences.anchor(new Editor(state), index, stickTo);
  }

  /** Where {@code anchor} is now; empty if what it sticks to has not come. O(log n). */
  public OptionalInt indexOf(Anchor anchor) {
    return Sequences.indexOf(new Editor(state), anchor);
  }

  /** All that there is to this list, for encodings of one's own. O(n). */
  public SequenceParts<List<E>> parts() {
    return PartsOf.<E>list().of(state);
  }

  /** What is here and does not show, as it waits for other deltas. O(pending · log n). */
  public Pending pending() {
    return Pending.of(state);
  }

  /**
   * {@inheritDoc}
   *
   * <p>O(d · log n) for a delta of {@code d} runs; states that come from one share structure, and
   * what they share is passed over.
   *
   * @throws dev.converge.crdt.causal.DotConflictException if an id is seen to stand for two things
   */
  @Override
  public RGA<E> merge(RGA<E> other) {
    State merged = state.merge(other.state);
    return merged == state ? this : merged == other.state ? other : new RGA<>(merged);
  }

  /** Same elements, deletions and pending deltas; so the same list, too. O(n). */
  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof RGA<?> other && Comparison.equal(state, other.state);
  }

  @Override
  public int hashCode() {
    return Comparison.hash(state);
  }

  /** The elements, {@code [a, b]}. O(n). */
  @Override
  public String toString() {
    return elements().toString();
  }
}
