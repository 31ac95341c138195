package dev.converge.engine.fold;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Note;
import dev.converge.engine.support.RandomHistory;
import dev.converge.engine.support.Seeds;
import dev.converge.engine.testkit.RandomHistories;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A fold that lets events leave memory gives the answers of the naive fold of all: state, the
 * decisions still in memory, open conflicts with their sides. Frontiers advance at random, folds
 * start again from what they stored, and events come that had not seen what has gone.
 */
class ReleaseTest {
  private static final int RUNS = 300;
  private static final VersionVector NO_FLOOR = VersionVector.empty();

  private static <S> void check(EntityModel<S, Note> model, int part, int maxSize) {
    Seeds.checkPart(
        ReleaseTest.class,
        RUNS,
        part,
        seed -> {
          Random random = new Random(seed);
          List<ReplicatedEvent<Note>> events =
              RandomHistory.of(random, 1 + random.nextInt(maxSize));
          new Releasing<>(model, random).run(RandomHistories.batches(random, events));
        });
  }

  @Test
  void aHandlerThatDoesNotCommuteAndAResolverThatLooksAtEverything() {
    check(remembering(Models.appendAll(Models.capricious(false)), 4), 1, 40);
  }

  @Test
  void aResolverThatSeesDiscardedEvents() {
    check(Models.appendAll(Models.capricious(true)), 1, 40);
  }

  @Test
  void aHandlerWhoseLaterEventsHideEarlierOnes() {
    check(remembering(Models.assign(Models.capricious(false, false)), 3), 1, 60);
  }

  @Test
  void aResolverThatLooksUpFewRivals() {
    check(Models.appendAll(Models.glancing()), 1, 60);
  }

  @Test
  void aHandlerThatCommutes() {
    check(remembering(Models.sum(), 5), 1, 60);
  }

  @Test
  void conflictsHandedToPersonsAndTheirDecisions() {
    ConflictResolver<List<String>, Note> persons =
        Resolvers.decidedBy(Note::resolution, Resolvers.escalate(Note::keys, true));
    check(Models.appendAll(persons), 1, 60);
  }

  @Test
  void longHistories() {
    check(Models.append(Models.capricious(false)), 40, 300);
    check(Models.assign(Models.capricious(true, false)), 40, 300);
  }

  /** The model, with requests remembered for few milliseconds. */
  private static <S> EntityModel<S, Note> remembering(EntityModel<S, Note> model, long millis) {
    return new EntityModel<>() {
      @Override
      public S emptyState() {
        return model.emptyState();
      }

      @Override
      public S apply(S state, Note event, EventContext context) {
        return model.apply(state, event, context);
      }

      @Override
      public ConflictResolver<S, Note> conflicts() {
        return model.conflicts();
      }

      @Override
      public boolean commutes() {
        return model.commutes();
      }

      @Override
      public long rememberRequestsMillis() {
        return millis;
      }
    };
  }

  /** One fold that releases at random, beside the set of all events. */
  private static final class Releasing<S> {
    private final EntityModel<S, Note> model;
    private final Random random;
    private final List<ReplicatedEvent<Note>> held = new ArrayList<>();
    private final List<FoldCheckpoint<S, Note>> stored = new ArrayList<>();
    private IndexedFold<S, Note> fold;
    private VersionVector floor = VersionVector.empty();

    Releasing(EntityModel<S, Note> model, Random random) {
      this.model = model;
      this.random = random;
      this.fold = new IndexedFold<>(model);
      this.stored.add(FoldCheckpoint.empty(model));
    }

    void run(List<List<ReplicatedEvent<Note>>> batches) {
      for (int i = 0; i < batches.size(); i++) {
        makeRoomFor(batches.get(i));
        fold.insert(batches.get(i));
        held.addAll(batches.get(i));
        if (random.nextInt(3) == 0) {
          release(batches.subList(i + 1, batches.size()).stream().flatMap(List::stream).toList());
        }
        if (random.nextInt(4) == 0 || i == batches.size() - 1) {
          compare();
        }
      }
    }

