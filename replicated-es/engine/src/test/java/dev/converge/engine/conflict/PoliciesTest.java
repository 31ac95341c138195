package dev.converge.engine.conflict;

import static dev.converge.engine.support.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.EventContext;
import dev.converge.engine.fold.NaiveFold;
import dev.converge.engine.support.Models.Model;
import dev.converge.engine.support.Note;
import dev.converge.engine.view.Deletable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Policies for events of different kinds: each with either of two concurrent events first. */
class PoliciesTest {
  private static final String KEY = "doc";

  private static String key(Note note) {
    return note.keys().iterator().next();
  }

  private static boolean deletes(Note note) {
    return note.text().equals("delete");
  }

  /** Texts of a thing that can be deleted. */
  private static Model<Deletable<TreeSet<String>>> document(
      ConflictResolver<Deletable<TreeSet<String>>, Note> resolver) {
    return new Model<>(Deletable.absent(), PoliciesTest::change, resolver, false);
  }

  private static Deletable<TreeSet<String>> change(
      Deletable<TreeSet<String>> state, Note note, EventContext context) {
    return deletes(note)
        ? state.delete(context)
        : state.update(
            context,
            new TreeSet<>(),
            set -> {
              TreeSet<String> more = new TreeSet<>(set);
              more.add(note.text());
              return more;
            });
  }

  private static ReplicatedEvent<Note> at(
      String dot, long millis, String text, String... dependencies) {
    return event(dot, millis, Note.on(KEY, text), dependencies);
  }

  @SafeVarargs
  private static <S> NaiveFold.Result<S, Note> fold(
      EntityModel<S, Note> model, ReplicatedEvent<Note>... events) {
    List<ReplicatedEvent<Note>> all = new ArrayList<>();
    for (ReplicatedEvent<Note> event : events) {
      all.add(event);
    }
    return NaiveFold.fold(model, all);
  }

  @SafeVarargs
  private static Optional<TreeSet<String>> live(
      EntityModel<Deletable<TreeSet<String>>, Note> model, ReplicatedEvent<Note>... events) {
    return fold(model, events).state().live();
  }

  @SafeVarargs
  private static <S> Decision<Note> last(
      EntityModel<S, Note> model, ReplicatedEvent<Note>... events) {
    var history = fold(model, events).history();
    return history.get(history.size() - 1).decision();
  }

  @Test
  void deleteWinsWhicheverCameFirst() {
    var model =
        document(
            Resolvers.deleteUpdate(
                DeletePolicy.DELETE_WINS, PoliciesTest::key, PoliciesTest::deletes));
    var made = at("node-1:1", 1, "made");
    assertThat(
            live(
                model,
                made,
                at("node-1:2", 2, "more", "node-1:1"),
                at("node-2:1", 3, "delete", "node-1:1")))
        .isEmpty();
    var late = at("node-2:1", 3, "more", "node-1:1");
    assertThat(live(model, made, at("node-1:2", 2, "delete", "node-1:1"), late)).isEmpty();
    assertThat(last(model, made, at("node-1:2", 2, "delete", "node-1:1"), late))
        .isEqualTo(Decision.discard("doc: deleted at the same time by node-1:2"));
  }

  @Test
  void updateWinsWhicheverCameFirstAndGoesOnWithWhatWasDeleted() {
    var model =
        document(
            Resolvers.deleteUpdate(
                DeletePolicy.UPDATE_WINS, PoliciesTest::key, PoliciesTest::deletes));
    var made = at("node-1:1", 1, "made");
    var deletedLate = at("node-2:1", 3, "delete", "node-1:1");
    assertThat(live(model, made, at("node-1:2", 2, "more", "node-1:1"), deletedLate))
        .contains(new TreeSet<>(Set.of("made", "more")));
    assertThat(last(model, made, at("node-1:2", 2, "more", "node-1:1"), deletedLate))
        .isEqualTo(Decision.discard("doc: stays, as the deletion had not seen node-1:2"));
    var updatedLate = at("node-2:1", 3, "more", "node-1:1");
    assertThat(live(model, made, at("node-1:2", 2, "delete", "node-1:1"), updatedLate))
        .contains(new TreeSet<>(Set.of("made", "more")));
  }

