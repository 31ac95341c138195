package dev.converge.pekko.peer;

import static dev.converge.pekko.peer.TestRows.A;
import static dev.converge.pekko.peer.TestRows.lsns;
import static dev.converge.pekko.peer.TestRows.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.peer.LogSender.Step;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogSenderTest {
  /** Chunks of 2 rows, windows of 6. */
  private static final LinkSettings SETTINGS =
      LinkSettings.DEFAULT.with(
          new LinkSettings.Limits(
              4_096, 1 << 20, 1 << 20, 6, 1 << 20, 1 << 20, 100, 1 << 20, 100, 1 << 20, 2, 8));

  private final RecentRows recent = new RecentRows(1 << 20);
  private final LogSender sender = new LogSender(A, recent, SETTINGS);
  private long last;

  private void commit(int count) {
    rows(A, last + 1, last + count).forEach(recent::add);
    last += count;
  }

  /** All that is to be sent now. */
  private List<Long> pump(long now) {
    List<Long> sent = new ArrayList<>();
    for (Step step = sender.step(now, last); step != null; step = sender.step(now, last)) {
      sent.addAll(lsns(((Step.Send) step).rows()));
    }
    return sent;
  }

  @Test
  void nothing_is_sent_before_the_handshake_nor_after_the_peer_is_lost() {
    commit(3);
    assertThat(sender.step(0, last)).isNull();
    sender.start(1);
    assertThat(pump(0)).containsExactly(2L, 3L);
    sender.stop();
    commit(1);
    assertThat(sender.step(0, last)).isNull();
    sender.tick(100_000);
    assertThat(sender.step(100_000, last)).isNull();
  }

  @Test
  void a_window_is_under_way_and_moves_with_what_is_acknowledged() {
    commit(20);
    sender.start(0);
    assertThat(pump(0)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    sender.acked(2, 10);
    assertThat(pump(10)).containsExactly(7L, 8L);
    sender.acked(1, 20);
    assertThat(pump(20)).isEmpty();
    sender.acked(8, 30);
    assertThat(pump(30)).hasSize(6);
    commit(10);
    sender.acked(20, 40);
    assertThat(pump(40)).containsExactly(21L, 22L, 23L, 24L, 25L, 26L);
    assertThat(sender.bytes()).isPositive();
  }

  @Test
  void without_an_acknowledgement_it_goes_back_with_one_probe_and_longer_and_longer_pauses() {
    commit(6);
    sender.start(0);
    assertThat(pump(0)).hasSize(6);
    sender.tick(999);
    assertThat(pump(999)).isEmpty();
    sender.tick(1_000);
    assertThat(pump(1_000)).containsExactly(1L, 2L);
    sender.tick(2_999);
    assertThat(pump(2_999)).isEmpty();
    sender.tick(3_000);
    assertThat(pump(3_000)).containsExactly(1L, 2L);
    long pauses = 0;
    for (long now = 3_001; now < 600_000; now++) {
      sender.tick(now);
      pauses += pump(now).isEmpty() ? 0 : 1;
    }
    assertThat(pauses).isLessThan(600_000 / 5_000 + 6);
    sender.acked(2, 600_000);
    assertThat(pump(600_000)).containsExactly(3L, 4L, 5L, 6L);
    assertThat(sender.resends()).isEqualTo(pauses + 2);
  }

  @Test
  void the_time_out_follows_the_round_trips_and_repetitions_are_not_measured() {
    commit(1);
    sender.start(0);
    pump(0);
    sender.acked(1, 400);
    assertThat(sender.roundTrip()).isEqualTo(400);
    commit(1);
    pump(1_000);
    sender.tick(1_000 + 1_199);
    assertThat(pump(2_199)).isEmpty();
    sender.tick(1_000 + 1_200);
    assertThat(pump(2_200)).containsExactly(2L);
    sender.acked(2, 2_201);
    assertThat(sender.roundTrip()).isEqualTo(400);
  }

  @Test
  void what_is_not_in_memory_is_read_once_page_by_page() {
    last = 10;
    rows(A, 9, 10).forEach(recent::add);
    sender.start(4);
    assertThat(sender.step(0, last)).isEqualTo(new Step.Read(4));
    assertThat(sender.step(0, last)).isNull();
    sender.page(4, rows(A, 5, 6), 1);
    assertThat(lsns(((Step.Send) step(1)).rows())).containsExactly(5L, 6L);
    assertThat(step(1)).isEqualTo(new Step.Read(6));
    sender.page(6, rows(A, 7, 8), 2);
    assertThat(pump(2)).containsExactly(7L, 8L, 9L, 10L);
  }

  private Step step(long now) {
    Step step = sender.step(now, last);
    assertThat(step).isNotNull();
    return step == null ? new Step.Read(-1) : step;
  }

  @Test
  void a_page_that_comes_after_a_step_back_is_not_taken_for_another() {
    last = 8;
    sender.start(0);
    step(0);
    sender.page(0, rows(A, 1, 2), 0);
    assertThat(lsns(((Step.Send) step(0)).rows())).containsExactly(1L, 2L);
    assertThat(step(0)).isEqualTo(new Step.Read(2));
    sender.tick(1_000);
    sender.page(2, rows(A, 3, 4), 1_001);
    assertThat(step(1_001)).isEqualTo(new Step.Read(0));
    sender.page(0, rows(A, 1, 2), 1_002);
    assertThat(lsns(((Step.Send) step(1_002)).rows())).containsExactly(1L, 2L);
  }

  @Test
  void a_database_that_cannot_be_read_is_not_asked_again_at_once() {
    last = 3;
    sender.start(0);
    step(0);
    sender.page(0, null, 10);
    assertThat(sender.step(11, last)).isNull();
    assertThat(step(510)).isEqualTo(new Step.Read(0));
  }

  @Test
  void rows_that_are_gone_are_said_to_be_gone_once_until_the_peer_has_them_from_elsewhere() {
    last = 10;
    sender.start(2);
    step(0);
    sender.page(2, rows(A, 6, 7), 1);
    assertThat(step(1)).isEqualTo(new Step.Compacted(2));
    assertThat(sender.step(2, last)).isNull();
    sender.tick(60_000);
    assertThat(sender.step(60_000, last)).isNull();
    sender.acked(5, 60_001);
    assertThat(step(60_001)).isEqualTo(new Step.Read(5));
  }

  @Test
  void a_row_larger_than_the_window_goes_alone() {
    LinkSettings small =
        LinkSettings.DEFAULT.with(
            new LinkSettings.Limits(
                4_096, 100, 1_000, 6, 1 << 20, 1 << 20, 100, 1 << 20, 100, 1 << 20, 10, 8));
    LogSender one = new LogSender(A, recent, small);
    for (int lsn = 1; lsn <= 3; lsn++) {
      recent.add(TestRows.row(A, lsn, VersionVector.empty(), new byte[5_000]));
    }
    one.start(0);
    List<LogRow> first = ((Step.Send) java.util.Objects.requireNonNull(one.step(0, 3))).rows();
    assertThat(lsns(first)).containsExactly(1L);
    assertThat(one.step(0, 3)).isNull();
    one.acked(1, 5);
    assertThat(one.step(5, 3)).isInstanceOf(Step.Send.class);
  }
}
