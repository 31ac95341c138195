package dev.converge.pekko.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.EventRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LogHeadTest {
  static final ReplicaId SELF = new ReplicaId("node-1", 1);
  static final ReplicaId OTHER = new ReplicaId("node-2", 1);

  static HybridTimestamp time(long millis) {
    return new HybridTimestamp(millis, 0);
  }

  static EventRecord event(ReplicaId origin, long sequence, long millis) {
    return new EventRecord(
        Dot.of(origin, sequence),
        time(millis),
        CausalContext.empty(),
        1,
        null,
        new byte[32],
        new byte[] {(byte) sequence});
  }

  static Row row(long sequence, EventRecord event, long lsn) {
    return new Row(sequence, event, lsn, 1, "", new byte[1], "", "writer", 0);
  }

  static Write write(String id, Row... rows) {
    return new Write(id, List.of(rows), new CompletableFuture<>());
  }

  private static List<Long> numbers(LogHead.Plan plan) {
    List<Long> numbers = new ArrayList<>();
    for (long[] lsns : plan.lsns()) {
      for (long lsn : lsns) {
        numbers.add(lsn);
      }
    }
    return numbers;
  }

  @Test
  void own_events_get_contiguous_numbers_in_the_order_of_the_writes() {
    LogHead.Plan plan =
        new LogHead(7, HybridTimestamp.ZERO)
            .plan(
                SELF,
                List.of(
                    write("a", row(1, event(SELF, 1, 10), 0), row(2, event(SELF, 2, 11), 0)),
                    write("b", row(1, event(SELF, 1, 5), 0))));
    assertThat(numbers(plan)).containsExactly(7L, 8L, 9L);
    assertThat(plan.head().nextLsn()).isEqualTo(10);
  }

  @Test
  void others_events_keep_the_numbers_of_their_origins() {
    LogHead.Plan plan =
        LogHead.START.plan(
            SELF,
            List.of(
                write(
                    "a",
                    row(1, event(OTHER, 1, 10), 40),
                    row(2, event(SELF, 1, 10), 0),
                    row(3, event(OTHER, 2, 10), 0))));
    assertThat(numbers(plan)).containsExactly(40L, 1L, 0L);
    assertThat(plan.head().nextLsn()).isEqualTo(2);
  }

  @Test
  void a_write_with_an_own_event_at_the_promise_is_fenced_whole_and_leaves_no_gap() {
    Write late = write("a", row(1, event(SELF, 1, 101), 0), row(2, event(SELF, 2, 100), 0));
    Write young = write("b", row(1, event(SELF, 1, 101), 0));
    LogHead.Plan plan = new LogHead(3, time(100)).plan(SELF, List.of(late, young));
    assertThat(plan.fenced()).containsExactly(late);
    assertThat(plan.accepted()).containsExactly(young);
    assertThat(numbers(plan)).containsExactly(3L);
  }

  @Test
  void others_events_are_never_fenced_however_old() {
    Write old = write("a", row(1, event(OTHER, 1, 1), 12));
    assertThat(new LogHead(3, time(100)).plan(SELF, List.of(old)).accepted()).containsExactly(old);
  }

  @Test
  void promises_never_go_back() {
    LogHead head = new LogHead(3, time(100));
    assertThat(head.promising(time(50)).promise()).isEqualTo(time(100));
    assertThat(head.promising(time(150)).promise()).isEqualTo(time(150));
  }
}