  @Test
  void whoHasSeenTheDeletionStartsAfresh() {
    var model =
        document(
            Resolvers.deleteUpdate(
                DeletePolicy.UPDATE_WINS, PoliciesTest::key, PoliciesTest::deletes));
    assertThat(
            live(
                model,
                at("node-1:1", 1, "made"),
                at("node-1:2", 2, "delete", "node-1:1"),
                at("node-2:1", 3, "new", "node-1:1", "node-1:2")))
        .contains(new TreeSet<>(Set.of("new")));
  }

  @Test
  void whatIsRememberedOfADeletionGoesOnceItIsStable() {
    Deletable<String> live =
        Deletable.<String>absent()
            .update(
                EventContext.of(at("node-1:1", 1, "x"), Decision.apply(), List.of()), "", v -> "x");
    var delete = at("node-1:2", 2, "delete", "node-1:1");
    Deletable<String> deleted = live.delete(EventContext.of(delete, Decision.apply(), List.of()));
    assertThat(deleted.value()).isEqualTo("x");
    assertThat(deleted.forget(delete.context())).isEqualTo(deleted);
    assertThat(deleted.forget(delete.context().with(delete.dot()))).isEqualTo(Deletable.absent());
    assertThat(live.forget(delete.context())).isEqualTo(live);
  }

  @Test
  void anAdditionStandsAgainstARemovalThatHadNotSeenIt() {
    ConflictResolver<Deletable<TreeSet<String>>, Note> addWins =
        Resolvers.addWins(PoliciesTest::key, PoliciesTest::deletes);
    var model = document(addWins);
    assertThat(live(model, at("node-1:1", 1, "milk"), at("node-2:1", 2, "delete"))).isPresent();
    assertThat(last(model, at("node-1:1", 1, "milk"), at("node-2:1", 2, "delete")))
        .isEqualTo(Decision.discard("doc: stays, as the removal had not seen node-1:1"));
    assertThat(live(model, at("node-1:1", 1, "delete"), at("node-2:1", 2, "milk"))).isPresent();
    assertThat(last(model, at("node-1:1", 1, "delete"), at("node-2:1", 2, "milk")).why())
        .contains("doc: stays, as the removal node-1:1 had not seen this");
    assertThat(last(model, at("node-1:1", 1, "delete"), at("node-2:1", 2, "delete")))
        .isEqualTo(Decision.apply());
    assertThat(live(model, at("node-1:1", 1, "milk"), at("node-2:1", 2, "delete", "node-1:1")))
        .isEmpty();
  }

  @Test
  void aRemovalStandsAgainstAnAdditionThatHadNotSeenIt() {
    var model = document(Resolvers.removeWins(PoliciesTest::key, PoliciesTest::deletes));
    assertThat(live(model, at("node-1:1", 1, "milk"), at("node-2:1", 2, "delete"))).isEmpty();
    assertThat(live(model, at("node-1:1", 1, "delete"), at("node-2:1", 2, "milk"))).isEmpty();
    assertThat(last(model, at("node-1:1", 1, "delete"), at("node-2:1", 2, "milk")))
        .isEqualTo(Decision.discard("doc: removed at the same time by node-1:1"));
    assertThat(live(model, at("node-1:1", 1, "delete"), at("node-2:1", 2, "milk", "node-1:1")))
        .isPresent();
  }

  @Test
  void twoCreationsAreMergedOrTheFirstStands() {
    var one = at("node-1:1", 1, "create one");
    var two = at("node-2:1", 2, "create two");
    var first =
        document(
            Resolvers.createCreate(
                CreatePolicy.FIRST_WINS, PoliciesTest::key, n -> n.text().startsWith("create")));
    assertThat(live(first, one, two)).contains(new TreeSet<>(Set.of("create one")));
    assertThat(last(first, one, two))
        .isEqualTo(Decision.discard("doc: created before by node-1:1"));
    var merge =
        document(
            Resolvers.createCreate(
                CreatePolicy.MERGE, PoliciesTest::key, n -> n.text().startsWith("create")));
    assertThat(live(merge, one, two)).contains(new TreeSet<>(Set.of("create one", "create two")));
    var joined =
        document(
            Resolvers.createCreate(
                PoliciesTest::key,
                n -> n.text().startsWith("create"),
                (a, b) -> Note.on(KEY, a.text() + " and " + b.text())));
    assertThat(last(joined, one, two))
        .isEqualTo(
            Decision.replace(
                Note.on(KEY, "create one and create two"),
                "doc: created twice, merged with node-1:1"));
    assertThat(last(first, one, at("node-2:1", 2, "update"))).isEqualTo(Decision.apply());
  }

