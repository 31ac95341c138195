package dev.converge.engine.replica;

import dev.converge.engine.causal.DotRange;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.TailNeeded;
import dev.converge.engine.sync.Refusal;
import dev.converge.engine.sync.SyncMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one side of a sync is to do next.
 *
 * @param send to the peer, in this order
 * @param toPersist store these in this order, then call {@link SyncSession#stored}
 * @param refused events of the peer's that were not taken in, with the reason
 * @param fromJournal what the peer lacks and is not in memory: read it and send it as {@link
 *     SyncMessage.Events}, in the total order
 * @param tailNeeded null, unless the message was not taken in because an event needs what has left
 *     memory: {@link EntityReplica#restore}, then give it again
 * @param <E> the type of payloads
 */
public record SyncStep<E>(
    List<SyncMessage<E>> send,
    List<ReplicatedEvent<E>> toPersist,
    List<Refusal<E>> refused,
    List<DotRange> fromJournal,
    @Nullable TailNeeded tailNeeded) {

  /** Copies the lists. */
  public SyncStep {
    send = List.copyOf(send);
    toPersist = List.copyOf(toPersist);
    refused = List.copyOf(refused);
    fromJournal = List.copyOf(fromJournal);
  }

  static <E> SyncStep<E> send(List<SyncMessage<E>> messages, List<DotRange> fromJournal) {
    return new SyncStep<>(messages, List.of(), List.of(), fromJournal, null);
  }
}
