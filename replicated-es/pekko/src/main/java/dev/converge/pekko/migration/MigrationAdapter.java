package dev.converge.pekko.migration;

import java.util.Optional;
import java.util.ServiceLoader;

/**
 * What the events of an old application become, for {@code ./converge migrate}: found by {@link
 * ServiceLoader} on the class path, by the name of the entity type. Has a constructor without
 * arguments.
 *
 * @param <E> the events of the replicated entity
 */
public interface MigrationAdapter<E> {
  /** The name of the entity type that old entities become. */
  String type();

  /**
   * The event that an old one becomes; empty: it is left out. Must give the same whenever it is
   * asked: a migration that was interrupted begins again.
   *
   * @param old its {@link OldEvent#event} is an {@link OldPayload}
   * @throws RuntimeException if it cannot be read; the migration stops there and says why
   */
  Optional<E> event(OldEvent old);

  /**
   * The id of the entity that an old one becomes; empty: it is left out.
   *
   * @param prefix what the migrated persistence ids start with, such as {@code Cart|}
   */
  default Optional<String> id(String persistenceId, String prefix) {
    return persistenceId.length() > prefix.length()
        ? Optional.of(persistenceId.substring(prefix.length()))
        : Optional.empty();
  }
}
