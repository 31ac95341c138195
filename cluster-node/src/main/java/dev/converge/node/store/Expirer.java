package dev.converge.node.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the keys that nobody writes. Every node does; which is first differs from key to key, by
 * rendezvous hashing (Thaler, Ravishankar 1996), and the others leave it some time, so that mostly
 * one removes, and another if that one does not.
 */
final class Expirer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Expirer.class);
  private static final int MOST_AT_ONCE = 10_000;

  /** What was not counted for longer than this was a pause, in which others were not heard. */
  private static final long LONGEST_STEP_MILLIS = 2_000;

  private static final long LEAST_GRACE_MILLIS = 1_000;
  private static final long MOST_GRACE_MILLIS = 60_000;
  private static final long MOST_BETWEEN_STORES_MILLIS = 600_000;

  private final LocalStore store;
  private final Writer writer;
  private final List<String> others;
  private final @Nullable StoreDatabase database;
  private final LongSupplier millis;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "converge-store-expiry");
            thread.setDaemon(true);
            return thread;
          });

  private long lookedAt;
  private long storedAt;

  /**
   * For a store that has been loaded.
   *
   * @param database where it is kept; null for memory alone
   * @param millis steady milliseconds
   */
  Expirer(
      LocalStore store,
      Writer writer,
      Set<String> peers,
      @Nullable StoreDatabase database,
      LongSupplier millis) {
    this.store = store;
    this.writer = writer;
    this.others = new ArrayList<>(new TreeSet<>(peers));
    this.database = database;
    this.millis = millis;
    this.lookedAt = millis.getAsLong();
    this.storedAt = lookedAt;
  }

  /** Begins to look by itself. */
  void start() {
    long tick = Math.max(50, Math.min(1_000, store.idle().time(Math::min) / 20));
    timer.scheduleWithFixedDelay(this::tickSafely, tick, tick, TimeUnit.MILLISECONDS);
  }

  private void tickSafely() {
    try {
      tick();
    } catch (RuntimeException e) {
      LOG.error("keys could not be expired, will try again", e);
    }
  }

  /** Counts, removes what is idle, and stores what has changed. */
  synchronized void tick() {
    long now = millis.getAsLong();
    long passed = now - lookedAt;
    lookedAt = now;
    IdleKeys idle = store.idle();
    boolean isWhole = store.contact().isWhole(now);
    if (isWhole) {
      idle.countTo(idle.count() + Math.min(passed, LONGEST_STEP_MILLIS));
      for (IdleKeys.Idle one : idle.idle(this::grace, MOST_AT_ONCE)) {
        if (store.contact().isSure(Buckets.of(one.key()))) {
          store.expire(one.key(), writer, () -> idle.isIdle(one.key(), one.grace()));
        }
      }
    }
    long between = Math.min(MOST_BETWEEN_STORES_MILLIS, idle.time(Math::min) / 16);
    if (now - storedAt >= Math.max(1_000, between)) {
      storedAt = now;
      save();
    }
  }

  private void save() {
    if (database == null) {
      return;
    }
    IdleKeys idle = store.idle();
    long knownTo = database.nextNumber();
    long counted = idle.count();
    List<String> changed = idle.takeFresh();
    long oldest = counted - 2 * (idle.time(Math::max) + MOST_GRACE_MILLIS * (others.size() + 1));
    try {
      database.idle().write(counted, knownTo, changed, oldest);
    } catch (SQLException e) {
      idle.notStored(changed);
      LOG.warn("when keys were last written cannot be stored: {}", e.getMessage());
    }
  }

  /** Longer for each other node that comes first. */
  private long grace(String key, Duration after) {
    long own = weight(writer.replica().name(), key);
    long before = others.stream().filter(name -> weight(name, key) > own).count();
    long grace = Math.min(MOST_GRACE_MILLIS, Math.max(LEAST_GRACE_MILLIS, after.toMillis() / 10));
    return before * grace;
  }

  private static long weight(String name, String key) {
    return Digest.mix(name.hashCode() * 0x9E3779B97F4A7C15L + key.hashCode());
  }

  /** Removes nothing any more. */
  void stop() {
    timer.shutdown();
    try {
      if (!timer.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("the expiry of keys does not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops, and stores what has changed: to be called when all else is stored. */
  @Override
  public void close() {
    stop();
    synchronized (this) {
      save();
    }
  }
}
