package dev.converge.engine.sync;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.TailNeeded;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done with a batch that came.
 *
 * @param toPersist fresh and deliverable, in causal order, with those that had waited for them:
 *     store them in this order, then confirm them
 * @param waiting taken into the causal buffer
 * @param duplicates known already
 * @param refused not taken in
 * @param tailNeeded null, unless an event of the batch needs more than is in memory: nothing of the
 *     batch is taken in then; restore from the journal, and admit it again
 * @param <E> the type of payloads
 */
public record AdmitResult<E>(
    List<ReplicatedEvent<E>> toPersist,
    List<Dot> waiting,
    List<Dot> duplicates,
    List<Refusal<E>> refused,
    @Nullable TailNeeded tailNeeded) {
  /** Nothing is taken in until the tail is there. */
  public static <E> AdmitResult<E> tailNeeded(TailNeeded needed) {
    return new AdmitResult<>(List.of(), List.of(), List.of(), List.of(), needed);
  }
}
