package dev.converge.crdt.binary;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Bytes that grow: the primitives of the binary format, each with one spelling.
 *
 * <p>Not thread-safe. Every method costs O(bytes written).
 */
public final class BinaryWriter {
  private byte[] buffer;
  private int size;

  /** No bytes yet. */
  public BinaryWriter() {
    this(64);
  }

  /**
   * No bytes yet.
   *
   * @param capacity how many are expected; it grows beyond
   */
  public BinaryWriter(int capacity) {
    this.buffer = new byte[Math.max(16, capacity)];
  }

  /** How many bytes have been written. */
  public int size() {
    return size;
  }

  /** Forgets all but the first {@code length} bytes. */
  void truncate(int length) {
    size = length;
  }

  /** A copy of what has been written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  /** The array behind this writer, of which the first {@link #size} bytes count. */
  byte[] buffer() {
    return buffer;
  }

  private void ensure(int more) {
    if (buffer.length - size < more) {
      int needed = Math.addExact(size, more);
      int doubled = (int) Math.min(Integer.MAX_VALUE - 8L, 2L * buffer.length);
      buffer = Arrays.copyOf(buffer, Math.max(needed, doubled));
    }
  }

  /** One byte: the lowest eight bits. */
  public BinaryWriter writeByte(int value) {
    ensure(1);
    buffer[size++] = (byte) value;
    return this;
  }

  /** One byte, 1 or 0. */
  public BinaryWriter writeBoolean(boolean value) {
    return writeByte(value ? 1 : 0);
  }

  /** A whole number without sign, 7 bits a byte, lowest first: 1 to 10 bytes. */
  public BinaryWriter writeVarint(long value) {
    ensure(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      buffer[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[size++] = (byte) rest;
    return this;
  }

  /** A whole number with sign, small ones in few bytes: 0, -1, 1, -2 ... become 0, 1, 2, 3 ... */
  public BinaryWriter writeZigZag(long value) {
    return writeVarint((value << 1) ^ (value >> 63));
  }

  /** Eight bytes, highest first. */
  public BinaryWriter writeLong(long value) {
    ensure(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      buffer[size++] = (byte) (value >>> shift);
    }
    return this;
  }

  /** Eight bytes: the bits of the number, every NaN as the one canonical NaN. */
  public BinaryWriter writeDouble(double value) {
    return writeLong(Double.doubleToLongBits(value));
  }

  /** These bytes, without their length. */
  public BinaryWriter writeRaw(byte[] bytes, int from, int length) {
    ensure(length);
    System.arraycopy(bytes, from, buffer, size, length);
    size += length;
    return this;
  }

  /** What another writer has written, without its length. */
  public BinaryWriter writeRaw(BinaryWriter other) {
    return writeRaw(other.buffer, 0, other.size);
  }

  /** The length, and the bytes. */
  public BinaryWriter writeBytes(byte[] bytes) {
    writeVarint(bytes.length);
    return writeRaw(bytes, 0, bytes.length);
  }

  /** A whole number of any size: length, and the shortest two's complement, highest byte first. */
  public BinaryWriter writeBigInteger(BigInteger value) {
    return writeBytes(value.toByteArray());
  }

  /**
   * The length in bytes, and UTF-8. A surrogate without its partner, which UTF-8 cannot say, is
   * written in three bytes like any other character of its range, so that no text is lost.
   */
  public BinaryWriter writeString(String text) {
    int length = text.length();
    ensure(Math.addExact(length, 5));
    // Nearly all strings are ASCII, and short.
    int mark = size;
    writeVarint(length);
    if (writeAscii(text, 0, length)) {
      return this;
    }
    size = mark;
    writeVarint(Utf8.length(text, 0, length));
    return writeUtf8(text, 0, length);
  }

  /** The characters if all are ASCII; if not, nothing is written, and false. */
  private boolean writeAscii(String text, int from, int to) {
    ensure(to - from);
    byte[] target = buffer;
    int at = size;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return false;
      }
      target[at++] = (byte) c;
    }
    size = at;
    return true;
  }

  /** UTF-8 as {@link #writeString} has it, without its length. */
  BinaryWriter writeUtf8(String text, int from, int to) {
    if (!writeAscii(text, from, to)) {
      ensure(Math.multiplyExact(3, to - from));
      size = Utf8.encode(text, from, to, buffer, size);
    }
    return this;
  }

  /**
   * Numbers as runs of equal ones: pairs (zig-zag number, length of the run) until all are said;
   * their count is not. A run is as long as it can be.
   */
  public BinaryWriter writeRuns(long[] numbers, int count) {
    int i = 0;
    while (i < count) {
      int run = i + 1;
      while (run < count && numbers[run] == numbers[i]) {
        run++;
      }
      writeZigZag(numbers[i]);
      writeVarint(run - i);
      i = run;
    }
    return this;
  }

  /**
   * Numbers as runs in which each differs from the one before by the same step: 1, 2, 3, ... is one
   * run. As {@link #writeRuns} of the steps; the first one's step is from 0.
   */
  public BinaryWriter writeSteps(long[] numbers, int count) {
    long[] steps = new long[count];
    for (int i = 0; i < count; i++) {
      steps[i] = numbers[i] - (i == 0 ? 0 : numbers[i - 1]);
    }
    return writeRuns(steps, count);
  }
}