  @Test
  void theHigherPriorityStandsWhicheverCameFirst() {
    var model = document(Resolvers.byPriority(PoliciesTest::key, n -> n.text().length()));
    assertThat(last(model, at("node-1:1", 1, "long"), at("node-2:1", 2, "xs")))
        .isEqualTo(Decision.discard("doc: node-1:1 has priority 4 over 2"));
    assertThat(last(model, at("node-1:1", 1, "xs"), at("node-2:1", 2, "long")).why())
        .contains("doc: priority 4 over 2 of node-1:1");
    assertThat(last(model, at("node-1:1", 1, "xs"), at("node-2:1", 2, "xl")).why())
        .contains("doc: node-2's later value stands over node-1:1");
  }

  @Test
  void resolversInTurnLetTheFirstThatObjectsDecide() {
    ConflictResolver<Deletable<TreeSet<String>>, Note> both =
        Resolvers.inTurn(
            List.of(
                Resolvers.deleteUpdate(
                    DeletePolicy.DELETE_WINS, PoliciesTest::key, PoliciesTest::deletes),
                Resolvers.lastWriterWins(PoliciesTest::key)));
    var model = document(both);
    assertThat(last(model, at("node-1:1", 1, "delete"), at("node-2:1", 2, "x")).why())
        .contains("doc: deleted at the same time by node-1:1");
    assertThat(last(model, at("node-1:1", 1, "y"), at("node-2:1", 2, "x")).why())
        .contains("doc: node-2's later value stands over node-1:1");
    assertThat(both.readsState()).isFalse();
    assertThat(both).hasToString("[delete-wins, last-writer-wins]");
    assertThatThrownBy(() -> Resolvers.inTurn(List.of())).hasMessageContaining("one or more");
  }

  private sealed interface Event {}

  private record Renamed(String name) implements Event {}

  private record Booked(String seat) implements Event {}

  private record Chatted(String text) implements Event {}

  @Test
  void eachTypeOfEventHasAResolverOfItsOwn() {
    ConflictResolver<String, Event> resolver =
        Resolvers.<String, Event>perType()
            .on(Renamed.class, Resolvers.lastWriterWins(event -> "name"))
            .on(Booked.class, Resolvers.firstWriterWins(event -> ((Booked) event).seat()))
            .otherwise(Resolvers.none());
    EntityModel<String, Event> model =
        new EntityModel<>() {
          @Override
          public String emptyState() {
            return "";
          }

          @Override
          public String apply(String state, Event event, EventContext context) {
            return state + event;
          }

          @Override
          public ConflictResolver<String, Event> conflicts() {
            return resolver;
          }
        };
    assertThat(decide(model, new Booked("12"), new Booked("12")))
        .isEqualTo(Decision.discard("12: node-1:1 came first"));
    assertThat(decide(model, new Renamed("a"), new Renamed("b")).why())
        .contains("name: node-2's later value stands over node-1:1");
    assertThat(decide(model, new Chatted("a"), new Chatted("b"))).isEqualTo(Decision.apply());
    assertThat(decide(model, new Renamed("12"), new Booked("12"))).isEqualTo(Decision.apply());
  }

  private static Decision<Event> decide(EntityModel<String, Event> model, Event one, Event two) {
    Note note = Note.on("x", "x");
    var first = event("node-1:1", 1, note);
    var second = event("node-2:1", 2, note);
    return NaiveFold.fold(model, List.of(as(first, one), as(second, two)))
        .history()
        .get(1)
        .decision();
  }

  private static ReplicatedEvent<Event> as(ReplicatedEvent<Note> envelope, Event payload) {
    return new ReplicatedEvent<>(
        envelope.dot(), envelope.time(), envelope.context(), 1, null, envelope.hash(), payload);
  }
}
