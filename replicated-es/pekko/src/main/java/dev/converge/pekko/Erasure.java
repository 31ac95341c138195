package dev.converge.pekko;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.EventRecord;

/**
 * That an entity is erased with its history, which is all that is kept of it. Where two nodes have
 * erased it at once, this is the first in the order of all events, the same at every node.
 *
 * @param dot of the record; its replica is where it was decided
 * @param time when
 * @param reason why, in the words of whoever decided it
 */
public record Erasure(Dot dot, HybridTimestamp time, String reason) {
  /** The most characters of a reason. */
  public static final int MAX_REASON = 500;

  /** What a record says. */
  public static Erasure of(EventRecord record) {
    return new Erasure(record.dot(), record.time(), Erased.reason(record));
  }

  /**
   * Checks a reason.
   *
   * @throws IllegalArgumentException if it is blank or too long
   */
  public static void checkReason(String reason) {
    if (reason.isBlank() || reason.length() > MAX_REASON) {
      throw new IllegalArgumentException(
          "the reason of an erasure has 1 to " + MAX_REASON + " characters, not all blank");
    }
  }
}
