package dev.converge.engine.conflict;

import static dev.converge.engine.support.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.IndexedFold;
import dev.converge.engine.fold.NaiveFold;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Models.Model;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Human in the loop: escalated conflicts, the sides seen, decisions, reopening. */
class EscalationTest {
  private static final Model<List<String>> MODEL =
      Models.append(Resolvers.decidedBy(Note::resolution, Resolvers.escalate(Note::keys, false)));

  private static final ReplicatedEvent<Note> ONE = event("node-1:1", 10, Note.on("title", "one"));
  private static final ReplicatedEvent<Note> TWO = event("node-2:1", 20, Note.on("title", "two"));
  private static final ReplicatedEvent<Note> THREE =
      event("node-3:1", 5, Note.on("title", "three"));

  private static final Decision<Note> NOTHING_LEFT =
      Decision.discard(
          "nothing is left to decide about node-2:1: it was settled before, or never in conflict");

  private static Dot dot(String dot) {
    return Dot.parse(dot);
  }

  /** A decision on the conflict of TWO, between the sides seen. */
  private static ReplicatedEvent<Note> decision(String dot, long millis, String... seen) {
    List<Dot> sides = List.of(seen).stream().map(Dot::parse).toList();
    return event(dot, millis, Note.decision(Set.of("title"), TWO.dot(), sides), seen);
  }

  @SafeVarargs
  private static IndexedFold<List<String>, Note> fold(ReplicatedEvent<Note>... batches) {
    IndexedFold<List<String>, Note> fold = new IndexedFold<>(MODEL);
    List<ReplicatedEvent<Note>> held = new ArrayList<>();
    for (ReplicatedEvent<Note> event : batches) {
      fold.insert(List.of(event));
      held.add(event);
      assertThat(fold.openConflicts()).isEqualTo(NaiveFold.fold(MODEL, held).conflicts());
    }
    return fold;
  }

  private static Decision<Note> became(
      IndexedFold<List<String>, Note> fold, ReplicatedEvent<Note> event) {
    return fold.find(event.dot()).orElseThrow().decision();
  }

  @Test
  void aConflictIsNamedByTheEscalatedEventAndKnowsItsSides() {
    Escalation conflict = fold(TWO, ONE).openConflicts().get(0);
    assertThat(conflict.id()).isEqualTo(TWO.dot());
    assertThat(conflict.sides()).containsExactly(ONE.dot(), TWO.dot());
    assertThat(conflict.open()).isEqualTo(conflict.sides());
    assertThat(conflict.applied()).isFalse();
    assertThat(conflict.reason())
        .isEqualTo("title: node-2:1 and node-1:1 do not know of each other");
  }

  @Test
  void aDecisionSettlesTheSidesItNamesAndTakesEffect() {
    var decision = decision("node-1:2", 30, "node-1:1", "node-2:1");
    var fold = fold(ONE, TWO, decision);
    assertThat(fold.openConflicts()).isEmpty();
    assertThat(fold.escalated()).isEmpty();
    assertThat(fold.state()).containsExactly("one", decision.payload().text());
    assertThat(became(fold, decision).why())
        .contains("decides the conflict node-2:1 for [node-1:1, node-2:1]");
    Escalation settled = fold.conflict(TWO.dot()).orElseThrow();
    assertThat(settled.isOpen()).isFalse();
    assertThat(settled.decidedBy()).containsExactly(decision.dot());
  }

  @Test
  void aSideThatArrivesLaterReopensTheConflictForItselfAlone() {
    var decision = decision("node-1:2", 30, "node-1:1", "node-2:1");
    var fold = fold(ONE, TWO, decision, THREE);
    Escalation conflict = fold.conflict(TWO.dot()).orElseThrow();
    assertThat(conflict.sides()).containsExactly(ONE.dot(), TWO.dot(), THREE.dot());
    assertThat(conflict.open()).containsExactly(THREE.dot());
    assertThat(became(fold, decision)).isInstanceOf(Decision.Apply.class);
    assertThat(fold.escalated()).extracting(Folded::dot).contains(TWO.dot());
    var again = decision("node-1:3", 40, "node-1:1", "node-1:2", "node-2:1", "node-3:1");
    fold.insert(List.of(again));
    assertThat(fold.conflict(TWO.dot()).orElseThrow().isOpen()).isFalse();
  }

