package dev.converge.engine.sync;

import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.causal.DotRange;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.List;

/**
 * What two replicas say to each other about one entity. Every message may be lost, doubled, late or
 * out of order.
 *
 * @param <E> the type of payloads
 */
public sealed interface SyncMessage<E> {
  /**
   * What the sender holds. The receiver sends what is lacking.
   *
   * @param held the dots
   * @param mutual whether the receiver is to say in turn what it holds, if the sender has more
   * @param <E> the type of payloads
   */
  record Digest<E>(VersionVector held, boolean mutual) implements SyncMessage<E> {}

  /**
   * A part of what the receiver lacks.
   *
   * @param events in the total order
   * @param <E> the type of payloads
   */
  record Events<E>(List<ReplicatedEvent<E>> events) implements SyncMessage<E> {
    /** Copies the events. */
    public Events {
      events = List.copyOf(events);
    }
  }

  /**
   * The sender has stored and applied all of this: send more.
   *
   * @param held the dots
   * @param <E> the type of payloads
   */
  record Acknowledgement<E>(VersionVector held) implements SyncMessage<E> {}

  /**
   * The sender holds events that wait for these.
   *
   * @param gaps what is missing
   * @param <E> the type of payloads
   */
  record GapRequest<E>(List<DotRange> gaps) implements SyncMessage<E> {
    /** Copies the ranges. */
    public GapRequest {
      gaps = List.copyOf(gaps);
    }
  }
}
