package dev.converge.engine.conflict;

/** What becomes of a deletion and an update that do not know of each other. */
public enum DeletePolicy {
  /**
   * The deletion stands. The update is discarded, or, if it comes before the deletion, deleted with
   * the rest.
   */
  DELETE_WINS,
  /**
   * The update stands. A deletion that comes after it is discarded; an update that comes after the
   * deletion goes on with what was deleted, so the handler must still have it: keep each thing as a
   * {@code Deletable}, whose deletion is a mark.
   */
  UPDATE_WINS
}
