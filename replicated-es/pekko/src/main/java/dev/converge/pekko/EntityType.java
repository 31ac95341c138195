package dev.converge.pekko;

import dev.converge.pekko.peer.Keys;
import java.util.Objects;
import java.util.function.Function;

/**
 * A kind of replicated entity: its name, how its events are written, and how one is made.
 *
 * @param name part of every key and of the journal, 1 to 64 characters of {@code [A-Za-z0-9._-]};
 *     never change it
 * @param events how events become bytes
 * @param factory makes the entity of an id
 * @param <C> commands
 * @param <E> events
 * @param <S> states
 */
public record EntityType<C, E, S>(
    String name, EventCodec<E> events, Function<String, ReplicatedEntity<C, E, S>> factory) {
  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it cannot be one
   */
  public EntityType {
    if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "an entity type's name has 1 to 64 characters of [A-Za-z0-9._-], not '" + name + "'");
    }
    Objects.requireNonNull(events, "events");
    Objects.requireNonNull(factory, "factory");
  }

  /** A type whose events are CBOR by Jackson; see {@link EventCodec#cbor}. */
  public static <C, E, S> EntityType<C, E, S> of(
      String name, Class<E> events, Function<String, ReplicatedEntity<C, E, S>> factory) {
    return new EntityType<>(name, EventCodec.cbor(events), factory);
  }

  /** The persistence id, and the key in the index, of {@code id}. */
  public String key(String id) {
    return Keys.key(name, id);
  }
}
