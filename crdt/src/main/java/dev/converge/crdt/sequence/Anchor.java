package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.Dot;
import java.util.Optional;

/**
 * A place between two elements, for cursors, selections and comments: it sticks to one side of one
 * element, whatever else is edited, and stays where the element stood when that is deleted.
 *
 * <p>{@link Side#AFTER} an element, what is inserted at the place comes after the anchor; {@link
 * Side#BEFORE} an element, it comes before. {@link #START} and {@link #END} are anchors of the
 * list's ends. {@link #toString} and {@link #parse} give a form to store and send.
 *
 * <p>Immutable and thread-safe. Made and resolved by {@link Text} and {@link RGA}.
 *
 * <pre>{@code
 * Text text = Text.empty().insert(phone, 0, "hello");
 * Anchor cursor = text.anchor(5, Anchor.Side.BEFORE);
 * text = text.merge(text.insert(laptop, 0, "> "));
 * int at = text.indexOf(cursor).orElseThrow(); // 7
 * }</pre>
 *
 * @param element the id of the element; empty for an end of the list
 * @param side the side of the element; of the whole list, if there is no element
 */
public record Anchor(Optional<Dot> element, Side side) {
  /** The beginning of the list. */
  public static final Anchor START = new Anchor(Optional.empty(), Side.BEFORE);

  /** The end of the list. */
  public static final Anchor END = new Anchor(Optional.empty(), Side.AFTER);

  /** A side of an element. */
  public enum Side {
    /** Between the element and what is before it. */
    BEFORE,
    /** Between the element and what is after it. */
    AFTER
  }

  /** The anchor before the element with this id. */
  public static Anchor before(Dot element) {
    return new Anchor(Optional.of(element), Side.BEFORE);
  }

  /** The anchor after the element with this id. */
  public static Anchor after(Dot element) {
    return new Anchor(Optional.of(element), Side.AFTER);
  }

  /** {@code <node-1:7} before that element, {@code >node-1:7} after it, {@code <} and {@code >}. */
  @Override
  public String toString() {
    return (side == Side.BEFORE ? "<" : ">") + element.map(Dot::toString).orElse("");
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException if the text is not an anchor
   */
  public static Anchor parse(String text) {
    if (!text.startsWith("<") && !text.startsWith(">")) {
      throw new IllegalArgumentException(
          "not an anchor: '" + text + "'; one begins with '<' or '>'");
    }
    Side side = text.charAt(0) == '<' ? Side.BEFORE : Side.AFTER;
    return new Anchor(
        text.length() == 1 ? Optional.empty() : Optional.of(Dot.parse(text.substring(1))), side);
  }
}
