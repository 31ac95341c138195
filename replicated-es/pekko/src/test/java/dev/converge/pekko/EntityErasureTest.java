package dev.converge.pekko;

import static dev.converge.pekko.TestCluster.eventually;
import static dev.converge.pekko.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.pekko.FinalFeed.FeedErasure;
import dev.converge.pekko.FinalFeed.Page;
import dev.converge.pekko.Notes.Append;
import dev.converge.pekko.Notes.Appended;
import dev.converge.pekko.feed.FeedCursor;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.stream.javadsl.JavaFlowSupport;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An entity is erased at one node; whatever others do meanwhile, nothing of it comes back. */
class EntityErasureTest {
  private static final EntityType<Append, Appended, List<String>> NOTES = Notes.TYPE;
  private static final String SECRET = "jane@example.org";

  @TempDir Path folder;
  private TestCluster cluster;

  @BeforeEach
  void begin() {
    cluster = new TestCluster(folder);
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  private static EntityRef<Append, Appended, List<String>> notes(TestCluster.Node node) {
    return node.get(NOTES, "a");
  }

  private static EntityAnswer<List<String>> append(TestCluster.Node node, String text) {
    return join(notes(node).run(new Append(text)));
  }

  private static Erasure erase(TestCluster.Node node, String reason) {
    return join(node.entities.erase(NOTES, "a", reason, RunOptions.DEFAULT));
  }

  private static Erasure assertErased(CompletionStage<?> stage) {
    Throwable[] error = {new AssertionError("it is not erased")};
    assertThatThrownBy(() -> join(stage))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(EntityErasedException.class)
        .satisfies(thrown -> error[0] = thrown.getCause());
    return ((EntityErasedException) error[0]).erasure().orElseThrow();
  }

  private static void assertNothingLeft(TestCluster.Node node) {
    List<LogRow> rows = node.database.entityRows(NOTES.key("a"), 0, 1_000);
    assertThat(rows)
        .extracting(row -> ((LogEntry.Event) row.entry()).record())
        .isNotEmpty()
        .allMatch(Erased::shows)
        .noneMatch(event -> new String(event.payload(), StandardCharsets.UTF_8).contains(SECRET));
    assertThat(node.database.checkpoints(NOTES.key("a"))).isEmpty();
    eventually(() -> assertThat(node.database.hasErased()).isTrue());
  }

  @Test
  void neither_state_nor_history_nor_listing_is_left_and_commands_are_refused_for_good() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    append(n1, SECRET);
    append(n1, "two");
    Erasure erasure = erase(n1, "asked for by the person");
    assertThat(erasure.reason()).isEqualTo("asked for by the person");
    assertThat(erasure.dot().replica()).isEqualTo(n1.database.self());
    assertThat(assertErased(notes(n1).get())).isEqualTo(erasure);
    assertThat(assertErased(notes(n1).run(new Append("three")))).isEqualTo(erasure);
    assertErased(notes(n1).history(0, 10));
    assertErased(notes(n1).conflicts());
    assertThat(n1.entities.ids(NOTES, "", "", 10)).isEmpty();
    assertThat(n1.entities.erasure(NOTES, "a")).hasValue(erasure);
    assertThat(erase(n1, "again")).as("it stays as it is").isEqualTo(erasure);
    assertNothingLeft(n1);
    n1.close();
    TestCluster.Node again = cluster.start("n1", NOTES);
    assertThat(assertErased(notes(again).get())).isEqualTo(erasure);
    assertThat(join(again.get(NOTES, "b").run(new Append("other"))).state()).hasSize(1);
    assertThat(again.entities.ids(NOTES, "", "", 1)).containsExactly("b");
  }

  @Test
  void it_reaches_every_replica_and_takes_live_and_cold_ones_and_those_that_were_away() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    TestCluster.Node n2 = cluster.start("n2", NOTES);
    TestCluster.Node n3 = cluster.start("n3", NOTES);
    append(n1, SECRET);
    cluster.shipAll();
    assertThat(join(notes(n2).get()).state()).containsExactly(SECRET);
    List<EntityAnswer<List<String>>> told = new ArrayList<>();
    CompletionStage<?> changes =
        JavaFlowSupport.Source.fromPublisher(notes(n2).changes())
            .runWith(Sink.foreach(told::add), n2.system);
    eventually(() -> assertThat(told).hasSize(1));
    n3.close();

