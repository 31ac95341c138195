package dev.converge.crdt.binary;

import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * The header of bytes that stand alone: two bytes that no text begins with, the version of the
 * format, how the rest is compressed, the name of the type; then the value.
 */
final class Envelope {
  static final int MAGIC_1 = 0xC6;
  static final int MAGIC_2 = 'v';
  static final int VERSION = 1;
  static final int STORED = 0;
  static final int DEFLATED = 1;

  /** Below this, compression gains less than it costs. */
  private static final int THRESHOLD = 256;

  private static final int SAMPLES = 4;
  private static final int SAMPLE = 1024;

  /** Deflate makes no more than this of a byte. */
  private static final int MAX_RATIO = 1032;

  private static final int MAX_NAME = 4096;

  private Envelope() {}

  static byte[] wrap(String name, BinaryWriter body, Compression compression) {
    BinaryWriter out = new BinaryWriter(Math.addExact(name.length() + 16, body.size()));
    out.writeByte(MAGIC_1).writeByte(MAGIC_2).writeByte(VERSION);
    if (compression == Compression.FAST && body.size() >= THRESHOLD && isWorthwhile(body)) {
      byte[] deflated = new byte[body.size() - 1];
      int length = deflate(body, deflated);
      if (length > 0) {
        out.writeByte(DEFLATED).writeString(name).writeVarint(body.size());
        return out.writeRaw(deflated, 0, length).toByteArray();
      }
    }
    return out.writeByte(STORED).writeString(name).writeRaw(body).toByteArray();
  }

  /** A sample tells: to compress what is random costs more than all else, and gains nothing. */
  private static boolean isWorthwhile(BinaryWriter body) {
    if (body.size() < SAMPLES * SAMPLE * 4) {
      return true;
    }
    BinaryWriter sample = new BinaryWriter(SAMPLES * SAMPLE);
    for (int i = 0; i < SAMPLES; i++) {
      int from = (int) ((long) body.size() * (2 * i + 1) / (2 * SAMPLES));
      sample.writeRaw(body.buffer(), from, SAMPLE);
    }
    return deflate(sample, new byte[sample.size() - sample.size() / 16]) > 0;
  }

  /** How many bytes of {@code target} were filled; 0 if it is too small. */
  private static int deflate(BinaryWriter body, byte[] target) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(body.buffer(), 0, body.size());
      deflater.finish();
      int length = deflater.deflate(target);
      return deflater.finished() ? length : 0;
    } finally {
      deflater.end();
    }
  }

  static BinaryReader unwrap(String name, byte[] bytes, DecodingLimits limits) {
    BinaryReader in = new BinaryReader(bytes, limits);
    int compression = readHeader(in);
    String found = readName(in);
    if (!found.equals(name)) {
      throw in.malformed("a value of type " + found + " where " + name + " is wanted");
    }
    return compression == STORED ? in : inflate(in, limits);
  }

  private static int readHeader(BinaryReader in) {
    if (in.readByte() != MAGIC_1 || in.readByte() != MAGIC_2) {
      throw in.malformed("not the bytes of a replicated value");
    }
    int version = in.readByte();
    if (version != VERSION) {
      throw in.malformed(
          "version "
              + version
              + " of the format; this reader knows version "
              + VERSION
              + " and must be upgraded to read others");
    }
    int compression = in.readByte();
    if (compression > DEFLATED) {
      throw in.malformed("compression " + compression + " is not known");
    }
    return compression;
  }

  private static String readName(BinaryReader in) {
    int length = in.readInt(Math.min(MAX_NAME, in.limits().maxStringBytes()));
    return in.readUtf8(length);
  }

  /** The name of the type of a value that {@link #wrap} made. */
  static String typeOf(byte[] bytes) {
    BinaryReader in = new BinaryReader(bytes, DecodingLimits.DEFAULT);
    readHeader(in);
    return readName(in);
  }

  private static BinaryReader inflate(BinaryReader in, DecodingLimits limits) {
    int size = in.readInt(limits.maxBytes());
    if (size > (long) MAX_RATIO * in.remaining()) {
      throw in.malformed(size + " bytes cannot be compressed into " + in.remaining());
    }
    byte[] deflated = in.readRaw(in.remaining());
    // As much as is claimed, which is bounded by what was sent; more is never taken.
    byte[] inflated = new byte[size];
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(deflated);
      int filled = 0;
      while (filled < size && !inflater.finished()) {
        int more = inflater.inflate(inflated, filled, size - filled);
        if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          break;
        }
        filled += more;
      }
      // The end of the stream may take one more step after the last byte.
      if (filled == size && !inflater.finished() && inflater.inflate(new byte[1]) != 0) {
        throw in.malformed("decompression gives more than the " + size + " bytes announced");
      }
      if (filled < size || !inflater.finished() || inflater.getRemaining() != 0) {
        throw in.malformed("the compressed part is damaged");
      }
    } catch (DataFormatException e) {
      throw new DecodingException("the compressed part is damaged: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
    return new BinaryReader(inflated, limits);
  }
}
