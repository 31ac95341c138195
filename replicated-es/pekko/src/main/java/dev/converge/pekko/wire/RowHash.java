package dev.converge.pekko.wire;

import dev.converge.crdt.binary.BinaryWriter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 over what a row of a log says: two rows at one place of one log with different hashes
 * contradict each other. What it comes {@code after} is left out: that is how it travels.
 *
 * <p>Thread-safe. O(bytes).
 */
public final class RowHash {
  /** The length of a hash, in bytes. */
  public static final int LENGTH = 32;

  private RowHash() {}

  /** The hash of a row. */
  public static byte[] of(LogRow row) {
    BinaryWriter form = new BinaryWriter(128);
    form.writeByte(1).writeString(row.origin().name());
    form.writeVarint(row.origin().incarnation()).writeVarint(row.lsn());
    LogEntry entry = row.entry();
    MessageDigest digest = sha256();
    byte[] content;
    if (entry instanceof LogEntry.Event event) {
      form.writeByte(0).writeString(event.key());
      content = event.encoded();
    } else if (entry instanceof LogEntry.Join join) {
      form.writeByte(1);
      content = join.encoded();
    } else {
      form.writeByte(2);
      Vectors.write(form, ((LogEntry.Floor) entry).seen());
      content = new byte[0];
    }
    digest.update(form.toByteArray());
    digest.update(content);
    return digest.digest();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
