package dev.converge.engine.fold;

import static dev.converge.engine.support.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Models.Model;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A handler or resolver that is not a function of its input is reported, with who and where. */
class CheckedFoldTest {
  private static final FoldOptions CHECKED = new FoldOptions("note/n-17", true);

  private static <S> IndexedFold<S, Note> conflict(Model<S> model, FoldOptions options) {
    IndexedFold<S, Note> fold = new IndexedFold<>(model, options);
    List<ReplicatedEvent<Note>> events =
        List.of(
            event("node-1:1", 1, Note.on("title", "one")),
            event("node-2:1", 2, Note.on("title", "two")));
    fold.insert(events);
    return fold;
  }

  private static ConflictResolver<List<String>, Note> fickle() {
    AtomicInteger asked = new AtomicInteger();
    return Resolvers.custom(
        Note::keys, conflict -> Decision.discard("asked " + asked.incrementAndGet() + " times"));
  }

  @Test
  void aResolverThatAnswersDifferentlyIsReportedWithEntityEventAndResolver() {
    IndexedFold<List<String>, Note> fold = conflict(Models.append(fickle()), CHECKED);
    assertThatThrownBy(fold::state)
        .isInstanceOf(FoldException.class)
        .hasMessageContaining("the conflict resolver (decide of custom)")
        .hasMessageContaining("gave two answers for one input at event node-2:1 of note/n-17")
        .hasMessageContaining("asked 1 times")
        .hasMessageContaining("asked 2 times");
  }

  @Test
  void withoutChecksItIsAskedOnce() {
    assertThat(conflict(Models.append(fickle()), FoldOptions.DEFAULT).state())
        .containsExactly("one");
  }

  @Test
  void aResolverThatThrowsIsReportedWithEntityEventAndResolver() {
    ConflictResolver<List<String>, Note> throwing =
        Resolvers.custom(
            Note::keys,
            conflict -> {
              throw new IllegalStateException("no idea");
            });
    IndexedFold<List<String>, Note> fold =
        conflict(Models.append(throwing), new FoldOptions("note/n-17", false));
    assertThatThrownBy(fold::state)
        .hasMessageContaining("(decide of custom) threw at event node-2:1 of note/n-17")
        .hasMessageContaining("no idea");
  }

  @Test
  void aHandlerThatAnswersDifferentlyIsReported() {
    AtomicInteger calls = new AtomicInteger();
    Model<List<String>> counting =
        new Model<>(
            List.of(),
            (list, note, context) -> List.of("call " + calls.incrementAndGet()),
            Resolvers.none(),
            false);
    assertThatThrownBy(() -> conflict(counting, CHECKED).state())
        .hasMessageContaining("gave two states for one input at event node-1:1 of note/n-17");
  }

  @Test
  void aHandlerThatChangesItsStateIsReported() {
    Model<List<String>> changing =
        new Model<>(
            new ArrayList<>(),
            (list, note, context) -> {
              list.add(note.text());
              return list;
            },
            Resolvers.none(),
            false);
    assertThatThrownBy(() -> conflict(changing, CHECKED).state())
        .hasMessageContaining("changed the state it was given at event node-1:1");
  }

  @Test
  void aResolverThatPromisedNotToReadTheStateIsHeldToIt() {
    ConflictResolver<List<String>, Note> peeking =
        new ConflictResolver<>() {
          @Override
          public java.util.Set<String> conflictKeys(Note event) {
            return event.keys();
          }

          @Override
          public Decision<Note> decide(
              dev.converge.engine.conflict.Conflict<List<String>, Note> conflict) {
            return Decision.discard("after " + conflict.state());
          }

          @Override
          public boolean readsState() {
            return false;
          }
        };
    assertThatThrownBy(() -> conflict(Models.append(peeking), FoldOptions.DEFAULT).state())
        .hasMessageContaining("let readsState() return true");
  }
}
