package dev.converge.pekko.wire;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.Map;
import java.util.TreeMap;

/** A version vector as {@code replica id -> sequence number} on the wire. */
public final class VectorForm {
  private VectorForm() {}

  /** The form of {@code vector}. */
  public static Map<String, Long> write(VersionVector vector) {
    Map<String, Long> form = new TreeMap<>();
    vector.entries().forEach((replica, sequence) -> form.put(replica.toString(), sequence));
    return form;
  }

  /**
   * The vector of {@code form}.
   *
   * @throws WireException if it is none
   */
  public static VersionVector read(Map<String, Long> form) {
    try {
      Map<ReplicaId, Long> entries = new TreeMap<>();
      form.forEach((replica, sequence) -> entries.put(ReplicaId.parse(replica), sequence));
      return VersionVector.of(entries);
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new WireException("not a version vector: " + e.getMessage(), e);
    }
  }
}
