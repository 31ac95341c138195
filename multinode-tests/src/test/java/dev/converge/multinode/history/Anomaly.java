package dev.converge.multinode.history;

/**
 * A broken promise.
 *
 * @param kind which
 * @param what where it shows
 */
public record Anomaly(Kind kind, String what) {
  /** The promises, by how they are broken. */
  public enum Kind {
    /** Acknowledged, and gone. */
    LOST,
    /** There twice. */
    DOUBLED,
    /** There, and nobody added it, or its author was refused. */
    INVENTED,
    /** A session no longer sees what it saw, or what it wrote. */
    SESSION,
    /** A majority read does not see a majority-acknowledged write before it. */
    MAJORITY,
    /** What was final has another order or decision elsewhere, or later. */
    FINAL_CHANGED,
    /** Replicas differ at the end. */
    DIFFERENT,
    /** A replica was not read at the end. */
    UNREAD
  }
}
