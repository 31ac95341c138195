package dev.converge.pekko.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HookQueueTest {
  private final HookQueue queue = new HookQueue(10);

  private static HybridTimestamp at(long millis) {
    return new HybridTimestamp(millis, 0);
  }

  private static HookQueue.Entry entry(long lsn, String key) {
    return new HookQueue.Entry(lsn, key, Dot.of(ReplicaId.of("n1"), lsn), at(lsn));
  }

  private List<Long> begin(long finalTime, long now) {
    return queue.begin(at(finalTime), now, 10).stream().map(HookQueue.Entry::lsn).toList();
  }

  @Test
  void what_is_final_is_begun_once_and_of_each_entity_one_at_a_time() {
    queue.add(entry(11, "a"));
    queue.add(entry(12, "b"));
    queue.add(entry(13, "a"));
    queue.add(entry(15, "c"));
    assertThat(begin(10, 0)).isEmpty();
    assertThat(begin(13, 0)).containsExactly(11L, 12L);
    assertThat(begin(13, 0)).isEmpty();
    queue.done(11);
    assertThat(begin(13, 0)).containsExactly(13L);
  }

  @Test
  void it_is_done_up_to_the_first_that_is_not() {
    assertThat(queue.doneUpTo()).isEqualTo(10);
    queue.pass(11);
    assertThat(queue.doneUpTo()).isEqualTo(11);
    queue.add(entry(12, "a"));
    queue.add(entry(13, "b"));
    queue.pass(14);
    queue.done(13);
    assertThat(queue.doneUpTo()).isEqualTo(11);
    queue.done(12);
    assertThat(queue.doneUpTo()).isEqualTo(14);
  }

  @Test
  void a_row_that_was_looked_at_is_not_added_again() {
    queue.add(entry(11, "a"));
    queue.add(entry(11, "a"));
    queue.add(entry(9, "a"));
    assertThat(queue.waiting()).isEqualTo(1);
  }

  @Test
  void what_failed_waits_longer_each_time_and_holds_back_its_entity_alone() {
    queue.add(entry(11, "a"));
    queue.add(entry(12, "a"));
    queue.add(entry(13, "b"));
    begin(99, 0);
    long pause = queue.failed(11, 0);
    assertThat(pause).isEqualTo(1_000_000_000L);
    queue.done(13);
    assertThat(begin(99, pause - 1)).isEmpty();
    assertThat(begin(99, pause)).containsExactly(11L);
    assertThat(queue.failed(11, 0)).isEqualTo(2 * pause);
    for (int i = 0; i < 70; i++) {
      assertThat(queue.failed(11, 0)).isBetween(pause, 64 * pause);
    }
  }

  @Test
  void whatever_happens_everything_is_done_in_the_end_and_in_the_order_of_each_entity() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      HookQueue all = new HookQueue(0);
      List<HookQueue.Entry> running = new ArrayList<>();
      List<Long> done = new ArrayList<>();
      TreeSet<Long> added = new TreeSet<>();
      long next = 1;
      long now = 0;
      while (next < 100 || all.waiting() > 0) {
        now += 100_000_000_000L;
        if (next < 100) {
          if (random.nextBoolean()) {
            all.add(entry(next, "e" + next % 3));
            added.add(next);
          } else {
            all.pass(next);
          }
          next++;
        }
        running.addAll(
            all.begin(at(Math.max(0, next - random.nextInt(5))), now, 1 + random.nextInt(3)));
        if (!running.isEmpty() && random.nextBoolean()) {
          HookQueue.Entry one = running.remove(random.nextInt(running.size()));
          if (random.nextInt(4) == 0) {
            all.failed(one.lsn(), now);
          } else {
            all.done(one.lsn());
            done.add(one.lsn());
          }
        }
        long upTo = all.doneUpTo();
        assertThat(done).as("seed %d", seed).containsAll(added.headSet(upTo, true));
        if (next == 100) {
          next = 1_000; // everything is final now
        }
      }
      assertThat(done).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(added);
      for (int key = 0; key < 3; key++) {
        int of = key;
        assertThat(done.stream().filter(lsn -> lsn % 3 == of)).as("seed %d", seed).isSorted();
      }
    }
  }
}
