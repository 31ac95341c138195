package dev.converge.pekko.replay;

import java.util.List;

/**
 * The history of one entity.
 *
 * @param type the entity type's name
 * @param id the entity's id
 * @param rows its events, in any order
 */
public record History(String type, String id, List<HistoryRow> rows) {
  /** Copies the rows. */
  public History {
    rows = List.copyOf(rows);
  }
}
