package dev.converge.pekko;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.converge.pekko.peer.Keys;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A kind of replicated entity: its name, how its events and states are written, and how one is
 * made.
 *
 * @param name part of every key and of the journal, 1 to 64 characters of {@code [A-Za-z0-9._-]};
 *     never change it
 * @param events how events become bytes
 * @param states how states become bytes; null: no checkpoints are stored, so an entity reads its
 *     whole journal when it wakes, and states are not compared between replicas
 * @param upcasters for a schema version, what brings a payload to the next; where there is none,
 *     the next version reads payloads as they are
 * @param finalHook called with each event that has become final, or null
 * @param escalates whether conflicts of this type may be handed to persons: then entities are woken
 *     to look for conflicts when others' events have come
 * @param factory makes the entity of an id
 * @param <C> commands
 * @param <E> events
 * @param <S> states
 */
public record EntityType<C, E, S>(
    String name,
    EventCodec<E> events,
    @Nullable StateCodec<S> states,
    SortedMap<Integer, Upcaster> upcasters,
    @Nullable FinalHook<E> finalHook,
    boolean escalates,
    Function<String, ReplicatedEntity<C, E, S>> factory) {
  /**
   * Checks the name and copies the upcasters.
   *
   * @throws IllegalArgumentException if the name cannot be one, or an upcaster starts below version
   *     1
   */
  public EntityType {
    if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "an entity type's name has 1 to 64 characters of [A-Za-z0-9._-], not '" + name + "'");
    }
    Objects.requireNonNull(events, "events");
    Objects.requireNonNull(factory, "factory");
    upcasters = Collections.unmodifiableSortedMap(new TreeMap<>(upcasters));
    if (!upcasters.isEmpty() && upcasters.firstKey() < 1) {
      throw new IllegalArgumentException(
          "schema versions start at 1, an upcaster of " + name + " at " + upcasters.firstKey());
    }
  }

  /** A type with a codec for events, and nothing else yet. */
  public EntityType(
      String name, EventCodec<E> events, Function<String, ReplicatedEntity<C, E, S>> factory) {
    this(name, events, null, new TreeMap<>(), null, false, factory);
  }

  /** A type whose events are CBOR by Jackson; see {@link EventCodec#cbor}. */
  public static <C, E, S> EntityType<C, E, S> of(
      String name, Class<E> events, Function<String, ReplicatedEntity<C, E, S>> factory) {
    return new EntityType<>(name, EventCodec.cbor(events), factory);
  }

  /** With checkpoints of states that {@code codec} writes. */
  public EntityType<C, E, S> withStates(StateCodec<S> codec) {
    return new EntityType<>(name, events, codec, upcasters, finalHook, escalates, factory);
  }

  /** With checkpoints, states as CBOR by Jackson; see {@link StateCodec#cbor(Class)}. */
  public EntityType<C, E, S> withStates(Class<S> states) {
    return withStates(StateCodec.cbor(states));
  }

  /** With checkpoints, states of a generic type as CBOR by Jackson. */
  public EntityType<C, E, S> withStates(TypeReference<S> states) {
    return withStates(StateCodec.cbor(states));
  }

  /**
   * With what brings payloads of schema version {@code from} to the next one. The version that is
   * written is the entity's {@link ReplicatedEntity#schemaVersion}.
   */
  public EntityType<C, E, S> withUpcaster(int from, Upcaster upcaster) {
    TreeMap<Integer, Upcaster> more = new TreeMap<>(upcasters);
    more.put(from, upcaster);
    return new EntityType<>(name, events, states, more, finalHook, escalates, factory);
  }

  /** With something to do when an event has become final. */
  public EntityType<C, E, S> withFinalHook(FinalHook<E> hook) {
    return new EntityType<>(name, events, states, upcasters, hook, escalates, factory);
  }

  /** With conflicts that may be handed to persons, and are looked for. */
  public EntityType<C, E, S> withEscalation() {
    return new EntityType<>(name, events, states, upcasters, finalHook, true, factory);
  }

  /** The persistence id, and the key in the index, of {@code id}. */
  public String key(String id) {
    return Keys.key(name, id);
  }
}
