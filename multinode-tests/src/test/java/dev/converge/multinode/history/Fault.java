package dev.converge.multinode.history;

/**
 * Something that went wrong on purpose.
 *
 * @param kind such as {@code kill}
 * @param target such as {@code node-1}
 * @param from when it began, in microseconds since the history did
 * @param to when it was over
 */
public record Fault(String kind, String target, long from, long to) {
  /** The kind of a fault by which a node loses its memory. */
  public static final String KILL = "kill";

  /** The same in good order. */
  public static final String RESTART = "restart";

  /** Whether a node's memory is lost by it. */
  public boolean losesMemory() {
    return kind.equals(KILL) || kind.equals(RESTART);
  }
}
