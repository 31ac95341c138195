package dev.converge.crdt.binary;

import java.util.ArrayList;
import java.util.Arrays;
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

  /** Writes one value: one byte at least. */
  void write(BinaryWriter out, E value);

  /**
   * Reads what {@link #write} wrote, and nothing else.
   *
   * @throws DecodingException if the bytes are not that
   */
  E read(BinaryReader in);

  /**
   * A total order of the values, the same on every machine: the order of elements that have no
   * dots. By default that of the bytes written.
   */
  default int compare(E a, E b) {
    BinaryWriter first = new BinaryWriter();
    BinaryWriter second = new BinaryWriter();
    write(first, a);
    write(second, b);
    return Arrays.compareUnsigned(
        first.buffer(), 0, first.size(), second.buffer(), 0, second.size());
  }

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
