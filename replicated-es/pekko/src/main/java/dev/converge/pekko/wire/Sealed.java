package dev.converge.pekko.wire;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Bytes with their SHA-256, compressed by Deflate (RFC 1951) where that makes them fewer: {@code
 * flag, length, hash of the plain bytes, bytes}. Thread-safe.
 */
final class Sealed {
  /** Fewer bytes than these are not worth a try. */
  static final int COMPRESSED_FROM = 1_024;

  /** Deflate cannot make more than this of one byte. */
  private static final int MAX_RATIO = 1_032;

  private Sealed() {}

  static void write(BinaryWriter out, byte[] plain) {
    byte[] packed = plain.length < COMPRESSED_FROM ? plain : deflate(plain);
    out.writeBoolean(packed.length < plain.length).writeVarint(plain.length);
    out.writeRaw(RowHash.sha256().digest(plain), 0, RowHash.LENGTH);
    out.writeBytes(packed.length < plain.length ? packed : plain);
  }

  private static byte[] deflate(byte[] plain) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(plain);
      deflater.finish();
      byte[] packed = new byte[plain.length];
      int length = deflater.deflate(packed);
      return deflater.finished() ? Arrays.copyOf(packed, length) : plain;
    } finally {
      deflater.end();
    }
  }

  static byte[] read(BinaryReader in) {
    boolean isPacked = in.readBoolean();
    int length = in.readInt(PeerMessageCodec.MAX_BYTES);
    byte[] hash = in.readRaw(RowHash.LENGTH);
    byte[] bytes = in.readBytes();
    byte[] plain = isPacked ? inflate(in, bytes, length) : bytes;
    if (plain.length != length) {
      throw in.malformed(plain.length + " bytes instead of " + length);
    }
    if (!MessageDigest.isEqual(hash, RowHash.sha256().digest(plain))) {
      throw in.malformed("rows that do not match their hash; they were damaged on their way");
    }
    return plain;
  }

  private static byte[] inflate(BinaryReader in, byte[] packed, int length) {
    if (length / MAX_RATIO > packed.length) {
      throw in.malformed(packed.length + " bytes cannot become " + length);
    }
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(packed);
      byte[] plain = new byte[length];
      int got = 0;
      while (got < length) {
        int more = inflater.inflate(plain, got, length - got);
        if (more == 0) {
          throw in.malformed("compressed bytes that end after " + got + " of " + length);
        }
        got += more;
      }
      if (inflater.inflate(new byte[1]) != 0
          || !inflater.finished()
          || inflater.getRemaining() > 0) {
        throw in.malformed("compressed bytes that go on behind their end");
      }
      return plain;
    } catch (DataFormatException e) {
      throw in.malformed("bytes that are not compressed as they should be: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }
}
