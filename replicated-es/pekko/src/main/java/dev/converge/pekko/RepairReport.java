package dev.converge.pekko;

import java.util.List;

/**
 * What a repair of an entity did.
 *
 * @param type the entity's type
 * @param id the entity's id
 * @param checked how many rows were looked at
 * @param repaired the rows that were damaged and are whole again, each with the peer that it came
 *     from, in words
 * @param lost the damaged rows that nobody has, each with what is known of it, in words. If there
 *     is one, nothing was changed
 */
public record RepairReport(
    String type, String id, long checked, List<String> repaired, List<String> lost) {
  /** Copies the lists. */
  public RepairReport {
    repaired = List.copyOf(repaired);
    lost = List.copyOf(lost);
  }

  /** Whether the entity is whole. */
  public boolean isWhole() {
    return lost.isEmpty();
  }
}
