package dev.converge.pekko.peer;

import static dev.converge.pekko.peer.TestRows.A;
import static dev.converge.pekko.peer.TestRows.B;
import static dev.converge.pekko.peer.TestRows.C;
import static dev.converge.pekko.peer.TestRows.lsns;
import static dev.converge.pekko.peer.TestRows.row;
import static dev.converge.pekko.peer.TestRows.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogReceiverTest {
  private static final ReplicaId SELF = new ReplicaId("me", 1);

  /** 20 early rows, batches of 10. */
  private static final LinkSettings SETTINGS =
      LinkSettings.DEFAULT.with(
          new LinkSettings.Limits(
              4_096, 1 << 20, 1 << 20, 6, 1 << 20, 1 << 20, 20, 1 << 20, 10, 1 << 20, 10, 8));

  private final FakeLog log = new FakeLog(SELF);
  private final FakeMembership membership = new FakeMembership(log);
  private final RecentRows recent = new RecentRows(1 << 20);
  private final List<LinkReport> reports = new ArrayList<>();
  private final LogReceiver receiver =
      new LogReceiver(log, membership, recent, SETTINGS, reports::add);

  private static VersionVector at(ReplicaId origin, long lsn) {
    return VersionVector.of(Map.of(origin, lsn));
  }

  private List<LogRow> batch() {
    List<LogRow> batch = receiver.batch();
    return batch == null ? List.of() : batch;
  }

  /** Stores what is ready. */
  private void store() {
    for (List<LogRow> batch = receiver.batch(); batch != null; batch = receiver.batch()) {
      log.commit(batch);
      batch.forEach(recent::add);
      receiver.stored();
    }
  }

  @Test
  void rows_in_order_go_into_one_batch_and_the_next_batch_grows_while_it_is_stored() {
    receiver.offer("a", rows(A, 1, 3));
    assertThat(lsns(batch())).containsExactly(1L, 2L, 3L);
    receiver.offer("a", rows(A, 4, 5));
    receiver.offer("b", rows(B, 1, 1));
    assertThat(receiver.batch()).as("one at a time").isNull();
    log.commit(rows(A, 1, 3));
    assertThat(receiver.stored()).containsExactly("a");
    assertThat(lsns(batch())).containsExactly(4L, 5L, 1L);
    log.commit(rows(A, 4, 5));
    log.commit(rows(B, 1, 1));
    assertThat(receiver.stored()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void rows_behind_a_gap_wait_for_it_and_the_gap_is_what_is_needed() {
    receiver.offer("a", rows(A, 3, 4));
    assertThat(receiver.batch()).isNull();
    assertThat(receiver.needs()).containsOnlyKeys(A);
    assertThat(receiver.needs().get(A)).isEqualTo(new LogReceiver.Need(2, "a"));
    assertThat(receiver.end(A)).isZero();
    assertThat(receiver.firstBehind(A, 0)).isEqualTo(3);
    receiver.offer("a", rows(A, 1, 1));
    assertThat(receiver.end(A)).isEqualTo(1);
    receiver.offer("a", rows(A, 2, 2));
    assertThat(lsns(batch())).containsExactly(1L, 2L, 3L, 4L);
    assertThat(receiver.needs()).isEmpty();
    assertThat(receiver.earlyBytes()).isZero();
    assertThat(receiver.earlyRows()).isZero();
  }

  @Test
  void a_row_waits_for_what_it_comes_after_of_whatever_log() {
    receiver.offer("a", List.of(row(A, 1, at(B, 2)), row(A, 2, at(B, 2))));
    receiver.offer("b", List.of(row(B, 1), row(B, 2, at(C, 1))));
    assertThat(batch()).extracting(LogRow::origin).containsExactly(B);
    assertThat(receiver.needs())
        .containsOnlyKeys(B, C)
        .containsEntry(C, new LogReceiver.Need(1, "b"));
    receiver.offer("c", rows(C, 1, 1));
    log.commit(rows(B, 1, 1));
    receiver.stored();
    assertThat(batch()).extracting(LogRow::origin).containsExactly(C, B, A, A);
  }

  @Test
  void early_rows_are_bounded_but_the_next_one_of_a_log_needs_no_room() {
    receiver.offer("a", rows(A, 2, 100));
    assertThat(receiver.earlyRows()).isEqualTo(20);
    receiver.offer("b", List.of(row(B, 1, at(A, 1)), row(B, 2)));
    assertThat(receiver.earlyRows()).isEqualTo(21);
    assertThat(receiver.hasRoom()).isFalse();
    receiver.offer("a", rows(A, 1, 1));
    store();
    assertThat(log.held()).isEqualTo(VersionVector.of(Map.of(A, 21L, B, 1L)));
    assertThat(receiver.hasRoom()).isTrue();
  }

  @Test
  void what_is_ready_is_bounded_too() {
    for (int lsn = 1; lsn <= 100; lsn++) {
      receiver.offer("a", rows(A, lsn, lsn));
    }
    assertThat(receiver.given().get(A)).isEqualTo(20);
    assertThat(receiver.earlyRows()).isEqualTo(20);
    store();
    assertThat(log.held().get(A)).isEqualTo(40);
  }

  @Test
  void what_is_held_is_passed_over_and_its_sender_is_told_again() {
    receiver.offer("a", rows(A, 1, 3));
    store();
    receiver.offer("b", rows(A, 1, 2));
    assertThat(receiver.batch()).isNull();
    assertThat(receiver.repeated()).containsExactly("b");
    assertThat(receiver.repeated()).isEmpty();
    assertThat(reports).isEmpty();
  }

  @Test
  void another_row_at_a_place_that_is_taken_is_reported_with_both_hashes_and_not_merged() {
    receiver.offer("a", rows(A, 1, 3));
    receiver.offer("a", rows(A, 5, 5));
    store();
    receiver.offer("b", List.of(row(A, 2, VersionVector.empty(), "another")));
    receiver.offer("b", List.of(row(A, 5, VersionVector.empty(), "another")));
    assertThat(reports)
        .extracting(LinkReport::kind, LinkReport::peer, LinkReport::origin, LinkReport::lsn)
        .containsExactly(
            tuple(LinkReport.Kind.CONTRADICTION, "b", A, 2L),
            tuple(LinkReport.Kind.CONTRADICTION, "b", A, 5L));
    assertThat(reports.get(0).detail()).contains("here and", "One log was continued twice");
    receiver.offer("a", rows(A, 4, 4));
    store();
    assertThat(log.row(A, 5)).get().isNotEqualTo(row(A, 5, VersionVector.empty(), "another"));
  }

  @Test
  void an_event_that_does_not_match_its_hash_is_reported_and_another_copy_is_taken() {
    receiver.offer("a", List.of(TestRows.damaged(A, 1)));
    assertThat(reports).extracting(LinkReport::kind).containsExactly(LinkReport.Kind.DAMAGED);
    assertThat(receiver.batch()).isNull();
    receiver.offer("b", rows(A, 1, 1));
    assertThat(lsns(batch())).containsExactly(1L);
  }

  @Test
  void what_may_not_be_stored_is_dropped_also_if_it_was_early() {
    receiver.offer("a", rows(A, 2, 4));
    membership.mayNotStore.add(A);
    receiver.offer("a", rows(A, 1, 1));
    receiver.changed();
    assertThat(receiver.earlyRows()).isZero();
    assertThat(receiver.batch()).isNull();
    membership.mayNotStore.clear();
    receiver.offer("a", rows(A, 1, 2));
    assertThat(lsns(batch())).containsExactly(1L, 2L);
  }

  @Test
  void what_became_ready_before_its_log_was_closed_is_not_handed_over_after_it() {
    receiver.offer("a", rows(A, 1, 3));
    receiver.offer("b", List.of(row(B, 1), row(B, 2, at(A, 2)), row(B, 3)));
    membership.mayNotStore.add(A);
    assertThat(batch()).extracting(LogRow::origin, LogRow::lsn).containsExactly(tuple(B, 1L));
    assertThat(receiver.given()).isEqualTo(at(B, 1));
    log.commit(rows(B, 1, 1));
    receiver.stored();
    membership.mayNotStore.clear();
    receiver.offer("a", rows(A, 1, 3));
    receiver.offer("b", List.of(row(B, 2, at(A, 2)), row(B, 3)));
    assertThat(batch()).hasSize(5);
  }

  @Test
  void a_batch_that_the_database_did_not_take_is_the_next_one_again() {
    receiver.offer("a", rows(A, 1, 2));
    batch();
    receiver.offer("a", rows(A, 3, 3));
    receiver.failed();
    assertThat(lsns(batch())).containsExactly(1L, 2L, 3L);
  }

  @Test
  void a_batch_that_does_not_fit_is_dropped_with_what_rests_on_it() {
    receiver.offer("a", rows(A, 1, 2));
    batch();
    receiver.offer("a", rows(A, 3, 3));
    receiver.refused();
    assertThat(receiver.batch()).isNull();
    assertThat(receiver.given()).isEqualTo(VersionVector.empty());
    receiver.offer("a", rows(A, 1, 3));
    assertThat(lsns(batch())).containsExactly(1L, 2L, 3L);
  }

  @Test
  void own_rows_that_were_lost_here_are_stored_like_others() {
    receiver.offer("a", rows(SELF, 1, 2));
    assertThat(lsns(batch())).containsExactly(1L, 2L);
  }
}
