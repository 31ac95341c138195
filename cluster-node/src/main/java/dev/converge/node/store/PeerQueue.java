package dev.converge.node.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What is to be pushed to one peer. At most one batch is under way, so a slow peer gets fewer and
 * larger ones; while it is away, what nobody waits for is dropped, and anti-entropy repairs it.
 * Time is an argument. Not thread-safe.
 */
final class PeerQueue {
  /** A batch is closed when it has this many bytes. */
  static final int BATCH_BYTES = 512 << 10;

  /** More than this is not kept for a peer, whoever waits for it. */
  static final int MAX_BYTES = 8 << 20;

  /** A batch that is not confirmed in this time is taken for lost. */
  static final long LOST_AFTER_MILLIS = 1_000;

  private static final int MAX_PARTS = 1_000;

  /**
   * A delta to push.
   *
   * @param bucket of which bucket
   * @param base see {@link StoreMessage.Part}
   * @param delta the delta
   * @param waiting who waits for it to arrive
   */
  record Item(int bucket, long base, ByteString delta, @Nullable Quorum waiting) {
    boolean isAwaited() {
      return waiting != null && !waiting.done().isDone();
    }
  }

  /**
   * What goes out as one message.
   *
   * @param number of the batch
   * @param items what is in it
   */
  record Batch(long number, List<Item> items) {
    boolean isAwaited() {
      return items.stream().anyMatch(Item::isAwaited);
    }
  }

  private final Deque<Item> queue = new ArrayDeque<>();
  private long queuedBytes;
  private @Nullable Batch underWay;
  private long sentAt;
  private long lastNumber;

  /** Adds an item, unless there are too many. */
  void offer(Item item) {
    if (queuedBytes + item.delta().size() <= MAX_BYTES) {
      queue.add(item);
      queuedBytes += item.delta().size();
    }
  }

  /** Adds an item; what to send now. */
  Optional<Batch> add(Item item, long nowMillis) {
    offer(item);
    return next(nowMillis);
  }

  /** Whether nothing is under way. */
  boolean isIdle() {
    return underWay == null;
  }

  /**
   * The peer has batch {@code number}: its items, for those who wait; nothing if that was not under
   * way.
   */
  List<Item> confirmed(long number) {
    Batch batch = underWay;
    if (batch == null || batch.number() != number) {
      return List.of();
    }
    underWay = null;
    return batch.items();
  }

  /**
   * Time has passed; gives up a batch that is lost, and keeps of it and the queue only what
   * somebody waits for.
   */
  void tick(long nowMillis) {
    Batch lost = underWay;
    if (lost == null || nowMillis - sentAt < LOST_AFTER_MILLIS) {
      return;
    }
    underWay = null;
    List<Item> kept = new ArrayList<>();
    lost.items().stream().filter(Item::isAwaited).forEach(kept::add);
    queue.stream().filter(Item::isAwaited).forEach(kept::add);
    queue.clear();
    queue.addAll(kept);
    queuedBytes = kept.stream().mapToLong(item -> item.delta().size()).sum();
  }

  /** What to send now: a batch if none is under way and something waits. */
  Optional<Batch> next(long nowMillis) {
    if (underWay != null || queue.isEmpty()) {
      return Optional.empty();
    }
    List<Item> items = new ArrayList<>();
    long bytes = 0;
    while (!queue.isEmpty() && items.size() < MAX_PARTS) {
      int size = queue.element().delta().size();
      if (bytes > 0 && bytes + size > BATCH_BYTES) {
        break;
      }
      items.add(queue.remove());
      bytes += size;
    }
    queuedBytes -= bytes;
    sentAt = nowMillis;
    Batch batch = new Batch(++lastNumber, items);
    underWay = batch;
    return Optional.of(batch);
  }
}