  @Test
  void ofTwoConcurrentDecisionsTheFirstInTheOrderStands() {
    var first = decision("node-1:2", 30, "node-1:1", "node-2:1");
    var second = decision("node-2:2", 31, "node-1:1", "node-2:1");
    for (var fold : List.of(fold(ONE, TWO, first, second), fold(ONE, TWO, second, first))) {
      assertThat(became(fold, first)).isInstanceOf(Decision.Apply.class);
      assertThat(became(fold, second))
          .isEqualTo(
              Decision.discard(
                  "the conflict node-2:1 was decided at the same time by node-1:2, which stands"));
    }
  }

  @Test
  void whatTheSecondOfTwoConcurrentDecisionsAloneHadSeenStaysOpen() {
    var first = decision("node-1:2", 30, "node-1:1", "node-2:1");
    var second = decision("node-2:2", 31, "node-1:1", "node-2:1", "node-3:1");
    var fold = fold(ONE, TWO, THREE, first, second);
    assertThat(fold.conflict(TWO.dot()).orElseThrow().open()).containsExactly(THREE.dot());
  }

  @Test
  void aDecisionAboutNothingIsDiscarded() {
    var decision = decision("node-1:2", 30, "node-1:1", "node-2:1");
    var twice = decision("node-1:3", 40, "node-1:1", "node-1:2", "node-2:1");
    var fold = fold(ONE, TWO, decision, twice);
    assertThat(became(fold, twice)).isEqualTo(NOTHING_LEFT);
    var unseen =
        fold(ONE, TWO, event("node-3:1", 30, Note.decision(Set.of(), TWO.dot(), List.of())));
    assertThat(unseen.find(dot("node-3:1")).orElseThrow().decision())
        .isEqualTo(Decision.discard("decides the conflict node-2:1 without having seen it"));
    var none = fold(TWO, decision("node-1:2", 30, "node-2:1"));
    assertThat(none.find(dot("node-1:2")).orElseThrow().decision()).isEqualTo(NOTHING_LEFT);
  }

  @Test
  void aDecisionThatNamesAnotherEscalatedSideSettlesThatConflictToo() {
    var late = event("node-3:1", 25, Note.on("title", "three"));
    var decision = decision("node-1:2", 30, "node-1:1", "node-2:1", "node-3:1");
    assertThat(fold(ONE, TWO, late).openConflicts()).hasSize(2);
    assertThat(fold(ONE, TWO, late, decision).openConflicts()).isEmpty();
  }

  @Test
  void conflictsAndDecisionsSurviveFoldsThatStartAtACheckpoint() {
    var decision = decision("node-1:2", 30, "node-1:1", "node-2:1");
    IndexedFold<List<String>, Note> fold = fold(ONE, TWO, THREE, decision);
    List<ReplicatedEvent<Note>> held = new ArrayList<>(List.of(ONE, TWO, THREE, decision));
    for (int i = 1; i <= 400; i++) {
      var other = event("node-4:" + i, 100 + 2L * i, Note.on("body", "b" + i));
      held.add(other);
      fold.insert(List.of(other));
    }
    assertThat(fold.counters().checkpoints()).isPositive();
    long before = fold.counters().applied();
    var late = event("node-5:1", 801, Note.on("body", "late"));
    held.add(late);
    fold.insert(List.of(late));
    assertThat(fold.counters().applied() - before).isLessThan(200);
    assertThat(fold.openConflicts()).isEqualTo(NaiveFold.fold(MODEL, held).conflicts());
    assertThat(fold.conflict(TWO.dot()).orElseThrow().open()).containsExactly(THREE.dot());
  }
}
