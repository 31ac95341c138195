package dev.converge.engine.sync;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.List;

/**
 * What is to be done with a batch that came.
 *
 * @param toPersist fresh and deliverable, in causal order, with those that had waited for them:
 *     store them in this order, then confirm them
 * @param waiting taken into the causal buffer
 * @param duplicates known already
 * @param refused not taken in
 * @param <E> the type of payloads
 */
public record AdmitResult<E>(
    List<ReplicatedEvent<E>> toPersist,
    List<Dot> waiting,
    List<Dot> duplicates,
    List<Refusal<E>> refused) {}
