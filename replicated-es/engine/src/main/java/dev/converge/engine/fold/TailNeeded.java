package dev.converge.engine.fold;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;

/**
 * An event that cannot be judged with what is in memory: its author had not seen an event that was
 * dropped, or its place is before one that was released. The fold has to start from an older
 * checkpoint for it, and take in the events after that again from the journal.
 *
 * @param dot the event
 * @param time its time
 * @param context what it counts as seen
 */
public record TailNeeded(Dot dot, HybridTimestamp time, CausalContext context) {
  /** Whether a fold that starts from {@code checkpoint} can take in the event. */
  public boolean isMetBy(FoldCheckpoint<?, ?> checkpoint) {
    return checkpoint.serves(time, dot, context, VersionVector.empty());
  }
}
