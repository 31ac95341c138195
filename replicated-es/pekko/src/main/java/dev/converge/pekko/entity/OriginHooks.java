package dev.converge.pekko.entity;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.fold.Folded;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.EntityUnavailableException;
import dev.converge.pekko.FinalEvent;
import dev.converge.pekko.FinalHook;
import dev.converge.pekko.peer.Keys;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the hooks for the events of one origin's log, once they are final. Up to where that is done
 * is kept in the database; behind that events stay in their entities' memory, so that what became
 * of them is at hand. Thread-safe.
 */
final class OriginHooks {
  private static final Logger LOG = LoggerFactory.getLogger(OriginHooks.class);
  private static final int MAX_RUNNING = 32;
  private static final int PAGE = 500;
  private static final long PAGE_BYTES = 1L << 20;

  private final Hosting hosting;
  private final ReplicaId origin;
  private final String state;

  /** Guarded by this. */
  private final HookQueue queue;

  /** By event; guarded by this. */
  private final Map<String, String> failures = new LinkedHashMap<>();

  private int running;
  private boolean scanning;
  private boolean saving;
  private volatile long saved;

  /**
   * Hooks for an origin.
   *
   * @param state the name under which the database knows up to where it is done
   * @param doneUpTo where it is
   */
  OriginHooks(Hosting hosting, ReplicaId origin, String state, long doneUpTo) {
    this.hosting = hosting;
    this.origin = origin;
    this.state = state;
    this.queue = new HookQueue(doneUpTo);
    this.saved = doneUpTo;
  }

  /** What {@link #save} stored. */
  static @Nullable Long read(Optional<byte[]> stored) {
    return stored.isPresent() && stored.get().length == Long.BYTES
        ? ByteBuffer.wrap(stored.get()).getLong()
        : null;
  }

  static byte[] write(long doneUpTo) {
    return ByteBuffer.allocate(Long.BYTES).putLong(doneUpTo).array();
  }

  /** Up to where it is done, durably. */
  long doneUpTo() {
    return saved;
  }

  synchronized int waiting() {
    return queue.waiting();
  }

  synchronized Map<String, String> failures() {
    return new LinkedHashMap<>(failures);
  }

  /** A row of the origin was committed; they come in the order of its log. */
  synchronized void committed(LogRow row) {
    if (row.lsn() == queue.scanned() + 1 && queue.hasRoom()) {
      scan(row);
    }
  }

  private void scan(LogRow row) {
    try {
      if (row.entry() instanceof LogEntry.Event event && hook(event.key()) != null) {
        EventRecord record = event.record();
        queue.add(new HookQueue.Entry(row.lsn(), event.key(), record.dot(), record.time()));
      }
    } catch (WireException e) {
      LOG.error("row {} of {} cannot be read; its hook is not called", row.lsn(), origin, e);
    }
    queue.pass(row.lsn());
  }

  private @Nullable FinalHook<?> hook(String key) {
    EntityType<?, ?, ?> type = hosting.types().get(Keys.typeOf(key));
    return type == null ? null : type.finalHook();
  }

  /** Goes on with what can be done now. */
  void turn() {
    List<HookQueue.Entry> due;
    synchronized (this) {
      long held = hosting.log().held().get(origin);
      if (!scanning && queue.hasRoom() && queue.scanned() < held) {
        scanning = true;
        long after = queue.scanned();
        CompletableFuture.supplyAsync(
                () -> hosting.log().log(origin, after, PAGE, PAGE_BYTES), hosting.blocking())
            .whenComplete((page, error) -> scanned(page, error, held));
      }
      due = queue.begin(hosting.frontier().finalTime(), hosting.nanoTime(), MAX_RUNNING - running);
      running += due.size();
    }
    due.forEach(entry -> call(entry).whenComplete((done, error) -> ended(entry, error)));
  }

  private void scanned(@Nullable List<LogRow> page, @Nullable Throwable error, long held) {
    synchronized (this) {
      scanning = false;
      if (page == null || error != null) {
        return; // the next turn tries again
      }
      for (LogRow row : page) {
        if (queue.hasRoom() && row.lsn() > queue.scanned()) {
          scan(row);
        }
      }
      if (page.isEmpty()) {
        queue.pass(held);
      }
    }
    hosting.executor().execute(this::turn);
  }

  private CompletionStage<?> call(HookQueue.Entry entry) {
    EntityType<?, ?, ?> type = hosting.types().get(Keys.typeOf(entry.key()));
    if (type == null) {
      return CompletableFuture.completedFuture(entry);
    }
    return call(type, entry);
  }

  @SuppressWarnings("unchecked") // the entity is of that type
  private <E> CompletionStage<?> call(EntityType<?, E, ?> type, HookQueue.Entry entry) {
    CompletableFuture<Optional<Folded<E>>> found = new CompletableFuture<>();
    hosting.give(
        entry.key(),
        new EntityMsg.Look<>(
            live -> (Optional<Folded<E>>) (Optional<?>) live.event(entry.dot()), found));
    return found
        .thenCompose(
            folded ->
                folded.isPresent()
                    ? CompletableFuture.completedFuture(folded)
                    : CompletableFuture.supplyAsync(() -> old(type, entry), hosting.blocking()))
        .thenCompose(folded -> call(type, entry, folded.orElse(null)));
  }

  private <E> CompletionStage<?> call(
      EntityType<?, E, ?> type, HookQueue.Entry entry, @Nullable Folded<E> folded) {
    FinalHook<E> hook = type.finalHook();
    if (folded == null || hook == null) {
      LOG.warn("event {} of {} is not in the journal any more", entry.dot(), entry.key());
      return CompletableFuture.completedFuture(entry);
    }
    if (!folded.isFinal()) {
      return CompletableFuture.failedFuture(
          new EntityUnavailableException(
              "it is held back by events that this node cannot read", null));
    }
    return hook.onFinal(new FinalEvent<>(type.name(), Keys.idOf(entry.key()), folded));
  }

  /** An event that has left memory, from a fold of the whole journal. */
  private <C, E, S> Optional<Folded<E>> old(EntityType<C, E, S> type, HookQueue.Entry entry) {
    return hosting.everything(type, entry.key()).replica().eventByDot(entry.dot());
  }

  private void ended(HookQueue.Entry entry, @Nullable Throwable failure) {
    // Of an erased entity there is nothing to tell.
    Throwable error = hosting.isErased(entry.key()) ? null : failure;
    String name = Hosting.shown(entry.key()) + " " + entry.dot();
    synchronized (this) {
      running--;
      if (error == null) {
        queue.done(entry.lsn());
        failures.remove(name);
      } else {
        queue.failed(entry.lsn(), hosting.nanoTime());
        if (failures.size() < 100 || failures.containsKey(name)) {
          failures.put(name, String.valueOf(error.getMessage()));
        }
      }
    }
    if (error != null) {
      LOG.warn("the hook of event {} failed and is called again: {}", name, error.toString());
    }
    hosting.executor().execute(this::turn);
  }

  /**
   * Stores up to where it is done, if that has moved.
   *
   * @param moved run when it is stored
   */
  void save(Runnable moved) {
    long doneUpTo;
    synchronized (this) {
      doneUpTo = queue.doneUpTo();
      if (saving || doneUpTo <= saved) {
        return;
      }
      saving = true;
    }
    hosting
        .log()
        .putState(state, write(doneUpTo))
        .whenComplete(
            (done, error) -> {
              synchronized (this) {
                saving = false;
                saved = error == null ? doneUpTo : saved;
              }
              if (error == null) {
                moved.run();
              }
            });
  }
}