    Erasure erasure = erase(n1, "court");
    cluster.shipAll();
    assertThat(assertErased(notes(n2).get())).isEqualTo(erasure);
    assertErased(changes);
    assertNothingLeft(n1);
    assertNothingLeft(n2);

    TestCluster.Node late = cluster.start("n3", NOTES);
    assertThat(join(notes(late).get()).state()).as("it has not heard").containsExactly(SECRET);
    cluster.ship(n2, late);
    assertThat(assertErased(notes(late).get())).isEqualTo(erasure);
    assertNothingLeft(late);
  }

  @Test
  void what_was_written_without_knowing_of_it_is_erased_where_they_meet() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    TestCluster.Node n2 = cluster.start("n2", NOTES);
    append(n1, "one");
    cluster.shipAll();
    Erasure erasure = erase(n1, "court");
    append(n2, SECRET); // cut off
    append(n2, SECRET + "2");
    join(n2.get(NOTES, "b").run(new Append("stays")));
    cluster.shipAll();
    for (TestCluster.Node node : List.of(n1, n2)) {
      assertThat(assertErased(notes(node).get())).isEqualTo(erasure);
      assertNothingLeft(node);
      assertThat(join(node.get(NOTES, "b").get()).state()).containsExactly("stays");
    }
    TestCluster.Node joins = cluster.start("n4", NOTES);
    cluster.ship(n2, joins);
    assertThat(assertErased(notes(joins).get())).isEqualTo(erasure);
    assertNothingLeft(joins);
    assertThat(joins.database.held()).isEqualTo(n2.database.held());
  }

  @Test
  void of_two_erasures_at_once_all_nodes_show_the_same() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    TestCluster.Node n2 = cluster.start("n2", NOTES);
    append(n1, SECRET);
    cluster.shipAll();
    Erasure first = erase(n1, "one");
    erase(n2, "two");
    cluster.shipAll();
    assertThat(assertErased(notes(n1).get())).isEqualTo(assertErased(notes(n2).get()));
    assertThat(first.reason()).isEqualTo("one");
  }

  @Test
  void commands_that_are_sent_with_it_are_answered_before_it_and_refused_after_it() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    append(n1, "one");
    List<CompletableFuture<?>> before = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      before.add(notes(n1).run(new Append("b" + i)).toCompletableFuture());
    }
    CompletionStage<Erasure> erased = n1.entities.erase(NOTES, "a", "court", RunOptions.DEFAULT);
    List<CompletableFuture<?>> after = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      after.add(notes(n1).run(new Append("a" + i)).toCompletableFuture());
    }
    before.forEach(answer -> join(answer));
    Erasure erasure = join(erased);
    after.forEach(answer -> assertThat(assertErased(answer)).isEqualTo(erasure));
    assertNothingLeft(n1);
  }

  @Test
  void finality_goes_on_and_the_feed_says_that_it_is_erased_instead_of_what_it_said() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    TestCluster.Node n2 = cluster.start("n2", NOTES);
    append(n1, SECRET);
    join(n1.get(NOTES, "b").run(new Append("stays")));
    Erasure erasure = erase(n1, "court");
    cluster.settle();
    for (TestCluster.Node node : List.of(n1, n2)) {
      eventually(
          () -> {
            Page page = join(node.entities.feed().page(FeedCursor.START, 10));
            assertThat(page.events()).extracting(one -> one.event().id()).containsExactly("b");
            assertThat(page.erasures())
                .extracting(FeedErasure::entity, FeedErasure::before, FeedErasure::erasure)
                .containsExactly(
                    org.assertj.core.groups.Tuple.tuple(new EntityKey("notes", "a"), 1, erasure));
          });
      assertThat(node.entities.status().differing()).isEmpty();
    }
    for (int i = 0; i < 4; i++) {
      join(n1.entities.compareNext());
    }
    assertThat(n1.entities.status().differing()).isEmpty();
    assertThat(n1.entities.status().damaged()).isEmpty();
  }

  @Test
  void one_that_is_not_known_here_can_be_erased_and_a_reason_is_needed() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    TestCluster.Node n2 = cluster.start("n2", NOTES);
    append(n2, SECRET);
    erase(n1, "court");
    cluster.shipAll();
    assertErased(notes(n2).get());
    assertNothingLeft(n2);
    assertThatThrownBy(() -> erase(n1, " ")).hasMessageContaining("reason");
  }
}
