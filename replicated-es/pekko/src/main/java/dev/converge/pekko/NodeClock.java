package dev.converge.pekko;

import dev.converge.crdt.clock.HybridLogicalClock;
import dev.converge.crdt.clock.HybridTimestamp;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/** A node's hybrid logical clock, shared by all that writes on it. Thread-safe, lock-free. */
public final class NodeClock {
  private final LongSupplier wallMillis;
  private final AtomicReference<HybridLogicalClock> clock =
      new AtomicReference<>(HybridLogicalClock.START);

  /**
   * A clock over a wall clock.
   *
   * @param wallMillis milliseconds since the epoch; may jump
   */
  public NodeClock(LongSupplier wallMillis) {
    this.wallMillis = wallMillis;
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

  /**
   * A reading that may be promised: no own event that is not yet handed to the journal is as old as
   * it, nor will one be.
   */
  public HybridTimestamp promisable() {
    return now();
  }
}
