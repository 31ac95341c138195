package dev.converge.crdt.binary;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Reads what a {@link BinaryWriter} wrote, from bytes that may have been made to do harm.
 *
 * <p>Every method throws {@link DecodingException}, and nothing else, if the bytes are not what it
 * reads: cut off, in another spelling than the writer's, or beyond a limit. Nothing is allocated on
 * the word of a count that the bytes left could not hold. Not thread-safe.
 */
public final class BinaryReader {
  private final byte[] bytes;
  private final int end;
  private final DecodingLimits limits;
  private int position;
  private int depth;

  /** Reads all of {@code bytes}, which must not change meanwhile. */
  public BinaryReader(byte[] bytes, DecodingLimits limits) {
    this(bytes, 0, bytes.length, limits);
  }

  /**
   * Reads a part of {@code bytes}, which must not change meanwhile.
   *
   * @param from the first byte
   * @param to one past the last
   * @throws DecodingException if the part is longer than the limits allow
   * @throws IndexOutOfBoundsException if there is no such part
   */
  public BinaryReader(byte[] bytes, int from, int to, DecodingLimits limits) {
    if (from < 0 || to < from || to > bytes.length) {
      throw new IndexOutOfBoundsException("no bytes " + from + " to " + to);
    }
    this.bytes = bytes;
    this.position = from;
    this.end = to;
    this.limits = limits;
    if (to - from > limits.maxBytes()) {
      throw malformed(
          (to - from) + " bytes are more than the " + limits.maxBytes() + " that are allowed");
    }
  }

  /** The limits. */
  public DecodingLimits limits() {
    return limits;
  }

  /** Where the next byte is read, from the start of the array. */
  public int position() {
    return position;
  }

  /** How many bytes are left. */
  public int remaining() {
    return end - position;
  }

  /** What to throw if what was read makes no sense: says what, and where. */
  public DecodingException malformed(String what) {
    return new DecodingException(what, position);
  }

  /** Checks that nothing is left. */
  public void expectEnd() {
    if (position != end) {
      throw malformed(remaining() + " bytes too many");
    }
  }

  /** Goes one level down in something nested; to be followed by {@link #leave}. */
  public void enter() {
    if (++depth > limits.maxDepth()) {
      throw malformed("nested deeper than the " + limits.maxDepth() + " levels that are allowed");
    }
  }

  /** Comes one level up. */
  public void leave() {
    depth--;
  }

  void require(int count) {
    if (count > end - position) {
      throw malformed("cut off: " + count + " bytes wanted, " + remaining() + " left");
    }
  }

  /** One byte, 0 to 255. */
  public int readByte() {
    require(1);
    return bytes[position++] & 0xFF;
  }

  /** One byte that is 1 or 0. */
  public boolean readBoolean() {
    int value = readByte();
    if (value > 1) {
      throw malformed("a truth value is 0 or 1, not " + value);
    }
    return value == 1;
  }

  /** A whole number of 64 bits without sign: those from 2<sup>63</sup> on come out negative. */
  public long readVarint() {
    // Nearly all are below 128.
    if (position < end && bytes[position] >= 0) {
      return bytes[position++];
    }
    return readLongVarint();
  }

