package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a row comes after, in few bytes: for each replica its number in this database and the log
 * number, both in the variable length of LEB128 (seven bits a byte, low ones first).
 *
 * <p>Remembers the last vector, because rows of one commit have the same. Not thread-safe.
 */
final class AfterForm {
  private VersionVector lastVector = VersionVector.empty();
  private byte[] lastBytes = new byte[0];

  /** The bytes of {@code vector}; empty for an empty one. */
  byte[] bytes(VersionVector vector, ToIntFunction<ReplicaId> numberOf) {
    if (vector != lastVector && !vector.equals(lastVector)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(32);
      vector.forEach(
          (replica, lsn) -> {
            write(out, numberOf.applyAsInt(replica));
            write(out, lsn);
          });
      lastBytes = out.toByteArray();
      lastVector = vector;
    }
    return lastBytes;
  }

  private static void write(ByteArrayOutputStream out, long number) {
    long left = number;
    while (left >= 0x80) {
      out.write((int) (left & 0x7F) | 0x80);
      left >>>= 7;
    }
    out.write((int) left);
  }

  /**
   * The vector of {@code bytes}.
   *
   * @throws IllegalArgumentException if they are none, or name a replica that is not known
   */
  VersionVector vector(byte[] bytes, IntFunction<@Nullable ReplicaId> replicaOf) {
    if (Arrays.equals(bytes, lastBytes)) {
      return lastVector;
    }
    Map<ReplicaId, Long> entries = new TreeMap<>();
    int[] at = {0};
    while (at[0] < bytes.length) {
      int number = (int) read(bytes, at);
      ReplicaId replica = replicaOf.apply(number);
      if (replica == null) {
        throw new IllegalArgumentException("replica number " + number + " is not known");
      }
      entries.put(replica, read(bytes, at));
    }
    lastVector = VersionVector.of(entries);
    lastBytes = bytes;
    return lastVector;
  }

  private static long read(byte[] bytes, int[] at) {
    long number = 0;
    for (int shift = 0; shift < 64 && at[0] < bytes.length; shift += 7) {
      byte next = bytes[at[0]++];
      number |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new IllegalArgumentException("a vector of " + bytes.length + " bytes is cut short");
  }
}
