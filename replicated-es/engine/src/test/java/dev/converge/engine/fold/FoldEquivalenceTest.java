package dev.converge.engine.fold;

import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.CreatePolicy;
import dev.converge.engine.conflict.DeletePolicy;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Note;
import dev.converge.engine.support.RandomHistory;
import dev.converge.engine.support.Seeds;
import dev.converge.engine.testkit.RandomHistories;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The indexed fold gives the answers of the naive one, after every batch of any history. 100,000
 * histories:
 *
 * <pre>mvn -pl replicated-es/engine -am test -Dsurefire.failIfNoSpecifiedTests=false \
 *   -Dtest=FoldEquivalenceTest -Dconverge.runs=17000</pre>
 */
class FoldEquivalenceTest {
  private static final int RUNS = 900;

  private static <S> void check(EntityModel<S, Note> model, int part, int maxSize) {
    Seeds.checkPart(
        FoldEquivalenceTest.class,
        RUNS,
        part,
        seed -> {
          Random random = new Random(seed);
          List<ReplicatedEvent<Note>> events =
              RandomHistory.of(random, 1 + random.nextInt(maxSize));
          List<List<ReplicatedEvent<Note>>> batches = RandomHistories.batches(random, events);
          if (differs(model, batches)) {
            throw new AssertionError(explain(model, smaller(batches, b -> differs(model, b))));
          }
        });
  }

  @Test
  void aHandlerThatDoesNotCommuteAndAResolverThatLooksAtEverything() {
    check(Models.appendAll(Models.capricious(false)), 1, 40);
  }

  @Test
  void aResolverThatSeesDiscardedEvents() {
    check(Models.appendAll(Models.capricious(true)), 1, 40);
  }

  @Test
  void aHandlerWhoseLaterEventsHideEarlierOnesSoThatTheFoldStopsEarly() {
    check(Models.assign(Models.capricious(false)), 1, 55);
    check(Models.assign(Models.capricious(true, false)), 1, 55);
  }

  @Test
  void aResolverThatLooksUpFewRivalsAndWhatWasDecidedAboutThem() {
    check(Models.appendAll(Models.glancing()), 1, 60);
  }

  @Test
  void aHandlerThatCommutes() {
    check(Models.sum(), 1, 60);
  }

  @Test
  void longHistoriesWithManyCheckpoints() {
    check(Models.assign(Models.capricious(false, false)), 60, 300);
    check(Models.append(Models.capricious(false)), 60, 300);
  }

  @Test
  void theResolversThatComeWithIt() {
    Function<Note, String> one = note -> note.keys().stream().sorted().findFirst().orElse("none");
    Predicate<Note> odd = note -> note.kinds().contains("odd");
    ConflictResolver<List<String>, Note> deletes =
        Resolvers.deleteUpdate(DeletePolicy.UPDATE_WINS, one, odd);
    ConflictResolver<List<String>, Note> creates =
        Resolvers.createCreate(CreatePolicy.FIRST_WINS, one, odd.negate());
    for (ConflictResolver<List<String>, Note> resolver :
        List.of(
            Resolvers.<List<String>, Note>lastWriterWins(one),
            Resolvers.<List<String>, Note>firstWriterWins(one),
            Resolvers.<List<String>, Note>fieldMerge(
                note -> note.keys().stream().collect(Collectors.toMap(k -> k, k -> note.text()))),
            Resolvers.<List<String>, Note>addWins(one, odd),
            Resolvers.<List<String>, Note>removeWins(one, odd),
            Resolvers.<List<String>, Note>byPriority(one, note -> note.text().hashCode() & 3),
            Resolvers.inTurn(List.of(deletes, creates, Resolvers.lastWriterWins(n -> "all"))),
            Resolvers.<List<String>, Note>decidedBy(
                Note::resolution, Resolvers.escalate(Note::keys, true)))) {
      check(Models.appendAll(resolver), 8, 60);
    }
  }

  private static <S> boolean differs(
      EntityModel<S, Note> model, List<List<ReplicatedEvent<Note>>> batches) {
    IndexedFold<S, Note> fold = new IndexedFold<>(model);
    List<ReplicatedEvent<Note>> held = new ArrayList<>();
    int looks = Math.max(1, batches.size() / 4);
    for (int i = 0; i < batches.size(); i++) {
      fold.insert(batches.get(i));
      held.addAll(batches.get(i));
      if (i % looks == 0 || i == batches.size() - 1) {
        NaiveFold.Result<S, Note> expected = NaiveFold.fold(model, held);
        if (!expected.state().equals(fold.state())
            || !expected.history().equals(fold.history(0, Integer.MAX_VALUE).events())
            || !expected.conflicts().equals(fold.openConflicts())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Leaves out one event after the other as long as it still fails. */
  private static List<List<ReplicatedEvent<Note>>> smaller(
      List<List<ReplicatedEvent<Note>>> batches,
      Predicate<List<List<ReplicatedEvent<Note>>>> fails) {
    List<List<ReplicatedEvent<Note>>> smallest = batches;
    boolean found = true;
    while (found) {
      found = false;
      for (ReplicatedEvent<Note> out : smallest.stream().flatMap(List::stream).toList()) {
        List<List<ReplicatedEvent<Note>>> less =
            smallest.stream()
                .map(batch -> batch.stream().filter(e -> e != out).toList())
                .filter(batch -> !batch.isEmpty())
                .toList();
        if (fails.test(less)) {
          smallest = less;
          found = true;
        }
      }
    }
    return smallest;
  }

  private static <S> String explain(
      EntityModel<S, Note> model, List<List<ReplicatedEvent<Note>>> batches) {
    IndexedFold<S, Note> fold = new IndexedFold<>(model);
    batches.forEach(fold::insert);
    NaiveFold.Result<S, Note> expected =
        NaiveFold.fold(model, batches.stream().flatMap(List::stream).toList());
    StringBuilder text = new StringBuilder("the smallest history that differs:\n");
    for (List<ReplicatedEvent<Note>> batch : batches) {
      text.append("  batch\n");
      batch.forEach(e -> text.append("    ").append(describe(e)).append('\n'));
    }
    text.append("  expected ").append(expected.state()).append('\n');
    text.append("  actual   ").append(fold.state()).append('\n');
    text.append("  expected ").append(expected.conflicts()).append('\n');
    text.append("  actual   ").append(fold.openConflicts()).append('\n');
    List<Folded<Note>> actual = fold.history(0, Integer.MAX_VALUE).events();
    for (int i = 0; i < actual.size(); i++) {
      if (!Objects.equals(expected.history().get(i), actual.get(i))) {
        text.append("  expected ").append(expected.history().get(i)).append('\n');
        text.append("  actual   ").append(actual.get(i)).append('\n');
      }
    }
    return text.toString();
  }

  private static String describe(ReplicatedEvent<Note> event) {
    return event.dot()
        + " at "
        + event.time()
        + " after "
        + event.context()
        + (event.originId() == null ? "" : " for " + event.originId())
        + " "
        + event.payload().keys();
  }
}
