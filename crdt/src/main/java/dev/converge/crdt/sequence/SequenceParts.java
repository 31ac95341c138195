package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.Dot;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that there is to a sequence, for encodings of one's own: its elements in runs, and what was
 * deleted before it came. {@link Text#parts} and {@link RGA#parts} take a value apart, {@link
 * Text#of} and {@link RGA#of} check everything and put one together. The order of the list is not
 * among the parts: it follows from them.
 *
 * <pre>{@code
 * Text text = Text.empty().insert(phone, 0, "hello");
 * SequenceParts<String> parts = text.parts();
 * String typed = parts.runs().get(0).content();   // hello
 * Text again = Text.of(parts);                    // equals text
 * }</pre>
 *
 * <p>Parts of a value are in order, by replica and number, and each run is as long as it can be, so
 * equal values have equal parts. Whoever makes parts may cut runs and order them as they like.
 *
 * @param runs the elements, those that wait for a neighbour included; no id stands in two
 * @param deletions elements that are not here, and are to be deleted when they come
 * @param <C> the content of a run: {@code String}, or {@code List<E>}
 */
public record SequenceParts<C>(List<Run<C>> runs, List<Deletion> deletions) {
  /** Copies the lists. */
  public SequenceParts {
    runs = List.copyOf(runs);
    deletions = List.copyOf(deletions);
  }

  /**
   * Elements with consecutive ids of one replica. Each one's left neighbour is the one before it;
   * the right neighbour is the same for all.
   *
   * @param first the id of the first element
   * @param length how many elements, at least 1
   * @param after the left neighbour of the first, when it was put there; null: it had none
   * @param before the right neighbour of all; null: they had none
   * @param content as many elements (of a text: code points) as the run is long; null: all of them
   *     are deleted
   * @param <C> {@code String}, or {@code List<E>}
   */
  public record Run<C>(
      Dot first, int length, @Nullable Dot after, @Nullable Dot before, @Nullable C content) {
    /**
     * Checks the length.
     *
     * @throws IllegalArgumentException if it is below 1, or goes beyond the last id
     */
    public Run {
      checkRange(first, length);
    }

    Block toBlock(@Nullable Object held) {
      return new Block(
          first.replica(),
          first.sequence(),
          length,
          after == null ? null : after.replica(),
          after == null ? 0 : after.sequence(),
          before == null ? null : before.replica(),
          before == null ? 0 : before.sequence(),
          held);
    }
  }

  /**
   * Consecutive ids of one replica.
   *
   * @param first the first one
   * @param length how many, at least 1
   */
  public record Deletion(Dot first, long length) {
    /**
     * Checks the length.
     *
     * @throws IllegalArgumentException if it is below 1, or goes beyond the last id
     */
    public Deletion {
      checkRange(first, length);
    }
  }

  private static void checkRange(Dot first, long length) {
    Objects.requireNonNull(first, "first");
    if (length < 1 || first.sequence() > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException(
          length + " ids from " + first + " on: there is at least one, and none beyond the last");
    }
  }
}
