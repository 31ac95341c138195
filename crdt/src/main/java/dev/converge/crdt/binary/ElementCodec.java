package dev.converge.crdt.binary;

import java.util.ArrayList;
import java.util.List;

/**
 * The binary form of what stands in a set, under a key or in a register: a plain immutable value.
 *
 * <p>One of your own writes the parts of your class and reads them in the same order; {@link #read}
 * must refuse what {@link #write} never writes (any {@code RuntimeException} will do), and equal
 * values must be written alike. Implementations are immutable and thread-safe.
 *
 * @param <E> the values: immutable, with {@code equals} and {@code hashCode}
 */
public interface ElementCodec<E> {
  /** The type in the words of the format, as {@code string}; it never changes. */
  String name();

  /** Writes one value. */
  void write(BinaryWriter out, E value);

  /**
   * Reads what {@link #write} wrote, and nothing else.
   *
   * @throws DecodingException if the bytes are not that
   */
  E read(BinaryReader in);

  /** Writes many values, whose number is known to the reader. Later ones may lean on earlier. */
  default void writeAll(BinaryWriter out, List<? extends E> values) {
    for (E value : values) {
      write(out, value);
    }
  }

  /**
   * Reads what {@link #writeAll} wrote.
   *
   * @param count how many values
   */
  default List<E> readAll(BinaryReader in, int count) {
    in.checkCount(count, 1);
    List<E> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(read(in));
    }
    return values;
  }
}
