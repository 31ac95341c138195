package dev.converge.pekko;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.HybridTimestamp;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NodeClockTest {
  private final AtomicLong wall = new AtomicLong(1_000);
  private final AtomicLong nanos = new AtomicLong();
  private final NodeClock clock = new NodeClock(wall::get, nanos::get);

  @Test
  void readings_grow_though_the_wall_clock_goes_back() {
    HybridTimestamp first = clock.now();
    wall.set(500);
    assertThat(clock.now()).isGreaterThan(first);
    clock.observe(new HybridTimestamp(9_000, 7));
    assertThat(clock.now()).isGreaterThan(new HybridTimestamp(9_000, 7));
  }

  @Test
  void a_promise_is_earlier_than_every_event_that_is_under_way() {
    NodeClock.Minting first = clock.minting();
    HybridTimestamp event = clock.now();
    wall.addAndGet(10);
    NodeClock.Minting second = clock.minting();
    HybridTimestamp later = clock.now();
    assertThat(clock.promisable()).isLessThan(event);
    // In whatever order they are stored.
    second.close();
    assertThat(clock.promisable()).isLessThan(event);
    NodeClock.Minting third = clock.minting();
    first.close();
    assertThat(clock.promisable()).isGreaterThan(later);
    third.close();
    HybridTimestamp promised = clock.promisable();
    assertThat(clock.now()).isGreaterThan(promised);
  }

  @Test
  void one_that_is_stuck_does_not_hold_back_promises_for_ever() {
    clock.minting();
    HybridTimestamp event = clock.now();
    nanos.addAndGet(NodeClock.MOST_HELD.toNanos());
    assertThat(clock.promisable()).isLessThan(event);
    nanos.incrementAndGet();
    assertThat(clock.promisable()).isGreaterThan(event);
  }
}
