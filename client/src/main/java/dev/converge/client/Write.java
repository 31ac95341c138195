package dev.converge.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a write is to be done. Immutable.
 *
 * @param level who has it before the answer
 * @param idempotencyKey names the request; null: a new name
 */
public record Write(String level, @Nullable String idempotencyKey) {
  /** The node that is asked. */
  public static final Write LOCAL = new Write("local", null);

  /** A majority of the replicas. */
  public static final Write MAJORITY = new Write("majority", null);

  /** So many replicas; of entities only. */
  public static Write replicas(int count) {
    return new Write(Integer.toString(count), null);
  }

  /**
   * As the request of that name: however often, and to whichever nodes, it is sent, an entity
   * counts it once. By default each call is a request of its own.
   *
   * @param name 1 to 256 characters
   */
  public Write key(String name) {
    return new Write(level, name);
  }

  Optional<String> key() {
    return Optional.ofNullable(idempotencyKey);
  }
}
