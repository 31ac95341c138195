package dev.converge.engine.causal;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.List;

/**
 * What became of an event offered to a {@link CausalBuffer}.
 *
 * @param <E> the type of payloads
 */
public sealed interface Offered<E> {

  /**
   * The event is delivered, and with it what had waited for it.
   *
   * @param events in causal order, the offered one first
   * @param impossible waiting events that turned out to be malformed once their causes were known;
   *     dropped
   * @param <E> the type of payloads
   */
  record Delivered<E>(List<ReplicatedEvent<E>> events, List<Impossible<E>> impossible)
      implements Offered<E> {}

  /**
   * The event waits.
   *
   * @param missing one of the dots it waits for
   * @param <E> the type of payloads
   */
  record Waiting<E>(Dot missing) implements Offered<E> {}

  /**
   * The event is known already, delivered or waiting, with the same content.
   *
   * @param <E> the type of payloads
   */
  record Duplicate<E>() implements Offered<E> {}

  /**
   * Another event with the same dot is known. Neither is changed; both are the evidence.
   *
   * @param held the one known before
   * @param offered the one that came now
   * @param <E> the type of payloads
   */
  record Contradiction<E>(ReplicatedEvent<E> held, ReplicatedEvent<E> offered)
      implements Offered<E> {}

  /**
   * The event is not later than one it must follow, so no correct replica can have made it.
   *
   * @param event the event
   * @param cause the event it must follow
   * @param <E> the type of payloads
   */
  record Impossible<E>(ReplicatedEvent<E> event, ReplicatedEvent<E> cause) implements Offered<E> {}

  /**
   * The event would have to wait, and there is no room. It was not taken in; offer it again later.
   *
   * @param missing one of the dots it would wait for
   * @param <E> the type of payloads
   */
  record Full<E>(Dot missing) implements Offered<E> {}
}
