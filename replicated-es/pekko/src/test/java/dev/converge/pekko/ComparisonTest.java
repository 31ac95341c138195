package dev.converge.pekko;

import static dev.converge.pekko.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.converge.engine.fold.EventContext;
import dev.converge.pekko.Notes.Append;
import dev.converge.pekko.Notes.Appended;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** States of real entities at two nodes, compared. */
class ComparisonTest {
  private static final EntityType<Append, Appended, List<String>> NOTES =
      Notes.TYPE.withStates(new TypeReference<List<String>>() {});

  @TempDir Path folder;

  /** Other code than {@link Notes}, by the same name. */
  private static final class Shouting extends ReplicatedEntity<Append, Appended, List<String>> {
    @Override
    public List<String> emptyState() {
      return List.of();
    }

    @Override
    public Effect<Appended> onCommand(List<String> state, Append command) {
      return Effect.none();
    }

    @Override
    public List<String> onEvent(List<String> state, Appended event, EventContext context) {
      return List.of(event.text().toUpperCase(Locale.ROOT));
    }
  }

  @Test
  void codeThatDiffersIsFoundByItsStates() {
    EntityType<Append, Appended, List<String>> shouting =
        EntityType.<Append, Appended, List<String>>of("notes", Appended.class, id -> new Shouting())
            .withStates(new TypeReference<List<String>>() {});
    try (TestCluster cluster = new TestCluster(folder)) {
      TestCluster.Node n1 = cluster.start("n1", NOTES);
      TestCluster.Node n2 = cluster.start("n2", shouting);
      join(n1.get(NOTES, "a").run(new Append("one")));
      cluster.shipAll();
      assertThat(join(n2.get(shouting, "a").get()).state()).containsExactly("ONE");
      assertThat(join(n1.entities.compareNext())).isPresent();
      assertThat(n1.entities.status().differing()).containsOnlyKeys("notes/a at n2");
      assertThat(join(n1.entities.compareNext())).as("the end of a round").isEmpty();
    }
  }
}
