package dev.converge.engine.sync;

import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.causal.DotRange;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.List;

/**
 * What a peer lacks, or the next part of it.
 *
 * @param events in the total order, so each comes after all that it depends on
 * @param upTo what the peer holds once it has taken them in: the place to resume from
 * @param complete whether nothing that the peer lacks is left
 * @param fromJournal what the peer lacks and has left memory: it is to be read from the journal, or
 *     the peer starts from a checkpoint; there are no events then
 * @param <E> the type of payloads
 */
public record SyncBatch<E>(
    List<ReplicatedEvent<E>> events,
    VersionVector upTo,
    boolean complete,
    List<DotRange> fromJournal) {
  /** Whether there is nothing to send. */
  public boolean isEmpty() {
    return events.isEmpty();
  }
}
