package dev.converge.pekko;

import dev.converge.crdt.clock.HybridLogicalClock;
import dev.converge.crdt.clock.HybridTimestamp;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * A node's hybrid logical clock, shared by all that writes on it, with the writes that are under
 * way. Thread-safe; readings are lock-free.
 */
public final class NodeClock {
  /** So long a write under way holds back promises; a stuck one is then refused by the journal. */
  public static final Duration MOST_HELD = Duration.ofSeconds(5);

  private final LongSupplier wallMillis;
  private final LongSupplier nanos;
  private final AtomicReference<HybridLogicalClock> clock =
      new AtomicReference<>(HybridLogicalClock.START);

  /** In the order in which they began, so in that of their times. Guarded by itself. */
  private final ArrayDeque<Minting> underWay = new ArrayDeque<>();

  /** Own events that are being made and stored. All of them are later than its beginning. */
  public static final class Minting implements AutoCloseable {
    private final HybridTimestamp after;
    private final long since;
    private volatile boolean ended;

    private Minting(HybridTimestamp after, long since) {
      this.after = after;
      this.since = since;
    }

    /** They are stored, or will never be. */
    @Override
    public void close() {
      ended = true;
    }
  }

  /**
   * A clock over a wall clock.
   *
   * @param wallMillis milliseconds since the epoch; may jump
   */
  public NodeClock(LongSupplier wallMillis) {
    this(wallMillis, System::nanoTime);
  }

  /**
   * A clock over a wall clock and a steady one.
   *
   * @param wallMillis milliseconds since the epoch; may jump
   * @param nanos nanoseconds, to measure how long something takes
   */
  public NodeClock(LongSupplier wallMillis, LongSupplier nanos) {
    this.wallMillis = wallMillis;
    this.nanos = nanos;
  }

  /** The wall clock below it: milliseconds since the epoch; may jump. */
  public LongSupplier wallMillis() {
    return wallMillis;
  }

  /** A reading later than every one given or observed before. */
  public HybridTimestamp now() {
    long wall = wallMillis.getAsLong();
    return clock.updateAndGet(c -> c.tick(wall)).last();
  }

  /** Takes in a reading of another replica, or of the past: later readings are later than it. */
  public void observe(HybridTimestamp seen) {
    clock.updateAndGet(c -> c.observe(seen));
  }

  /** To be called before own events are given times, and closed when they are stored. */
  public Minting minting() {
    synchronized (underWay) {
      while (!underWay.isEmpty() && underWay.peekFirst().ended) {
        underWay.removeFirst();
      }
      Minting minting = new Minting(now(), nanos.getAsLong());
      underWay.addLast(minting);
      return minting;
    }
  }

  /**
   * A reading that may be promised: no own event that is not yet stored is as old as it, nor will
   * one be; unless it has been under way for longer than {@link #MOST_HELD}.
   */
  public HybridTimestamp promisable() {
    synchronized (underWay) {
      long now = nanos.getAsLong();
      while (!underWay.isEmpty() && isOver(underWay.peekFirst(), now)) {
        underWay.removeFirst();
      }
      return underWay.isEmpty() ? now() : underWay.peekFirst().after;
    }
  }

  private static boolean isOver(Minting minting, long now) {
    return minting.ended || now - minting.since > MOST_HELD.toNanos();
  }
}
