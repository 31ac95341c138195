package dev.converge.engine.replica;

import dev.converge.engine.fold.TailNeeded;

/**
 * An event cannot be taken in with what is in memory: {@link EntityReplica#restore} first. With a
 * context of a client's own, ask {@link EntityReplica#needsTail} before minting.
 */
public final class TailNeededException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient TailNeeded needed;

  TailNeededException(TailNeeded needed) {
    super(
        "event "
            + needed.dot()
            + ", which follows "
            + needed.context()
            + ", may meet events that have left memory: restore the entity from an older"
            + " checkpoint and the journal first");
    this.needed = needed;
  }

  /** What an older checkpoint must serve. */
  public TailNeeded needed() {
    return needed;
  }
}
