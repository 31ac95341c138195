package dev.converge.pekko.entity;

import dev.converge.engine.event.ContentHash;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.Upcaster;
import dev.converge.pekko.snapshot.CheckpointForm;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LoggedEvent;
import dev.converge.pekko.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * How a type's payloads become bytes and back, in which versions. Immutable.
 *
 * @param <E> the events
 */
final class Schema<E> implements CheckpointForm.Payloads<E> {
  private final EntityType<?, E, ?> type;
  private final int version;

  /**
   * A row of the journal, read.
   *
   * @param event null if it is of a newer schema than this node knows
   */
  record Read<E>(EventRecord record, @Nullable ReplicatedEvent<E> event, LoggedEvent row) {}

  /**
   * The schema of a type.
   *
   * @param version the newest that this code knows, and the one that it writes
   */
  Schema(EntityType<?, E, ?> type, int version) {
    this.type = type;
    this.version = version;
  }

  @Override
  public int schemaVersion() {
    return version;
  }

  @Override
  public byte[] encode(E payload) {
    return type.events().encode(payload);
  }

  @Override
  public E decode(byte[] bytes, int from) {
    byte[] present = bytes;
    for (int step = from; step < version; step++) {
      Upcaster upcaster = type.upcasters().get(step);
      if (upcaster != null) {
        present = upcaster.upcast(present);
      }
    }
    return type.events().decode(present);
  }

  /**
   * A row, with its hash checked.
   *
   * @param entity names the entity in errors
   * @throws UnreadableException if it is not what was written
   */
  Read<E> read(String entity, LoggedEvent row) {
    try {
      EventRecord record = row.record();
      ContentHash hash = ContentHash.ofBytes(record.hash());
      OriginId origin = record.originId() == null ? null : new OriginId(record.originId());
      if (!row.matchesHash()
          && !hash.equals(
              ContentHash.of(
                  record.dot(),
                  record.time(),
                  record.context(),
                  record.schemaVersion(),
                  origin,
                  record.payload()))) {
        throw new WireException("event " + record.dot() + " does not match its hash", null);
      }
      if (record.schemaVersion() > version) {
        return new Read<>(record, null, row);
      }
      ReplicatedEvent<E> event =
          new ReplicatedEvent<>(
              record.dot(),
              record.time(),
              record.context(),
              record.schemaVersion(),
              origin,
              hash,
              decode(record.payload(), record.schemaVersion()));
      return new Read<>(record, event, row);
    } catch (WireException | IllegalArgumentException e) {
      throw new UnreadableException(
          row.where() + " of " + entity + " cannot be read: " + e.getMessage(), e);
    }
  }
}