  private long readLongVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = readByte();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        if ((next == 0 && shift > 0) || (shift == 63 && next > 1)) {
          throw malformed("a number in too many bytes");
        }
        return value;
      }
    }
    throw malformed("a number of more than 64 bits");
  }

  /** A whole number, 0 to 2<sup>63</sup>−1. */
  public long readNatural() {
    long value = readVarint();
    if (value < 0) {
      throw malformed("a number above 2^63-1");
    }
    return value;
  }

  /** A whole number, 0 to {@code max}. */
  public int readInt(int max) {
    long value = readVarint();
    if (value < 0 || value > max) {
      throw malformed(
          "the number " + Long.toUnsignedString(value) + " is above " + max + ", the most here");
    }
    return (int) value;
  }

  /**
   * How many of something follow: no more than the limits allow, and than the bytes left can hold.
   *
   * @param bytesEach the fewest bytes that one of them takes, at least 1
   */
  public int readCount(int bytesEach) {
    return checkCount(readVarint(), bytesEach);
  }

  /** Checks a count that was read or worked out some other way, as {@link #readCount} does. */
  public int checkCount(long count, int bytesEach) {
    if (count < 0 || count > limits.maxElements()) {
      throw malformed(
          Long.toUnsignedString(count)
              + " elements are more than the "
              + limits.maxElements()
              + " that are allowed");
    }
    if (count * bytesEach > remaining()) {
      throw malformed("cut off: " + count + " elements cannot be in " + remaining() + " bytes");
    }
    return (int) count;
  }

  /** A whole number with sign. */
  public long readZigZag() {
    long value = readVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** Eight bytes, highest first. */
  public long readLong() {
    require(8);
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | (bytes[position++] & 0xFF);
    }
    return value;
  }

  /** A number of 64 bits, in which NaN has one spelling. */
  public double readDouble() {
    long bits = readLong();
    double value = Double.longBitsToDouble(bits);
    if (Double.doubleToLongBits(value) != bits) {
      throw malformed("a NaN of another spelling");
    }
    return value;
  }

  /** {@code length} bytes, copied. */
  public byte[] readRaw(int length) {
    require(length);
    byte[] raw = Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    return raw;
  }

  /** {@code length} bytes, to {@code target} from {@code at}. */
  void readInto(byte[] target, int at, int length) {
    require(length);
    System.arraycopy(bytes, position, target, at, length);
    position += length;
  }

  /** As {@link #readInto}, for few bytes; returns a negative number unless all are ASCII. */
  int readShort(byte[] target, int at, int length) {
    require(length);
    int all = 0;
    for (int i = 0; i < length; i++) {
      byte next = bytes[position + i];
      target[at + i] = next;
      all |= next;
    }
    position += length;
    return all;
  }

  /** Goes over {@code length} bytes and returns a reader of just these, as deep as this one. */
  public BinaryReader slice(int length) {
    require(length);
    BinaryReader slice = new BinaryReader(bytes, position, position + length, limits);
    slice.depth = depth;
    position += length;
    return slice;
  }

  /** The length of a string or byte array, which is left and within the limit. */
  private int readLength() {
    long length = readVarint();
    if (length < 0 || length > limits.maxStringBytes()) {
      throw malformed(
          "a string of "
              + Long.toUnsignedString(length)
              + " bytes is longer than the "
              + limits.maxStringBytes()
              + " that are allowed");
    }
    require((int) length);
    return (int) length;
  }

  /** Bytes with their length before them, copied. */
  public byte[] readBytes() {
    return readRaw(readLength());
  }

  /** A whole number of any size. */
  public BigInteger readBigInteger() {
    byte[] magnitude = readBytes();
    if (magnitude.length == 0) {
      throw malformed("a whole number without digits");
    }
    BigInteger value = new BigInteger(magnitude);
    if (value.bitLength() / 8 + 1 != magnitude.length) {
      throw malformed("a whole number in too many bytes");
    }
    return value;
  }

  /** A string with its length before it. */
  public String readString() {
    return readUtf8(readLength());
  }

  /** A string of so many bytes. */
  String readUtf8(int length) {
    require(length);
    int from = position;
    position += length;
    return Utf8.string(bytes, from, position, this);
  }

  /**
   * Numbers written by {@link BinaryWriter#writeRuns}.
   *
   * @param count how many; the caller has bounded it, because a run of any length takes two bytes
   */
  public long[] readRuns(int count) {
    return Runs.read(this, count).spread(count);
  }

  /** Numbers written by {@link BinaryWriter#writeSteps}; the caller has bounded their count. */
  public long[] readSteps(int count) {
    long[] numbers = readRuns(count);
    for (int i = 1; i < count; i++) {
      numbers[i] += numbers[i - 1];
    }
    return numbers;
  }
}
