package dev.converge.pekko.migration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Brings the events of ordinary persistent entities into replicated ones, entity by entity, page by
 * page. The old journal is only read; stop the old application first, or run the migration again
 * after it.
 *
 * <p>Each event has a name, made of its persistence id and sequence number. So the migration may be
 * run again, from the beginning or from where it stopped, and events count once. It may also be run
 * at two nodes, by mistake or because the first has died: of two copies the earlier counts, and
 * since each node gives growing times, those that count have the old order: the earliest copy of an
 * event is earlier than any copy of the next. But copies of two nodes are concurrent events, and an
 * entity whose resolver judges such may decide on them; so let one node migrate.
 *
 * <p>Single-threaded.
 *
 * @param <E> the replicated entity's events
 */
public final class Migration<E> {
  private static final int PAGE = 500;
  private static final int ENTITIES = 1_000;

  private final OldEvents from;
  private final Mapping<E> mapping;
  private final MigrationTarget<E> to;
  private final Duration patience;

  /**
   * What an old event becomes.
   *
   * @param <E> the replicated entity's events
   */
  public interface Mapping<E> {
    /**
     * The entity that an old one becomes, e.g. {@code 17} for {@code Cart|17}; empty: it is left
     * out.
     */
    Optional<String> id(String persistenceId);

    /**
     * The event that an old one becomes; empty: it is left out. Must give the same whenever it is
     * asked.
     */
    Optional<E> event(OldEvent old);

    /**
     * For old entities named by a type and a bar, as Pekko's {@code PersistenceId} makes them.
     *
     * @param type what stands before the bar
     */
    static Optional<String> idBehind(String type, String persistenceId) {
      return persistenceId.startsWith(type + "|") && persistenceId.length() > type.length() + 1
          ? Optional.of(persistenceId.substring(type.length() + 1))
          : Optional.empty();
    }
  }

  /**
   * How far it is.
   *
   * @param entities old entities looked at
   * @param read old events read
   * @param appended events that are new; the others were here already
   * @param leftOut old events that the mapping left out
   */
  public record Report(long entities, long read, long appended, long leftOut) {
    static final Report NOTHING = new Report(0, 0, 0, 0);

    Report plus(long moreRead, long moreAppended, long moreLeftOut) {
      return new Report(entities, read + moreRead, appended + moreAppended, leftOut + moreLeftOut);
    }

    Report plusEntity() {
      return new Report(entities + 1, read, appended, leftOut);
    }
  }

  /**
   * A migration.
   *
   * @param patience how long the target may take for a page
   */
  public Migration(OldEvents from, Mapping<E> mapping, MigrationTarget<E> to, Duration patience) {
    this.from = from;
    this.mapping = mapping;
    this.to = to;
    this.patience = patience;
  }

  /**
   * Migrates all entities whose persistence ids start with {@code prefix}, after those that are
   * done.
   *
   * @throws MigrationException if something fails; run it again
   * @throws InterruptedException if the thread is interrupted; run it again
   */
  public Report all(String prefix, MigrationProgress progress) throws InterruptedException {
    Report report = Report.NOTHING;
    String last = progress.doneUpTo();
    while (true) {
      List<String> ids = from.persistenceIds(prefix, last, ENTITIES);
      if (ids.isEmpty()) {
        return report;
      }
      for (String id : ids) {
        report = entity(id, report, progress);
        progress.done(id);
      }
      last = ids.get(ids.size() - 1);
    }
  }

  /**
   * Migrates one entity.
   *
   * @throws MigrationException as above
   * @throws InterruptedException as above
   */
  public Report one(String persistenceId) throws InterruptedException {
    return entity(persistenceId, Report.NOTHING, MigrationProgress.none());
  }

  private Report entity(String persistenceId, Report before, MigrationProgress progress)
      throws InterruptedException {
    Report report = before.plusEntity();
    Optional<String> id = mapping.id(persistenceId);
    if (id.isEmpty()) {
      return report;
    }
    long last = 0;
    while (true) {
      List<OldEvent> page = from.events(persistenceId, last, PAGE);
      if (page.isEmpty()) {
        return report;
      }
      List<MigratedEvent<E>> events = new ArrayList<>(page.size());
      for (OldEvent old : page) {
        map(old)
            .ifPresent(
                event ->
                    events.add(
                        new MigratedEvent<>(
                            MigratedEvent.nameOf(old.persistenceId(), old.sequence()),
                            old.writtenMillis(),
                            event)));
        last = old.sequence();
      }
      int appended = events.isEmpty() ? 0 : append(persistenceId, id.get(), events, last);
      report = report.plus(page.size(), appended, page.size() - events.size());
      progress.report(report);
    }
  }

  private Optional<E> map(OldEvent old) {
    try {
      return mapping.event(old);
    } catch (RuntimeException e) {
      throw new MigrationException(
          "the mapping fails for event " + old.sequence() + " of " + old.persistenceId() + ": " + e,
          e);
    }
  }

  private int append(String persistenceId, String id, List<MigratedEvent<E>> events, long last)
      throws InterruptedException {
    try {
      return to.append(id, events)
          .toCompletableFuture()
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new MigrationException(
          "events of "
              + persistenceId
              + " up to "
              + last
              + " could not be stored for entity '"
              + id
              + "': "
              + (e.getCause() == null ? e : e.getCause())
              + "; run the migration again",
          e);
    }
  }
}
