package dev.converge.pekko;

/**
 * A row of the entity's journal cannot be read: it was damaged on the disk. The entity does not
 * answer until it is repaired ({@link Entities#repair}); the others go on. The message names entity
 * and row.
 */
public final class EntityDamagedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with its message. */
  public EntityDamagedException(String message) {
    super(message, null, false, false);
  }
}
