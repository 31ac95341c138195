package dev.converge.multinode.history;

import java.util.List;

/**
 * One operation of one client.
 *
 * @param session the client's; one operation of a session follows the other
 * @param node who was asked
 * @param action what for
 * @param key of what
 * @param value the element that is added or removed, each added once in a history; the digest of
 *     all there is of the key, for a last read; else empty
 * @param level asked for
 * @param from when it began, in microseconds since the history did
 * @param to when it ended
 * @param outcome how
 * @param seen the elements in the answer, one that is there twice twice; of a history, the final
 *     events with their decisions, in order
 */
public record Operation(
    int session,
    String node,
    Action action,
    String key,
    String value,
    Level level,
    long from,
    long to,
    Outcome outcome,
    List<String> seen) {
  /** Copies. */
  public Operation {
    seen = List.copyOf(seen);
  }

  /** What an operation is for. */
  public enum Action {
    /** Adds an element. */
    ADD,
    /** Removes an element. */
    REMOVE,
    /** Reads the elements. */
    READ,
    /** Reads which events are final. */
    HISTORY,
    /** Reads all there is, after the last fault has ended and all replicas have had time. */
    LAST_READ
  }

  /** The consistency that was asked for. */
  public enum Level {
    /** What the one node has. */
    LOCAL,
    /** What the session has seen, at least. */
    SESSION,
    /** A majority of the nodes. */
    MAJORITY
  }

  /** What is known of it. */
  public enum Outcome {
    /** It was done, and acknowledged. */
    OK,
    /** It was refused. */
    REFUSED,
    /** Nobody knows. */
    UNKNOWN
  }

  /** Whether the key is one of the store, which the workload asks without a session's token. */
  public boolean isOfStore() {
    return key.startsWith("data/");
  }
}
