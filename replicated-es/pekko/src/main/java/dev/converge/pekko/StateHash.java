package dev.converge.pekko;

import dev.converge.crdt.clock.VersionVector;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an entity's state comes to at one replica, to be compared with others: of two replicas with
 * equal versions, the states must be equal. Immutable by agreement: nobody writes into the array.
 *
 * @param version the events that are in the state
 * @param hash SHA-256 over the version and the state's canonical bytes
 * @param codecVersion the version of the state's form: hashes of different ones say nothing
 */
@SuppressWarnings("ArrayRecordComponent") // with equals of its own
public record StateHash(VersionVector version, byte[] hash, int codecVersion) {
  /** Whether both can be compared, and differ. */
  public boolean contradicts(StateHash other) {
    return version.equals(other.version)
        && codecVersion == other.codecVersion
        && !Arrays.equals(hash, other.hash);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof StateHash other
        && version.equals(other.version)
        && codecVersion == other.codecVersion
        && Arrays.equals(hash, other.hash);
  }

  @Override
  public int hashCode() {
    return Objects.hash(version, codecVersion, Arrays.hashCode(hash));
  }

  /** The hash in hexadecimal, and what it is of. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(hash) + " of " + version;
  }
}
