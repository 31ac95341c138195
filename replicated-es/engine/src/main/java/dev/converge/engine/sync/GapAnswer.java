package dev.converge.engine.sync;

import dev.converge.engine.causal.DotRange;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.List;

/**
 * What fills gaps.
 *
 * @param events in the total order
 * @param complete whether that is all that is held of what was asked for
 * @param fromJournal what was asked for and has left memory: to be read from the journal
 * @param <E> the type of payloads
 */
public record GapAnswer<E>(
    List<ReplicatedEvent<E>> events, boolean complete, List<DotRange> fromJournal) {}
