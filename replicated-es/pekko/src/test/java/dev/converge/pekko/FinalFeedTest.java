package dev.converge.pekko;

import static dev.converge.pekko.TestCluster.eventually;
import static dev.converge.pekko.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.converge.pekko.FinalFeed.FeedEvent;
import dev.converge.pekko.FinalFeed.Page;
import dev.converge.pekko.Notes.Append;
import dev.converge.pekko.Notes.Appended;
import dev.converge.pekko.feed.FeedCursor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The feed of final events on real databases. */
class FinalFeedTest {
  private static final EntityType<Append, Appended, List<String>> NOTES =
      Notes.TYPE.withStates(new TypeReference<List<String>>() {});

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

  private static void append(TestCluster.Node node, String id, String text) {
    join(node.get(NOTES, id).run(new Append(text)));
  }

  private static FinalFeed feed(TestCluster.Node node) {
    return node.entities.feed();
  }

  private static List<FeedEvent> read(TestCluster.Node node, FeedCursor from, int limit) {
    List<FeedEvent> events = new ArrayList<>();
    FeedCursor cursor = from;
    while (true) {
      Page page = join(feed(node).page(cursor, limit));
      events.addAll(page.events());
      cursor = page.next();
      if (page.atEnd()) {
        return events;
      }
    }
  }

  private static List<String> texts(List<FeedEvent> events) {
    return events.stream()
        .map(
            one ->
                one.event().id()
                    + " "
                    + ((Appended) one.event().outcome().event().payload()).text())
        .toList();
  }

  @Test
  void everyNodeGivesTheSameEventsInTheSameOrderOnceTheyAreFinal() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    TestCluster.Node n2 = cluster.start("n2", NOTES);
    TestCluster.Node n3 = cluster.start("n3", NOTES);
    append(n1, "a", "1");
    append(n2, "a", "2");
    append(n3, "b", "3");
    assertThat(read(n1, FeedCursor.START, 10)).isEmpty();
    CompletableFuture<Void> moved = feed(n1).moved().toCompletableFuture();
    cluster.settle();
    eventually(() -> assertThat(read(n1, FeedCursor.START, 10)).hasSize(3));
    assertThat(moved).isCompleted();
    List<FeedEvent> all = read(n1, FeedCursor.START, 1);
    assertThat(texts(all)).containsExactlyInAnyOrder("a 1", "a 2", "b 3");
    eventually(() -> assertThat(texts(read(n2, FeedCursor.START, 2))).isEqualTo(texts(all)));
    eventually(() -> assertThat(texts(read(n3, FeedCursor.START, 9))).isEqualTo(texts(all)));
    assertThat(all.get(0).event().outcome().isFinal()).isTrue();
    eventually(
        () ->
            assertThat(texts(read(n2, all.get(0).cursor(), 9)))
                .as("a cursor of another node")
                .isEqualTo(texts(all).subList(1, 3)));
  }

  @Test
  void aCursorStaysWhereItIsOverARestartAndEventsThatHaveLeftMemory() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    for (int i = 0; i < 700; i++) {
      append(n1, "id" + i % 3, String.valueOf(i));
    }
    cluster.settle();
    eventually(() -> assertThat(read(n1, FeedCursor.START, 100)).hasSize(700));
    List<FeedEvent> all = read(n1, FeedCursor.START, 100);
    n1.close();
    TestCluster.Node again = cluster.start("n1", NOTES);
    append(again, "id0", "more");
    cluster.settle();
    eventually(
        () -> {
          List<String> rest = texts(read(again, all.get(599).cursor(), 30));
          assertThat(rest).hasSize(101).startsWith(texts(all.subList(600, 700)).get(0));
          assertThat(rest.get(100)).isEqualTo("id0 more");
        });
    FeedCursor end = join(feed(again).end());
    assertThat(read(again, end, 10)).isEmpty();
    append(again, "id1", "last");
    cluster.settle();
    eventually(() -> assertThat(texts(read(again, end, 10))).containsExactly("id1 last"));
  }
}
