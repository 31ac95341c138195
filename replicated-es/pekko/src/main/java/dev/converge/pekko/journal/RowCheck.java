package dev.converge.pekko.journal;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * A checksum over what a row says, so that a byte that rots on the disk is seen when it is read:
 * CRC-32C (Castagnoli), which processors compute at memory speed. The position is left out.
 */
final class RowCheck {
  private RowCheck() {}

  /** The checksum of a row's columns. O(bytes). */
  static int of(
      String key, RowKind kind, int origin, long lsn, long time, byte[] after, byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(kind.code());
    number(crc, origin);
    number(crc, lsn);
    number(crc, time);
    crc.update(key.getBytes(StandardCharsets.UTF_8));
    crc.update(after);
    crc.update(payload);
    return (int) crc.getValue();
  }

  /** The checksum of a run of positions. */
  static int of(String key, long first, byte[] run) {
    CRC32C crc = new CRC32C();
    number(crc, first);
    crc.update(key.getBytes(StandardCharsets.UTF_8));
    crc.update(run);
    return (int) crc.getValue();
  }

  /** The checksum of bytes that stand for themselves. */
  static int of(byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(payload);
    return (int) crc.getValue();
  }

  private static void number(CRC32C crc, long number) {
    for (int shift = 0; shift < 64; shift += 8) {
      crc.update((int) (number >>> shift) & 0xFF);
    }
  }
}