    private void makeRoomFor(List<ReplicatedEvent<Note>> batch) {
      if (batch.stream().anyMatch(event -> fold.needsTail(event, floor))) {
        List<FoldCheckpoint<S, Note>> serving =
            stored.stream().filter(one -> servesAll(one, held) && servesAll(one, batch)).toList();
        fold = fold.from(serving.get(random.nextInt(serving.size())), held);
      }
    }

    private boolean servesAll(FoldCheckpoint<S, Note> start, List<ReplicatedEvent<Note>> events) {
      return events.stream()
          .allMatch(e -> start.vector().contains(e.dot()) || start.serves(e, NO_FLOOR));
    }

    private void release(List<ReplicatedEvent<Note>> toCome) {
      // Final: all to come is later. A frontier may lag.
      long before = toCome.stream().mapToLong(e -> e.time().millis()).min().orElse(1_000);
      fold.finalUpTo(new HybridTimestamp(Math.max(0, before - 1 - random.nextInt(3)), 0));
      VersionVector stable = VersionVector.empty();
      Map<ReplicaId, Long> last = contiguous();
      for (Map.Entry<ReplicaId, Long> entry : last.entrySet()) {
        stable = stable.with(entry.getKey(), Math.max(0, entry.getValue() - random.nextInt(4)));
      }
      // A floor: what all to come has seen.
      VersionVector seen = stable;
      for (ReplicatedEvent<Note> event : toCome) {
        seen = seen.meet(event.context().vector());
      }
      floor = random.nextBoolean() ? floor.merge(seen) : floor;
      fold.release(stable, List.of());
      stored.add(fold.checkpoint());
      if (random.nextInt(4) == 0) {
        // A restart from what was stored; its finals are given again.
        FoldCheckpoint<S, Note> start = fold.checkpoint();
        fold = new IndexedFold<>(model, FoldOptions.DEFAULT, start);
        fold.insert(held);
        fold.finalUpTo(new HybridTimestamp(Math.max(0, before - 1), 0));
      }
    }

    private Map<ReplicaId, Long> contiguous() {
      Map<ReplicaId, Long> last = new HashMap<>();
      held.stream()
          .sorted(ReplicatedEvent.TOTAL_ORDER)
          .forEach(
              event -> {
                if (event.dot().sequence() == last.getOrDefault(event.replica(), 0L) + 1) {
                  last.put(event.replica(), event.dot().sequence());
                }
              });
      return last;
    }

    private void compare() {
      NaiveFold.Result<S, Note> expected = NaiveFold.fold(model, held);
      HistoryPage<Note> page = fold.history(0, Integer.MAX_VALUE);
      require("state", expected.state(), fold.state());
      require("number of events", expected.history().size(), page.total());
      require(
          "history in memory",
          withoutFinality(expected.history().subList(page.from(), page.total())),
          withoutFinality(page.events()));
      require("conflicts", expected.conflicts(), fold.openConflicts());
      require(
          "escalated",
          expected.conflicts().stream().map(Escalation::id).toList(),
          fold.escalated().stream().map(Folded::dot).toList());
      Map<String, Folded<Note>> byDot = new TreeMap<>();
      expected.history().forEach(one -> byDot.put(one.dot().toString(), one));
      for (Folded<Note> escalated : fold.escalated()) {
        Folded<Note> other = byDot.get(escalated.dot().toString());
        require(
            "escalated event",
            withoutFinality(List.of(other)),
            withoutFinality(List.of(escalated)));
      }
      for (Escalation conflict : expected.conflicts()) {
        List<Judged<Note>> sides =
            conflict.sides().stream()
                .map(dot -> byDot.get(dot.toString()))
                .map(one -> new Judged<>(one.event(), one.decision(), one.duplicateOf()))
                .toList();
        require("sides of " + conflict.id(), sides, fold.sides(conflict.id()));
      }
    }

    private static List<Folded<Note>> withoutFinality(List<Folded<Note>> history) {
      return history.stream()
          .map(
              f ->
                  new Folded<>(f.event(), f.decision(), f.concurrentWith(), f.duplicateOf(), false))
          .toList();
    }

    private void require(String what, Object expected, Object actual) {
      if (!expected.equals(actual)) {
        throw new AssertionError(
            what
                + " with "
                + held.size()
                + " events, "
                + fold.size()
                + " in memory\nexpected "
                + expected
                + "\nactual   "
                + actual);
      }
    }
  }
}
