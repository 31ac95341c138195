package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.node.store.StoreMessage.Part;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that saves what changes in a store: all that has come during one transaction goes into
 * the next. What cannot be saved stays in memory, is tried again, and leaves the node only then.
 */
final class Saver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Saver.class);
  private static final long RETRY_MILLIS = 1_000;
  private static final long CLOSE_MILLIS = 10_000;

  private final LocalStore store;
  private final StoreDatabase database;
  private final Consumer<List<Part>> tell;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean isWoken;
  private volatile boolean isClosing;

  /**
   * Starts.
   *
   * @param name of the node
   * @param tell is told of writes of this node when they are saved
   */
  Saver(LocalStore store, StoreDatabase database, String name, Consumer<List<Part>> tell) {
    this.store = store;
    this.database = database;
    this.tell = tell;
    this.thread = new Thread(this::run, "converge-store-saver-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** There is something to save. Cheap if that is known. */
  void wake() {
    if (!isWoken) {
      lock.lock();
      try {
        isWoken = true;
        woken.signal();
      } finally {
        lock.unlock();
      }
    }
  }

  private void run() {
    boolean isFine = true;
    while (true) {
      boolean isLast = isClosing;
      if (isFine) {
        await();
      }
      isWoken = false;
      List<LocalStore.Taken> taken = store.takeChanged();
      isFine = taken.isEmpty() || save(taken);
      if (isLast) {
        return;
      }
    }
  }

  private void await() {
    lock.lock();
    try {
      while (!isWoken && !isClosing) {
        woken.await();
      }
    } catch (InterruptedException e) {
      isClosing = true;
    } finally {
      lock.unlock();
    }
  }

  private boolean save(List<LocalStore.Taken> taken) {
    List<StoreDatabase.Change> changes = new ArrayList<>(taken.size());
    List<Part> own = new ArrayList<>();
    for (LocalStore.Taken each : taken) {
      List<byte[]> deltas = new ArrayList<>(2);
      ORMap<String, Variant> mine = each.unsaved().own();
      if (mine != null) {
        byte[] bytes = BucketCodec.encode(mine);
        deltas.add(bytes);
        own.add(new Part(each.bucket(), each.unsaved().base(), ByteString.fromArrayUnsafe(bytes)));
      }
      ORMap<String, Variant> other = each.unsaved().other();
      if (other != null) {
        deltas.add(BucketCodec.encode(other));
      }
      changes.add(new StoreDatabase.Change(each, deltas));
    }
    try {
      database.write(changes);
    } catch (SQLException | RuntimeException e) {
      LOG.error("The store cannot be saved, will try again: {}", e.toString());
      store.notSaved(taken);
      pause();
      return false;
    }
    taken.forEach(each -> store.bucket(each.bucket()).saved(each.unsaved()));
    if (!own.isEmpty()) {
      tell.accept(own);
    }
    return true;
  }

  private void pause() {
    try {
      boolean unused = closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      isClosing = true;
    }
  }

  /** Saves what is left, once, and ends. */
  void stop() {
    closing.countDown();
    lock.lock();
    try {
      isClosing = true;
      woken.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops, and closes the database. */
  @Override
  public void close() {
    stop();
    database.close();
  }
}
