package dev.converge.crdt.sequence;

import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.binary.CrdtCodec;
import dev.converge.crdt.clock.ReplicaId;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Text that replicas edit apart; merging shows all insertions of all, and nothing that one deleted.
 *
 * <p><b>Positions count Unicode code points</b>, not {@code char}s: an element is a code point, so
 * no edit and no merge can cut an emoji in half. For text within the basic plane the two are the
 * same; else {@link String#codePointCount} and {@link String#offsetByCodePoints} convert. A lone
 * surrogate is refused.
 *
 * <p>The order, its paper, deletion and what it leaves behind, pending deltas and cost are as
 * {@link RGA} says. Immutable and thread-safe; mutators return deltas (see {@link Crdt}). To type
 * and to merge much, open a {@link #edit session}.
 *
 * <pre>{@code
 * Text text = Text.empty();
 * text = text.merge(text.insert(phone, 0, "hello"));
 *
 * TextSession session = text.edit(phone);
 * session.insert(5, ", world");
 * session.delete(0, 1);
 * session.insert(0, "H");
 * Text delta = session.takeDelta();       // for the others
 * text = session.value();                 // for here
 * }</pre>
 */
public final class Text implements Crdt<Text> {
  private static final Text EMPTY = new Text(State.EMPTY_TEXT);

  final State state;

  Text(State state) {
    this.state = state;
  }

  /** The text to which nothing has happened. */
  public static Text empty() {
    return EMPTY;
  }

  /** The binary form; equal texts have equal bytes. */
  public static CrdtCodec<Text> codec() {
    return TextCodec.INSTANCE;
  }

  /**
   * Puts together what {@link #parts} took apart, or a decoder has read. O(n log n).
   *
   * @throws IllegalArgumentException if an id stands twice, a content is not as long as its run or
   *     has a lone surrogate, or an element that is to be deleted when it comes is there
   */
  public static Text of(SequenceParts<String> parts) {
    return new Text(PartsOf.TEXT.put(parts));
  }

  /**
   * The delta that inserts {@code inserted} before the code point at {@code index}. O(log n + m)
   * for {@code m} code points.
   *
   * @throws IndexOutOfBoundsException if {@code index} is not within 0 and {@link #length}
   * @throws IllegalArgumentException if there is a lone surrogate in {@code inserted}
   */
  public Text insert(ReplicaId replica, int index, String inserted) {
    return new Text(
        Sequences.insert(
            state, State.EMPTY_TEXT, replica, index, checkedLength(inserted), inserted));
  }

  /**
   * The delta that deletes {@code count} code points from {@code index} on: those that stand there
   * now, and no others that come between. O(log n + runs deleted).
   *
   * @throws IndexOutOfBoundsException if there are not so many
   */
  public Text delete(int index, int count) {
    return new Text(Sequences.delete(state, State.EMPTY_TEXT, index, count));
  }

  /** A session that edits in the name of {@code replica}, beginning with this text. O(1). */
  public TextSession edit(ReplicaId replica) {
    return new TextSession(state, replica);
  }

  /** How many code points. O(1). */
  public int length() {
    return state.visible;
  }

  /** Whether there is nothing to read. O(1). */
  public boolean isEmpty() {
    return state.visible == 0;
  }

  /**
   * The code point at {@code index}. O(log n).
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  public int codePointAt(int index) {
    return ((String) Sequences.contentAt(state, index)).codePointAt(0);
  }

  /**
   * The code points from {@code from} to {@code to}, without the last. O(log n + blocks between).
   *
   * @throws IndexOutOfBoundsException if there are not so many
   */
  public String substring(int from, int to) {
    return substring(new Editor(state), from, to);
  }

  static String substring(Editor editor, int from, int to) {
    StringBuilder text = new StringBuilder(Math.max(0, to - from));
    editor.forEachContent(from, to - from, content -> text.append((String) content));
    return text.toString();
  }

  /** The code points, in order. O(n). */
  public IntStream codePoints() {
    return toString().codePoints();
  }

  /**
   * An anchor at {@code index} that sticks to the code point before ({@link Anchor.Side#BEFORE}) or
   * after it. O(log n).
   *
   * @throws IndexOutOfBoundsException if {@code index} is not within 0 and {@link #length}
   */
  public Anchor anchor(int index, Anchor.Side stickTo) {
    return Sequences.anchor(new Editor(state), index, stickTo);
  }

  /** Where {@code anchor} is now; empty if what it sticks to has not come. O(log n). */
  public OptionalInt indexOf(Anchor anchor) {
    return Sequences.indexOf(new Editor(state), anchor);
  }

  /** All that there is to this text, for encodings of one's own. O(n). */
  public SequenceParts<String> parts() {
    return PartsOf.TEXT.of(state);
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
  public Text merge(Text other) {
    State merged = state.merge(other.state);
    return merged == state ? this : merged == other.state ? other : new Text(merged);
  }

  /** Same elements, deletions and pending deltas; so the same text, too. O(n). */
  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Text other && Comparison.equal(state, other.state);
  }

  @Override
  public int hashCode() {
    return Comparison.hash(state);
  }

  /** The text. O(n). */
  @Override
  public String toString() {
    return substring(0, length());
  }

  /** The length in code points of what is well-formed. */
  static int checkedLength(String text) {
    int length = 0;
    for (int i = 0; i < text.length(); i++, length++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw new IllegalArgumentException(
              "there is a lone surrogate at char " + i + "; insert whole code points");
        }
        i++;
      }
    }
    return length;
  }
}
