package dev.converge.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Resolution;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Models.Model;
import dev.converge.engine.support.Note;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The law checker finds what is planted, and nothing where nothing is. */
class EntityLawsTest {
  private static final Random OUTSIDE = new Random(7);

  private static Note note(Random random) {
    return Note.on("k" + random.nextInt(2), "v" + random.nextInt(3));
  }

  private static <S> EntityLaws<S, Note> laws(Model<S> model) {
    return EntityLaws.of(model).events(EntityLawsTest::note).histories(200);
  }

  private static <S> LawViolation violation(Model<S> model) {
    return catchThrowableOfType(LawViolation.class, () -> laws(model).check());
  }

  private static Model<List<String>> with(Models.Handler<List<String>> handler) {
    return new Model<>(List.of(), handler, Resolvers.none(), false);
  }

  @Test
  void aGoodModelPasses() {
    laws(Models.append(Resolvers.lastWriterWins(note -> note.keys().iterator().next()))).check();
    laws(Models.appendAll(Models.capricious(true))).check();
    laws(Models.sum()).check();
  }

  @Test
  void aResolverThatIsNotDeterministicIsFound() {
    ConflictResolver<List<String>, Note> dice =
        Resolvers.custom(
            Note::keys,
            conflict -> OUTSIDE.nextInt(3) > 0 ? Decision.apply() : Decision.discard("bad luck"));
    LawViolation found = violation(Models.append(dice));
    assertThat(found.law()).isIn(EntityLaws.Law.PURE, EntityLaws.Law.REPEATABLE);
    assertThat(found).hasMessageContaining(".seed(" + found.seed() + ")");
  }

  @Test
  void aResolverThatRemembersIsFound() {
    ConflictResolver<List<String>, Note> first =
        new ConflictResolver<>() {
          private final List<Note> seen = new ArrayList<>();

          @Override
          public Set<String> conflictKeys(Note event) {
            return event.keys();
          }

          @Override
          public Decision<Note> decide(
              dev.converge.engine.conflict.Conflict<List<String>, Note> conflict) {
            seen.add(conflict.event().payload());
            return seen.size() % 7 == 0 ? Decision.discard("had seen " + seen) : Decision.apply();
          }
        };
    assertThat(violation(Models.append(first))).isNotNull();
  }

  @Test
  void aClockReadInAHandlerIsFound() {
    LawViolation found =
        violation(
            with((list, note, context) -> List.of("written at " + Instant.now().toEpochMilli())));
    assertThat(found.law()).isIn(EntityLaws.Law.PURE, EntityLaws.Law.REPEATABLE);
    assertThat(found)
        .message()
        .containsAnyOf(
            "the two shortest histories found that differ:\nfolded once\n    node-",
            "the shortest history found:\n    node-");
    assertThat(found.historySize()).isEqualTo(1);
  }

  @Test
  void aHandlerThatChangesItsInputIsFound() {
    Model<List<String>> changing =
        new Model<>(
            new ArrayList<>(),
            (list, note, context) -> {
              list.add(note.text());
              return list;
            },
            Resolvers.none(),
            false);
    assertThat(violation(changing))
        .hasMessageContaining("broken: the handler and the resolver are functions of their input")
        .hasMessageContaining("changed the state it was given");
  }

  @Test
  void aHandlerThatDoesNotCommuteButSaysSoIsFound() {
    LawViolation found = violation(Models.pretendingToCommute(Models.append(Resolvers.none())));
    assertThat(found.law()).isEqualTo(EntityLaws.Law.CONVERGENT);
    assertThat(found)
        .hasMessageContaining("the model says that it commutes; does it?")
        .hasMessageContaining("the two shortest histories found that differ:")
        .hasMessageContaining("at a replica that got all at once\n    node-")
        .hasMessageContaining("at a replica that got them in this order\n  batch 1\n    node-")
        .hasMessageContaining("  comes to state [v");
    assertThat(found.historySize()).isEqualTo(2);
  }

  @Test
  void aHandlerThatDoesNotAnswerForEveryEventIsFound() {
    LawViolation found =
        violation(
            with(
                (list, note, context) -> {
                  if (note.text().equals("v2")) {
                    throw new IllegalStateException("no v2 here");
                  }
                  return list;
                }));
    assertThat(found.law()).isEqualTo(EntityLaws.Law.TOTAL);
    assertThat(found).hasMessageContaining("no v2 here");
    assertThat(found.historySize()).isEqualTo(1);
  }

  /** Without equals, on purpose. */
  private static final class Bare {
    @Override
    public String toString() {
      return "bare";
    }
  }

  @Test
  void statesWithoutEqualsAreFound() {
    assertThat(
            violation(
                new Model<>(new Bare(), (bare, note, c) -> new Bare(), Resolvers.none(), false)))
        .hasMessageContaining("lack equals by value");
  }

  @Test
  void eventsMayDependOnWhatTheirAuthorSees() {
    Model<TreeMap<String, String>> model =
        Models.assign(Resolvers.decidedBy(Note::resolution, Resolvers.escalate(Note::keys, true)));
    int[] decisions = new int[1];
    EntityLaws.of(model)
        .events(
            (author, random) -> {
              if (author.openConflicts().isEmpty() || random.nextBoolean()) {
                return note(random);
              }
              var conflict = author.openConflicts().get(0);
              decisions[0]++;
              assertThat(Resolution.of(conflict.id(), conflict.sides()).sides())
                  .isEqualTo(conflict.sides());
              return Note.decision(Set.of("k0"), conflict.id(), List.copyOf(conflict.sides()));
            })
        .histories(100)
        .check();
    assertThat(decisions[0]).isPositive();
  }

  @Test
  void badSettingsAreRefused() {
    assertThatThrownBy(() -> EntityLaws.of(Models.sum()).check())
        .hasMessageContaining("say where events come from");
    assertThatThrownBy(() -> EntityLaws.of(Models.sum()).histories(0))
        .hasMessageContaining("at least 1, not 0");
  }
}
