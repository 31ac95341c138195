package dev.converge.engine.event;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One event of one entity, as it is stored and sent.
 *
 * <p>Immutable and thread-safe if the payload is.
 *
 * @param dot its unique name within the entity
 * @param time when it was made, by its replica's hybrid logical clock; later than every event in
 *     {@code context} and every earlier event of its replica
 * @param context what it depends on, without itself: the events that its author had seen and took
 *     into account. It need not contain all earlier events of its own replica
 * @param schemaVersion the version of the payload's form, from 1
 * @param originId the name of the request behind it, if it has one
 * @param hash over all other parts; the payload as bytes
 * @param payload what happened
 * @param <E> the type of payloads
 */
public record ReplicatedEvent<E>(
    Dot dot,
    HybridTimestamp time,
    CausalContext context,
    int schemaVersion,
    @Nullable OriginId originId,
    ContentHash hash,
    E payload) {

  /**
   * The total order in which events are folded: by time, then replica id, then sequence number. It
   * extends causality, as time grows along it.
   */
  public static final Comparator<ReplicatedEvent<?>> TOTAL_ORDER =
      (a, b) -> {
        int byTime = a.time.compareTo(b.time);
        return byTime != 0 ? byTime : a.dot.compareTo(b.dot);
      };

  /**
   * Checks what an event alone can show.
   *
   * @throws IllegalArgumentException if the schema version is below 1, or the event depends on
   *     itself or on a later event of its own replica
   */
  public ReplicatedEvent {
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(hash, "hash");
    Objects.requireNonNull(payload, "payload");
    if (schemaVersion < 1) {
      throw new IllegalArgumentException(
          "event " + dot + ": a schema version starts at 1, not " + schemaVersion);
    }
    if (context.next(dot.replica()).sequence() > dot.sequence()) {
      throw new IllegalArgumentException(
          "event " + dot + " depends on itself or on a later event of its replica: " + context);
    }
  }

  /**
   * An event with the hash that belongs to it.
   *
   * @param payloadBytes the payload as it is stored and sent
   */
  public static <E> ReplicatedEvent<E> of(
      Dot dot,
      HybridTimestamp time,
      CausalContext context,
      int schemaVersion,
      @Nullable OriginId originId,
      E payload,
      byte[] payloadBytes) {
    return new ReplicatedEvent<>(
        dot,
        time,
        context,
        schemaVersion,
        originId,
        ContentHash.of(dot, time, context, schemaVersion, originId, payloadBytes),
        payload);
  }

  /** The replica that made the event. */
  public ReplicaId replica() {
    return dot.replica();
  }

  /** Whether this event's author had seen {@code other}. */
  public boolean dependsOn(ReplicatedEvent<?> other) {
    return context.contains(other.dot);
  }

  /** Whether neither event's author had seen the other: decided by the contexts alone. */
  public boolean concurrentWith(ReplicatedEvent<?> other) {
    return !dot.equals(other.dot) && !dependsOn(other) && !other.dependsOn(this);
  }

  /**
   * Whether the hash belongs to these parts. Whoever receives an event checks this, then decodes
   * the payload.
   *
   * @param payloadBytes the payload as it came
   */
  public boolean hasContent(byte[] payloadBytes) {
    return hash.equals(ContentHash.of(dot, time, context, schemaVersion, originId, payloadBytes));
  }
}
