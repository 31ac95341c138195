package dev.converge.engine.fold;

import static dev.converge.engine.support.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Models.Model;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IndexedFoldTest {
  private static final int MANY = 10_000;

  /** node-1 writes one event each two milliseconds, each after the one before. */
  private static List<ReplicatedEvent<Note>> tail(int size, String key) {
    List<ReplicatedEvent<Note>> events = new ArrayList<>();
    for (int i = 1; i <= size; i++) {
      Note note = Note.on(key, "v" + i);
      events.add(
          i == 1
              ? event("node-1:1", 2, note)
              : event("node-1:" + i, 2L * i, note, "node-1:" + (i - 1)));
    }
    return events;
  }

  private static <S> IndexedFold<S, Note> fold(Model<S> model, List<ReplicatedEvent<Note>> events) {
    IndexedFold<S, Note> fold = new IndexedFold<>(model);
    fold.insert(events);
    return fold;
  }

  private static Model<TreeMap<String, String>> fields() {
    return Models.assign(Resolvers.lastWriterWins(note -> note.keys().iterator().next()));
  }

  @Test
  void anEventThatIsLaterThanAllCostsOneCallOfTheHandler() {
    IndexedFold<TreeMap<String, String>, Note> fold = new IndexedFold<>(fields());
    for (ReplicatedEvent<Note> event : tail(1_000, "title")) {
      fold.insert(List.of(event));
    }
    assertThat(fold.counters().applied()).isEqualTo(1_000);
    assertThat(fold.counters().refolds()).isZero();
  }

  @Test
  void aLateEventCostsAsManyCallsAsItIsLateAndAQuarterMore() {
    for (int late : new int[] {1, 10, 100, 1_000, 9_000}) {
      IndexedFold<TreeMap<String, String>, Note> fold = fold(fields(), tail(MANY, "title"));
      long before = fold.counters().applied();
      fold.insert(List.of(event("node-2:1", 2L * (MANY - late) + 1, Note.on("title", "late"))));
      assertThat(fold.counters().applied() - before).isBetween(late + 1L, late + late / 4 + 18L);
    }
  }

  @Test
  void aBatchIsPutInFirstAndFoldedOnce() {
    IndexedFold<TreeMap<String, String>, Note> fold = fold(fields(), tail(MANY, "title"));
    long before = fold.counters().applied();
    List<ReplicatedEvent<Note>> late = new ArrayList<>();
    for (int i = 1; i <= 5_000; i++) {
      late.add(event("node-2:" + i, 2L * i + 1, Note.on("title", "late")));
    }
    fold.insert(late);
    assertThat(fold.counters().refolds()).isEqualTo(1);
    assertThat(fold.counters().applied() - before).isLessThan(MANY + 5_000L + 16);
  }

  @Test
  void aLateEventThatNobodyCanSeeStopsTheFoldEarly() {
    IndexedFold<TreeMap<String, String>, Note> fold = fold(fields(), tail(MANY, "title"));
    TreeMap<String, String> state = fold.state();
    fold.insert(List.of(event("node-2:1", MANY, Note.on("body", "shown"))));
    assertThat(fold.state()).containsEntry("body", "shown");
    long before = fold.counters().applied();
    fold.insert(List.of(event("node-3:1", MANY - 1, Note.on("body", "hidden"))));
    assertThat(fold.counters().earlyStops()).isPositive();
    assertThat(fold.counters().applied() - before).isLessThan(4_000);
    assertThat(fold.state()).containsEntry("title", state.get("title"));
  }

  @Test
  void theNumberOfStatesKeptGrowsWithTheLogarithm() {
    IndexedFold<TreeMap<String, String>, Note> fold = new IndexedFold<>(fields());
    for (ReplicatedEvent<Note> event : tail(MANY, "title")) {
      fold.insert(List.of(event));
      assertThat(fold.counters().checkpoints()).isLessThan(90);
    }
  }

  @Test
  void aModelThatCommutesIsNotFoldedAgain() {
    IndexedFold<Long, Note> fold = fold(Models.sum(), tail(1_000, "x"));
    long before = fold.counters().applied();
    long sum = fold.state();
    fold.insert(List.of(event("node-2:1", 1, Note.on("x", "12345"))));
    assertThat(fold.state()).isEqualTo(sum + 5);
    assertThat(fold.counters().applied() - before).isEqualTo(1);
    assertThat(fold.counters().refolds()).isZero();
  }

  @Test
  void anEarlierEventWithTheSameOriginIdTakesThePlaceOfTheOneThatCounted() {
    IndexedFold<List<String>, Note> fold =
        fold(
            Models.append(Resolvers.none()),
            List.of(event("node-1:1", 5, "request-1", Note.on("a", "second"))));
    assertThat(fold.find(new OriginId("request-1"))).contains(Dot.parse("node-1:1"));
    fold.insert(List.of(event("node-2:1", 4, "request-1", Note.on("a", "first"))));
    assertThat(fold.state()).containsExactly("first");
    assertThat(fold.find(new OriginId("request-1"))).contains(Dot.parse("node-2:1"));
    Folded<Note> discarded = fold.find(Dot.parse("node-1:1")).orElseThrow();
    assertThat(discarded.duplicateOf()).isEqualTo(Dot.parse("node-2:1"));
    assertThat(discarded.decision())
        .isEqualTo(Decision.discard("the request request-1 already counts as node-2:1"));
  }

  @Test
  void ofTwoExecutionsOfARequestOneCountsWhole() {
    // Their events are mixed in the total order, and the later execution has one more.
    IndexedFold<List<String>, Note> fold =
        fold(
            Models.append(Resolvers.none()),
            List.of(
                part("node-2:1", 2, 1, "node-2:1", "B1"),
                part("node-2:2", 3, 2, "node-2:1", "B2"),
                part("node-2:3", 6, 3, "node-2:1", "B3")));
    assertThat(fold.state()).containsExactly("B1", "B2", "B3");
    assertThat(fold.find(PAID)).contains(Dot.parse("node-2:1"));

    fold.insert(
        List.of(
            part("node-1:1", 1, 1, "node-1:1", "A1"), part("node-1:2", 4, 2, "node-1:1", "A2")));
    assertThat(fold.state()).containsExactly("A1", "A2");
    assertThat(fold.find(PAID)).contains(Dot.parse("node-1:1"));
    assertThat(fold.find(PAID.part(2, Dot.parse("node-1:1")))).contains(Dot.parse("node-1:2"));
    assertThat(fold.find(PAID.part(3, Dot.parse("node-1:1")))).isEmpty();
    assertThat(fold.find(PAID.part(2, Dot.parse("node-2:1")))).contains(Dot.parse("node-1:1"));
    assertThat(fold.find(Dot.parse("node-2:3")).orElseThrow().duplicateOf())
        .isEqualTo(Dot.parse("node-1:1"));

    // Brought back by another writer, an event of the execution that counts counts.
    fold.insert(List.of(part("node-3:1", 9, 3, "node-1:1", "A3")));
    assertThat(fold.state()).containsExactly("A1", "A2", "A3");
  }

  private static final OriginId PAID = new OriginId("request-1");

  private static ReplicatedEvent<Note> part(
      String dot, long time, int number, String execution, String text) {
    String origin = PAID.part(number, Dot.parse(execution)).value();
    return event(dot, time, origin, Note.on("a", text));
  }

  @Test
  void aDotWithTwoContentsIsRefusedAndNothingIsChanged() {
    IndexedFold<List<String>, Note> fold =
        fold(Models.append(Resolvers.none()), List.of(event("node-1:1", 5, Note.on("a", "one"))));
    assertThatThrownBy(
            () ->
                fold.insert(
                    List.of(
                        event("node-2:1", 1, Note.on("a", "innocent")),
                        event("node-1:1", 5, Note.on("a", "two")))))
        .hasMessageContaining("two events have the dot node-1:1");
    assertThat(fold.state()).containsExactly("one");
    fold.insert(List.of(event("node-1:1", 5, Note.on("a", "one"))));
    assertThat(fold.size()).isEqualTo(1);
  }

  @Test
  void aHandlerThatThrowsLosesNothingAndIsAskedAgainWithTheNextBatch() {
    Model<List<String>> appends = Models.append(Resolvers.none());
    Model<List<String>> touchy =
        new Model<>(
            List.of(),
            (list, note, context) -> {
              if (note.text().equals("needs opening") && !list.contains("opening")) {
                throw new IllegalStateException("not open");
              }
              return appends.apply(list, note, context);
            },
            Resolvers.none(),
            false);
    IndexedFold<List<String>, Note> fold =
        fold(
            touchy,
            List.of(
                event("node-1:1", 4, Note.on("a", "before")),
                event("node-1:2", 5, Note.on("a", "needs opening")),
                event("node-1:3", 6, Note.on("a", "after"))));
    assertThatThrownBy(fold::state)
        .isInstanceOf(FoldException.class)
        .hasMessageContaining("threw at event node-1:2")
        .hasMessageContaining("not open");
    assertThatThrownBy(() -> fold.history(0, 10)).isInstanceOf(FoldException.class);
    assertThat(fold.size()).isEqualTo(3);
    fold.insert(List.of(event("node-2:1", 1, Note.on("a", "opening"))));
    assertThat(fold.state()).containsExactly("opening", "before", "needs opening", "after");
  }

  @Test
  void aContextIsValidOnlyWhileItsEventIsApplied() {
    List<EventContext> kept = new ArrayList<>();
    Model<List<String>> keeps =
        new Model<>(
            List.of(),
            (list, note, context) -> {
              kept.add(context);
              return list;
            },
            Resolvers.none(),
            false);
    fold(keeps, tail(1, "a"));
    assertThatThrownBy(() -> kept.get(0).concurrentWith())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("only while its event is applied");
  }

  @Test
  void whatWaitsForAPersonIsListedUntilItNoLongerDoes() {
    IndexedFold<List<String>, Note> fold =
        fold(
            Models.append(Resolvers.escalate(Note::keys, true)),
            List.of(
                event("node-1:1", 5, "request-1", Note.on("a", "one")),
                event("node-2:1", 6, Note.on("a", "two"))));
    assertThat(fold.escalated()).extracting(Folded::dot).containsExactly(Dot.parse("node-2:1"));
    // The first of them turns out to be a repetition of an earlier request: the quarrel is gone.
    fold.insert(List.of(event("node-3:1", 4, "request-1", Note.on("b", "one"))));
    assertThat(fold.escalated()).isEmpty();
    assertThat(fold.state()).containsExactly("one", "two");
  }

  @Test
  void theHistoryComesInPages() {
    IndexedFold<TreeMap<String, String>, Note> fold = fold(fields(), tail(25, "title"));
    HistoryPage<Note> page = fold.history(20, 10);
    assertThat(page.events()).hasSize(5);
    assertThat(page.total()).isEqualTo(25);
    assertThat(page.hasMore()).isFalse();
    assertThat(fold.history(0, 10).next()).isEqualTo(10);
    assertThat(fold.history(0, 10).hasMore()).isTrue();
    assertThat(fold.history(99, 10).events()).isEmpty();
    assertThatThrownBy(() -> fold.history(-1, 10)).hasMessageContaining("from -1");
  }

  @Test
  void eventsBecomeFinalOnceInOrderWithTheirOutcome() {
    IndexedFold<TreeMap<String, String>, Note> fold = fold(fields(), tail(10, "title"));
    assertThat(fold.history(0, 10).events()).noneMatch(Folded::isFinal);
    assertThat(fold.finalUpTo(new HybridTimestamp(6, 0)))
        .extracting(folded -> folded.dot().sequence())
        .containsExactly(1L, 2L, 3L);
    assertThat(fold.finalUpTo(new HybridTimestamp(5, 0))).isEmpty();
    assertThat(fold.history(0, 10).events()).filteredOn(Folded::isFinal).hasSize(3);
    assertThat(fold.finalUpTo(new HybridTimestamp(100, 0))).hasSize(7);
    assertThat(fold.cameTooLate()).isEmpty();
  }

  @Test
  void anEventThatComesBeforeWhatIsFinalIsFoldedAndReported() {
    IndexedFold<TreeMap<String, String>, Note> fold = fold(fields(), tail(3, "title"));
    fold.finalUpTo(new HybridTimestamp(4, 0));
    fold.insert(List.of(event("node-2:1", 3, Note.on("body", "late"))));
    assertThat(fold.cameTooLate()).containsExactly(Dot.parse("node-2:1"));
    assertThat(fold.state()).containsEntry("body", "late");
    assertThat(fold.finalUpTo(new HybridTimestamp(6, 0)))
        .extracting(folded -> folded.dot().toString())
        .containsExactly("node-1:3");
  }
}
