package dev.converge.pekko;

import static dev.converge.pekko.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.pekko.Notes.Append;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that ends between the commit of a write and its answer. */
class EndedMeanwhileTest {
  @TempDir Path folder;

  @Test
  void aWriteIsNotAcknowledgedByAReplicaThatWasRetiredWhileItWasStored() {
    try (TestCluster cluster = new TestCluster(folder)) {
      TestCluster.Node node = cluster.start("n1", Notes.TYPE);
      join(node.get(Notes.TYPE, "a").run(new Append("one")));
      node.database.addRowListener(rows -> node.refusal = "this replica was retired");
      assertThatThrownBy(() -> join(node.get(Notes.TYPE, "a").run(new Append("two"))))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(EntityUnavailableException.class)
          .hasMessageContaining("stored here, but meanwhile this replica was retired");
      assertThat(join(node.get(Notes.TYPE, "a").get()).state()).containsExactly("one", "two");
    }
  }
}
