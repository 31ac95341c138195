package dev.converge.engine.conflict;

import static dev.converge.engine.support.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.NaiveFold;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Models.Model;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ResolversTest {
  private static String key(Note note) {
    return note.keys().iterator().next();
  }

  private static Map<String, String> fields(Note note) {
    return note.keys().stream().collect(Collectors.toMap(key -> key, key -> note.text()));
  }

  @SafeVarargs
  private static NaiveFold.Result<TreeMap<String, String>, Note> fold(
      ConflictResolver<TreeMap<String, String>, Note> resolver, ReplicatedEvent<Note>... events) {
    Model<TreeMap<String, String>> model = Models.assign(resolver);
    List<ReplicatedEvent<Note>> all = new ArrayList<>();
    for (ReplicatedEvent<Note> event : events) {
      all.add(event);
    }
    return NaiveFold.fold(model, all);
  }

  private static Decision<Note> last(NaiveFold.Result<?, Note> result) {
    List<Folded<Note>> history = result.history();
    return history.get(history.size() - 1).decision();
  }

  @Test
  void theLastWriterWinsAndTheReasonNamesBoth() {
    var result =
        fold(
            Resolvers.lastWriterWins(ResolversTest::key),
            event("node-2:1", 5, Note.on("title", "two")),
            event("node-1:1", 4, Note.on("title", "one")));
    assertThat(result.state()).containsEntry("title", "two");
    assertThat(last(result).why()).contains("title: node-2's later value stands over node-1:1");
  }

  @Test
  void theFirstWriterWinsAndTheOthersAreDiscarded() {
    var result =
        fold(
            Resolvers.firstWriterWins(ResolversTest::key),
            event("node-1:1", 4, Note.on("seat-12", "Ada")),
            event("node-2:1", 5, Note.on("seat-12", "Ben")),
            event("node-3:1", 6, Note.on("seat-12", "Cy")));
    assertThat(result.state()).containsEntry("seat-12", "Ada");
    assertThat(last(result)).isEqualTo(Decision.discard("seat-12: node-1:1 came first"));
  }

  @Test
  void fieldsAreMergedAndOnlySharedOnesAreRemarkedOn() {
    var result =
        fold(
            Resolvers.fieldMerge(ResolversTest::fields),
            event("node-1:1", 4, new Note(Set.of("title", "body"), "one")),
            event("node-2:1", 5, new Note(Set.of("title", "author"), "two")));
    assertThat(result.state())
        .isEqualTo(new TreeMap<>(Map.of("title", "two", "body", "one", "author", "two")));
    assertThat(last(result).why())
        .contains("field title: node-2's later value stands over node-1:1");
  }

  @Test
  void theSameValueTwiceIsNoQuarrel() {
    var result =
        fold(
            Resolvers.fieldMerge(ResolversTest::fields),
            event("node-1:1", 4, Note.on("title", "same")),
            event("node-2:1", 5, Note.on("title", "same")));
    assertThat(last(result).why()).contains("field title: same value as node-1:1");
  }

  @Test
  void anEscalatedEventIsAppliedOrHeld() {
    ReplicatedEvent<Note> one = event("node-1:1", 4, Note.on("title", "one"));
    ReplicatedEvent<Note> two = event("node-2:1", 5, Note.on("title", "two"));
    var applied = fold(Resolvers.escalate(Note::keys, true), one, two);
    assertThat(applied.state()).containsEntry("title", "two");
    assertThat(last(applied).why())
        .contains("title: node-2:1 and node-1:1 do not know of each other");
    var held = fold(Resolvers.escalate(Note::keys, false), one, two);
    assertThat(held.state()).containsEntry("title", "one");
  }

  @Test
  void eventsThatKnowOfEachOtherAreNoConflict() {
    var result =
        fold(
            Resolvers.firstWriterWins(ResolversTest::key),
            event("node-1:1", 4, Note.on("seat-12", "Ada")),
            event("node-2:1", 5, Note.on("seat-12", "Ben"), "node-1:1"));
    assertThat(last(result)).isEqualTo(Decision.apply());
    assertThat(result.state()).containsEntry("seat-12", "Ben");
  }

  @Test
  void aDecisionThatChangesWhatHappensGivesAReason() {
    assertThatThrownBy(() -> Decision.discard(" ")).hasMessageContaining("give a reason");
  }
}
