package dev.converge.pekko.migration;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.event.OriginId;

/**
 * An event to be made an own one.
 *
 * @param request its name; an event whose name has counted already must not be made again
 * @param writtenMillis when the old one was written, in milliseconds since the epoch; 0 if that is
 *     not known
 * @param event the event
 * @param <E> the replicated entity's events
 */
public record MigratedEvent<E>(OriginId request, long writtenMillis, E event) {
  /** What the names of all migrated events begin with. */
  static final String NAMED = "migrated:";

  /**
   * The time that the event gets: when the old one was written, if that is later than everything
   * that it must be younger than, else the present.
   *
   * <p>An old event's own time keeps the history readable, and puts it before what is written from
   * now on. But a replica that has promised to write nothing as old cannot give it any more; then
   * the order among the migrated events is kept and their times are those of the migration. So
   * migrate before the first start of a replica that is to keep the times.
   *
   * @param floor the newest of what the replica has promised, of the events that the entity holds,
   *     and of the times given to migrated events before this one
   * @param now a fresh reading of the replica's clock, later than {@code floor}
   */
  public HybridTimestamp time(HybridTimestamp floor, HybridTimestamp now) {
    if (writtenMillis > floor.millis() && writtenMillis <= now.millis()) {
      return new HybridTimestamp(writtenMillis, 0);
    }
    boolean sameMoment = writtenMillis == floor.millis() && writtenMillis > 0;
    return sameMoment && floor.next().compareTo(now) < 0 ? floor.next() : now;
  }

  /** The name of an old event; long persistence ids are shortened by their hash. */
  static OriginId nameOf(String persistenceId, long sequence) {
    String name = NAMED + persistenceId + ":" + sequence;
    return new OriginId(
        name.length() <= OriginId.MAX_LENGTH
            ? name
            : NAMED + Digests.sha256(persistenceId) + ":" + sequence);
  }
}
