package dev.converge.engine.event;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 over an event's metadata and payload. Two events with one dot and different hashes
 * contradict each other; they are reported, never merged.
 *
 * <p>The hashed form, version 1, all numbers big-endian:
 *
 * <pre>
 * event    = version:u8 (1)  dot  time:i64  context  schemaVersion:i32  origin  length:i32  payload
 * dot      = replica  sequence:i64
 * replica  = text(name)  incarnation:i64
 * time     = millis &lt;&lt; 16 | counter
 * context  = n:i32  n × (replica  sequence:i64)   the vector, by replica name and incarnation
 *            m:i32  m × dot                       the cloud, in the order of dots
 * origin   = 0:u8 | 1:u8 text(value)
 * text     = length:u16 in bytes, then UTF-8
 * </pre>
 *
 * <p>A causal context is in normal form, so equal contexts have one hashed form. Immutable and
 * thread-safe.
 */
public final class ContentHash {
  /** The length of a hash, in bytes. */
  public static final int LENGTH = 32;

  private static final MessageDigest SHA_256 = lookedUp();

  private final byte[] bytes;

  private ContentHash(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The hash of an event with these parts. Costs O(replicas + cloud + payload).
   *
   * @param payload the payload as it is stored and sent
   */
  public static ContentHash of(
      Dot dot,
      HybridTimestamp time,
      CausalContext context,
      int schemaVersion,
      @Nullable OriginId originId,
      byte[] payload) {
    CanonicalForm form = new CanonicalForm();
    form.u8(1).dot(dot).i64(time.packed()).context(context).i32(schemaVersion);
    if (originId == null) {
      form.u8(0);
    } else {
      form.u8(1).text(originId.value());
    }
    form.i32(payload.length);
    MessageDigest digest = sha256();
    form.feed(digest);
    digest.update(payload);
    return new ContentHash(digest.digest());
  }

  /**
   * A hash that was computed before.
   *
   * @throws IllegalArgumentException if it is not 32 bytes long
   */
  public static ContentHash ofBytes(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException(
          "a content hash has " + LENGTH + " bytes, not " + bytes.length);
    }
    return new ContentHash(bytes.clone());
  }

  /**
   * Reads what {@link #hex} gave.
   *
   * @throws IllegalArgumentException if the text is not 64 hexadecimal digits
   */
  public static ContentHash parse(String hex) {
    return ofBytes(HexFormat.of().parseHex(hex));
  }

  /** The 32 bytes, in an array of the caller's own. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** 64 lower-case hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof ContentHash other && MessageDigest.isEqual(bytes, other.bytes);
  }

  @Override
  public int hashCode() {
    return bytes[0] << 24 | (bytes[1] & 0xFF) << 16 | (bytes[2] & 0xFF) << 8 | (bytes[3] & 0xFF);
  }

  /** The first 12 digits, enough to tell hashes apart in a log. */
  @Override
  public String toString() {
    return hex().substring(0, 12);
  }

  /** A copy of one that is never fed: looking it up by its name takes longer than the hash. */
  private static MessageDigest sha256() {
    try {
      return (MessageDigest) SHA_256.clone();
    } catch (CloneNotSupportedException e) {
      return lookedUp();
    }
  }

  private static MessageDigest lookedUp() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
