package dev.converge.engine.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Note;
import dev.converge.engine.support.Seeds;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Replicas whose events leave memory, and whose journals are compacted, beside the naive fold of
 * all events: clients write with old contexts, replicas restart, frontiers and floors advance.
 */
class ReleasingReplicasTest {
  private static final int RUNS = 80;

  private static <S> ReleasingCluster.Counts check(EntityModel<S, Note> model) {
    ReleasingCluster.Counts counts = new ReleasingCluster.Counts();
    Seeds.check(
        ReleasingReplicasTest.class,
        RUNS,
        seed -> new ReleasingCluster<>(model, new Random(seed), counts).run());
    return counts;
  }

  @Test
  void aReplicaThatLetsGoDecidesAsOneThatKeepsAll() {
    ReleasingCluster.Counts counts = check(Models.append(Models.capricious(false)));
    System.out.println("released " + counts);
    if (Long.getLong("converge.seed") == null) {
      assertThat(counts.released).isPositive();
      assertThat(counts.restores).isPositive();
      assertThat(counts.restarts).isPositive();
      assertThat(counts.compactions).isPositive();
    }
  }

  @Test
  void conflictsAreShownAndDecidedAfterTheirEventsHaveLeftMemory() {
    check(
        Models.append(
            Resolvers.decidedBy(Note::resolution, Resolvers.escalate(Note::keys, false))));
  }

  @Test
  void resolversThatLookAtFewRivals() {
    check(
        Models.assign(
            Resolvers.<java.util.TreeMap<String, String>, Note>firstWriterWins(
                note -> List.copyOf(note.keys()).stream().sorted().findFirst().orElse("none"))));
  }

  @Test
  void aHandlerThatCommutes() {
    check(Models.sum());
  }
}
