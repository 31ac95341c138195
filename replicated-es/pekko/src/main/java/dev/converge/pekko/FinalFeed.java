package dev.converge.pekko;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.fold.Folded;
import dev.converge.pekko.entity.Hosting;
import dev.converge.pekko.entity.Outcomes;
import dev.converge.pekko.feed.FeedCursor;
import dev.converge.pekko.feed.FinalRows;
import dev.converge.pekko.feed.FinalRows.FinalRow;
import dev.converge.pekko.peer.Keys;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * All final events of all entities in one order, which is the same at every node and never changes:
 * for projections, search indexes, data warehouses. Each event comes exactly once behind a cursor,
 * with its outcome for good. A cursor is valid at every node, and over restarts.
 *
 * <p>The order is that of (hybrid time, replica, log number), so within an entity that of its fold.
 * Events of types that are not hosted here are left out. An event that this node cannot read yet
 * holds the feed up, until the node is upgraded. Nothing is stored for the feed: the journal is the
 * feed, as far back as {@code retention} keeps it.
 *
 * <p>Thread-safe; nothing blocks. A page costs a read of its rows, and the fold of entities that
 * are not in memory; the first one after a start reads the times of all rows.
 */
public final class FinalFeed {
  private final Map<String, EntityType<?, ?, ?>> types;
  private final Hosting hosting;
  private final Outcomes outcomes;
  private final FinalRows rows;
  private final Executor blocking;

  /** Guarded by this. */
  private CompletableFuture<Void> moved = new CompletableFuture<>();

  /**
   * An event, and the cursor of whoever has read up to it.
   *
   * @param event with its outcome
   */
  public record FeedEvent(FeedCursor cursor, FinalEvent<?> event) {}

  /**
   * That an entity is erased: whoever keeps something of it is to forget it. Its events do not come
   * any more.
   *
   * @param before how many events of the page come before it
   */
  public record FeedErasure(FeedCursor cursor, int before, EntityKey entity, Erasure erasure) {}

  /**
   * A page.
   *
   * @param events in order
   * @param erasures in order
   * @param next where the next page begins
   * @param atEnd whether there was nothing more that is final
   * @param truncated whether older events than the first have left this journal; only told of a
   *     page from the start
   */
  public record Page(
      List<FeedEvent> events,
      List<FeedErasure> erasures,
      FeedCursor next,
      boolean atEnd,
      boolean truncated) {
    /** Copies the lists. */
    public Page {
      events = List.copyOf(events);
      erasures = List.copyOf(erasures);
    }

    /** A page without erasures. */
    public Page(List<FeedEvent> events, FeedCursor next, boolean atEnd, boolean truncated) {
      this(events, List.of(), next, atEnd, truncated);
    }
  }

  private record Wanted(FinalRow row, String key, EventRecord record) {
    Dot dot() {
      return record.dot();
    }
  }

  FinalFeed(NodeParts parts, Map<String, EntityType<?, ?, ?>> types, Hosting hosting) {
    this.types = types;
    this.hosting = hosting;
    this.outcomes = new Outcomes(hosting);
    this.rows = new FinalRows(parts.log(), parts.rows());
    this.blocking = hosting.blocking();
    parts.replicas().onFrontier(this::frontierMoved);
  }

  private void frontierMoved() {
    CompletableFuture<Void> before;
    synchronized (this) {
      before = moved;
      moved = new CompletableFuture<>();
    }
    if (before.getNumberOfDependents() > 0) {
      blocking.execute(() -> before.complete(null));
    }
  }

  /**
   * The next events behind a cursor; fewer than {@code limit} also where more follow.
   *
   * @param limit at most so many, at least 1
   * @return fails with {@link dev.converge.pekko.feed.FeedGoneException} if events behind the
   *     cursor have left the journal, with {@link EntityUnavailableException} if an entity cannot
   *     be read now
   */
  public CompletionStage<Page> page(FeedCursor from, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a page has at least 1 event, not " + limit);
    }
    // First what is final, then what is held: all that is final is held then.
    HybridTimestamp finalTime = hosting.frontier().finalTime();
    return CompletableFuture.supplyAsync(() -> rows.page(from, finalTime, limit), blocking)
        .thenCompose(
            page -> {
              List<Wanted> wanted = new ArrayList<>();
              for (FinalRow row : page) {
                LogEntry.Event event = (LogEntry.Event) row.row().entry();
                if (types.containsKey(Keys.typeOf(event.key()))) {
                  EventRecord record = EventRecordCodec.decode(event.encoded());
                  wanted.add(new Wanted(row, event.key(), record));
                }
              }
              boolean atEnd = page.size() < limit;
              FeedCursor last = page.isEmpty() ? from : page.get(page.size() - 1).cursor();
              return found(wanted).thenApply(found -> page(from, wanted, found, last, atEnd));
            });
  }

  private CompletionStage<Map<String, Map<Dot, ? extends Folded<?>>>> found(List<Wanted> wanted) {
    Map<String, List<Dot>> byKey = new LinkedHashMap<>();
    wanted.stream()
        .filter(one -> !Erased.shows(one.record()))
        .forEach(one -> byKey.computeIfAbsent(one.key(), k -> new ArrayList<>()).add(one.dot()));
    Map<String, Map<Dot, ? extends Folded<?>>> found = new HashMap<>();
    CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
    for (Map.Entry<String, List<Dot>> entity : byKey.entrySet()) {
      EntityType<?, ?, ?> type = types.get(Keys.typeOf(entity.getKey()));
      if (type != null) {
        all =
            all.thenCombine(
                outcomes.of(type, entity.getKey(), entity.getValue()),
                (done, outcome) -> {
                  synchronized (found) {
                    found.put(entity.getKey(), outcome);
                  }
                  return null;
                });
      }
    }
    return all.thenApply(done -> found);
  }

  private Page page(
      FeedCursor from,
      List<Wanted> wanted,
      Map<String, Map<Dot, ? extends Folded<?>>> found,
      FeedCursor last,
      boolean atEnd) {
    List<FeedEvent> events = new ArrayList<>();
    List<FeedErasure> erasures = new ArrayList<>();
    FeedCursor next = from;
    for (Wanted one : wanted) {
      Folded<?> outcome = found.getOrDefault(one.key(), Map.of()).get(one.dot());
      if (outcome != null && !outcome.isFinal()) {
        // It is held back by events that this node cannot read.
        return new Page(events, erasures, next, true, isTruncated(from));
      }
      next = one.row().cursor();
      if (Erased.isRecord(one.record())) {
        EntityKey entity = new EntityKey(Keys.typeOf(one.key()), Keys.idOf(one.key()));
        erasures.add(new FeedErasure(next, events.size(), entity, Erasure.of(one.record())));
      }
      if (outcome != null) {
        String type = Keys.typeOf(one.key());
        events.add(new FeedEvent(next, new FinalEvent<>(type, Keys.idOf(one.key()), outcome)));
      }
    }
    return new Page(events, erasures, last, atEnd, isTruncated(from));
  }

  private boolean isTruncated(FeedCursor from) {
    return from.last() == null && rows.isTruncated();
  }

  /** Where somebody begins who wants only what is final from now on. */
  public CompletionStage<FeedCursor> end() {
    HybridTimestamp finalTime = hosting.frontier().finalTime();
    return CompletableFuture.supplyAsync(() -> rows.end(finalTime), blocking);
  }

  /**
   * Completes when more may be final than at this call. To be asked for before the page that it is
   * to follow.
   */
  public synchronized CompletionStage<Void> moved() {
    return moved.minimalCompletionStage();
  }
}
