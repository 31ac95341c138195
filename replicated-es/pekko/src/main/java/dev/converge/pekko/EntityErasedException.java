package dev.converge.pekko;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The entity is erased with its history, for good: it has no state any more, and takes no command
 * ({@link Entities#erase}).
 */
public final class EntityErasedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Erasure erasure;

  /**
   * An error that says which entity.
   *
   * @param erasure null while only erased rows have come here, and the record not yet
   */
  public EntityErasedException(String entity, @Nullable Erasure erasure) {
    super(
        entity
            + " is erased with its history"
            + (erasure == null
                ? ""
                : ", by " + erasure.dot().replica().name() + " at " + erasure.time()),
        null,
        false,
        false);
    this.erasure = erasure;
  }

  /** When, where and why; empty while the record of it has not come to this node. */
  public Optional<Erasure> erasure() {
    return Optional.ofNullable(erasure);
  }
}
