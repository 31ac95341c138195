package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.NOTHING;
import static dev.converge.pekko.journal.Samples.SELF;
import static dev.converge.pekko.journal.Samples.THREE;
import static dev.converge.pekko.journal.Samples.TWO;
import static dev.converge.pekko.journal.Samples.event;
import static dev.converge.pekko.journal.Samples.message;
import static dev.converge.pekko.journal.Samples.row;
import static dev.converge.pekko.journal.Samples.time;
import static dev.converge.pekko.journal.Samples.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogHeadTest {
  private static final LogHead HEAD =
      new LogHead(SELF, 100, 7, VersionVector.of(Map.of(TWO, 4L)), HybridTimestamp.ZERO);

  private final Unlisted unlisted = new Unlisted();

  private static List<Long> lsns(LogHead.Step step) {
    return step.rows().stream().map(Placed::lsn).toList();
  }

  private static List<Long> positions(LogHead.Step step) {
    return step.rows().stream().map(Placed::position).toList();
  }

  @Test
  void own_events_get_the_next_places_and_say_what_was_held_then() {
    LogHead.Step step =
        HEAD.write(write("a", message(1, event(SELF, 1, 10)), message(2, event(SELF, 2, 11))));
    assertThat(lsns(step)).containsExactly(7L, 8L);
    assertThat(positions(step)).containsExactly(100L, 101L);
    assertThat(step.rows()).allMatch(row -> row.after().equals(VersionVector.of(Map.of(TWO, 4L))));
    assertThat(step.head().nextLsn()).isEqualTo(9);
    assertThat(step.head().nextPosition()).isEqualTo(102);
    assertThat(step.head().held()).isEqualTo(VersionVector.of(Map.of(SELF, 8L, TWO, 4L)));
  }

  @Test
  void ordinary_messages_keep_their_numbers_and_take_no_place() {
    Row plain = new Row(17, null, 1, "", new byte[1], "", "w", 0);
    LogHead.Step step = HEAD.write(write("a", plain));
    assertThat(positions(step)).containsExactly(17L);
    assertThat(step.head()).isEqualTo(HEAD);
  }

  @Test
  void a_write_with_an_own_event_at_the_promise_is_fenced_whole() {
    LogHead promised = HEAD.promising(time(100));
    Write late = write("a", message(1, event(SELF, 1, 101)), message(2, event(SELF, 2, 100)));
    assertThatThrownBy(() -> promised.write(late))
        .isInstanceOf(FencedException.class)
        .hasMessageContaining("of a is older than what this replica has promised");
    assertThat(promised.write(write("b", message(1, event(SELF, 1, 101)))).rows()).hasSize(1);
  }

  @Test
  void others_rows_are_never_fenced_however_old() {
    assertThat(lsns(HEAD.promising(time(99_999)).store(List.of(row(TWO, 5, "a")), unlisted)))
        .containsExactly(5L);
  }

  @Test
  void rows_of_several_logs_are_stored_each_in_its_order() {
    LogHead.Step step =
        HEAD.store(
            List.of(row(TWO, 5, "a"), row(THREE, 1, "b"), row(TWO, 6, "a"), row(THREE, 2, "a")),
            unlisted);
    assertThat(lsns(step)).containsExactly(5L, 1L, 6L, 2L);
    assertThat(positions(step)).containsExactly(100L, 101L, 102L, 103L);
    assertThat(step.head().held())
        .isEqualTo(VersionVector.of(Map.of(SELF, 6L, TWO, 6L, THREE, 2L)));
  }

  @Test
  void what_is_held_is_passed_over_also_within_a_batch() {
    LogHead.Step step =
        HEAD.store(List.of(row(TWO, 3, "a"), row(TWO, 5, "a"), row(TWO, 5, "a")), unlisted);
    assertThat(lsns(step)).containsExactly(5L);
    assertThat(HEAD.store(List.of(row(TWO, 1, "a")), unlisted).head()).isEqualTo(HEAD);
  }

  @Test
  void a_row_behind_a_gap_is_refused() {
    assertThatThrownBy(() -> HEAD.store(List.of(row(TWO, 5, "a"), row(TWO, 7, "a")), unlisted))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 7 of node-2~1 cannot be stored now: the next of that log is 6");
    assertThatThrownBy(() -> HEAD.store(List.of(row(THREE, 2, "a")), unlisted))
        .hasMessageContaining("the next of that log is 1");
  }

  @Test
  void a_row_comes_after_what_its_origin_held() {
    LogRow needsMore = row(THREE, 1, VersionVector.of(Map.of(TWO, 5L)), "a");
    assertThatThrownBy(() -> HEAD.store(List.of(needsMore), unlisted))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("row 1 of node-3~1")
        .hasMessageContaining("it comes after {node-2~1=5}, and held is {node-1~1=6, node-2~1=4}");
    assertThat(lsns(HEAD.store(List.of(row(TWO, 5, "a"), needsMore), unlisted)))
        .containsExactly(5L, 1L);
    LogRow needsOwn = row(THREE, 1, VersionVector.of(Map.of(SELF, 7L)), "a");
    assertThatThrownBy(() -> HEAD.store(List.of(needsOwn), unlisted))
        .hasMessageContaining("comes after {node-1~1=7}");
  }

  @Test
  void own_rows_that_were_lost_come_back_in_order() {
    LogHead.Step step = HEAD.store(List.of(row(SELF, 7, "a"), row(SELF, 8, "b")), unlisted);
    assertThat(lsns(step)).containsExactly(7L, 8L);
    assertThat(step.head().nextLsn()).isEqualTo(9);
    assertThat(step.head().others()).isEqualTo(HEAD.others());
    assertThatThrownBy(() -> HEAD.store(List.of(row(SELF, 8, "a")), unlisted))
        .hasMessageContaining("the next of that log is 7");
  }

  @Test
  void bytes_that_are_no_event_or_of_another_replica_are_refused() {
    LogRow rubbish = new LogRow(TWO, 5, NOTHING, new LogEntry.Event("a", new byte[] {1, 2}), 0);
    assertThatThrownBy(() -> HEAD.store(List.of(rubbish), unlisted))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not an event");
    LogRow foreign = new LogRow(TWO, 5, NOTHING, Samples.entry("a", event(THREE, 1, 1)), 0);
    assertThatThrownBy(() -> HEAD.store(List.of(foreign), unlisted))
        .hasMessageContaining("its event is of node-3~1");
  }

  @Test
  void a_row_without_its_place_gets_it_and_keeps_its_position() {
    EventRecord known = event(TWO, 5, 1_005);
    unlisted.add("a", known.dot(), 33, known.hash());
    LogHead.Step step = HEAD.store(List.of(row(TWO, 5, "a"), row(TWO, 6, "a")), unlisted);
    assertThat(step.rows().get(0).completes()).isTrue();
    assertThat(positions(step)).containsExactly(33L, 100L);
    assertThat(step.head().nextPosition()).isEqualTo(101);
  }

  @Test
  void the_same_dot_with_another_content_is_kept_beside_the_first() {
    EventRecord other = event(TWO, 5, 77);
    unlisted.add("a", other.dot(), 33, other.hash());
    assertThat(HEAD.store(List.of(row(TWO, 5, "a")), unlisted).rows().get(0).completes()).isFalse();
  }

  @Test
  void an_appended_row_is_made_from_the_promise_and_what_is_held() {
    LogHead promised = HEAD.promising(time(100));
    LogHead.Step step =
        promised.append(
            (promise, held) -> {
              assertThat(promise).isEqualTo(promised.asPromise());
              assertThat(held).isEqualTo(promised.held());
              return new LogEntry.Floor(held);
            });
    assertThat(lsns(step)).containsExactly(7L);
    assertThat(EntryForm.of(new LogEntry.Floor(HEAD.held())).entry())
        .isEqualTo(new LogEntry.Floor(HEAD.held()));
    assertThatThrownBy(() -> HEAD.append((promise, held) -> Samples.entry("a", event(SELF, 1, 1))))
        .hasMessageContaining("written by its entity");
  }

  @Test
  void promises_never_go_back() {
    LogHead head = HEAD.promising(time(100));
    assertThat(head.promising(time(50)).promise()).isEqualTo(time(100));
    assertThat(head.promising(time(150)).promise()).isEqualTo(time(150));
    assertThat(head.asPromise().lsn()).isEqualTo(6);
  }

  @Test
  void the_head_of_an_event_is_what_decoding_it_gives() {
    EventRecord event = event(TWO, 123_456_789_012L, 1_700_000_000_000L);
    EventHead head = EventHead.of(EventRecordCodec.encode(event));
    assertThat(head.dot()).isEqualTo(event.dot());
    assertThat(head.time()).isEqualTo(event.time());
  }
}
