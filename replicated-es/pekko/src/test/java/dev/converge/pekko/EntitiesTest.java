package dev.converge.pekko;

import static dev.converge.pekko.TestCluster.eventually;
import static dev.converge.pekko.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.converge.crdt.clock.Dot;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.pekko.Notes.Append;
import dev.converge.pekko.Notes.Appended;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entities on real databases; rows go from node to node when the test says so. */
class EntitiesTest {
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

  private static EntityRef<Append, Appended, List<String>> notes(TestCluster.Node node) {
    return node.get(NOTES, "a");
  }

  private static EntityAnswer<List<String>> append(TestCluster.Node node, String text) {
    return join(notes(node).run(new Append(text)));
  }

  private static EntityAnswer<List<String>> get(TestCluster.Node node) {
    return join(notes(node).get());
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(String::valueOf).toList();
  }

  private static void assertFails(
      CompletionStage<?> stage, Class<? extends Throwable> with, String message) {
    assertThatThrownBy(() -> join(stage))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(with)
        .hasMessageContaining(message);
  }

  @Test
  void a_write_is_answered_without_any_peer_and_survives_a_restart() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    assertThat(append(n1, "one").state()).containsExactly("one");
    assertThat(append(n1, "two").state()).containsExactly("one", "two");
    n1.close();
    assertThat(get(cluster.start("n1", NOTES)).state()).containsExactly("one", "two");
  }

  @Test
  void a_refused_command_says_why_and_writes_nothing() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    assertFails(notes(n1).run(new Append(" ")), CommandRefusedException.class, "a note has text");
    assertThat(join(notes(n1).history(0, 10)).total()).isZero();
    assertThat(n1.entities.ids(NOTES, "", "", 10)).isEmpty();
  }

  @Test
  void rows_of_peers_reach_live_entities_and_cold_ones_when_they_wake() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    TestCluster.Node n2 = cluster.start("n2", NOTES);
    append(n1, "one");
    cluster.shipAll();
    assertThat(get(n2).state()).containsExactly("one");
    append(n1, "two");
    append(n2, "three");
    cluster.shipAll();
    assertThat(get(n1).state()).isEqualTo(get(n2).state()).hasSize(3);
    assertThat(join(notes(n1).history(0, 10))).isEqualTo(join(notes(n2).history(0, 10)));
  }

  @Test
  void concurrent_commands_share_commits_and_none_is_lost() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    List<CompletionStage<EntityAnswer<List<String>>>> answers = new ArrayList<>();
    for (String text : numbers(500)) {
      answers.add(notes(n1).run(new Append(text)));
    }
    long before = 0;
    for (CompletionStage<EntityAnswer<List<String>>> answer : answers) {
      EntityAnswer<List<String>> one = join(answer);
      assertThat(one.written()).hasSize(1);
      long lsn = one.token().positions().get(n1.database.self());
      assertThat(lsn).as("the token says where the event stands").isEqualTo(before + 1);
      before = lsn;
    }
    assertThat(get(n1).state()).containsExactlyElementsOf(numbers(500));
  }

  @Test
  void commands_of_one_sender_keep_their_order_also_to_an_entity_that_is_not_in_memory() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    List<CompletionStage<EntityAnswer<List<String>>>> last = new ArrayList<>();
    for (String id : numbers(100)) {
      for (String text : numbers(29)) {
        n1.get(NOTES, id).run(new Append(text));
      }
      last.add(n1.get(NOTES, id).run(new Append("29")));
    }
    for (CompletionStage<EntityAnswer<List<String>>> answer : last) {
      assertThat(join(answer).state()).containsExactlyElementsOf(numbers(30));
    }
  }

  @Test
  void an_answer_is_tentative_until_all_replicas_have_promised() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    TestCluster.Node n2 = cluster.start("n2", NOTES);
    EntityAnswer<List<String>> answer = append(n1, "one");
    assertThat(answer.isFinal()).isFalse();
    CompletionStage<EntityAnswer<List<String>>> waits =
        notes(n1).awaitFinal(answer.version(), Duration.ofSeconds(20));
    cluster.shipAll();
    assertThat(get(n1).isFinal()).isFalse();
    cluster.settle();
    assertThat(join(waits).isFinal()).isTrue();
    eventually(() -> assertThat(get(n2).isFinal()).isTrue());
  }

  @Test
  void awaiting_finality_has_a_limit() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    EntityAnswer<List<String>> answer = append(n1, "one");
    assertFails(
        notes(n1).awaitFinal(answer.version(), Duration.ofMillis(50)),
        EntityUnavailableException.class,
        "not final here within 50 ms");
  }

  @Test
  void an_awaited_event_comes_with_its_outcome() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    TestCluster.Node n2 = cluster.start("n2", NOTES);
    append(n1, "one");
    Dot dot = append(n2, "two").written().get(0);
    CompletionStage<Optional<Folded<Appended>>> waits =
        notes(n2).awaitFinal(dot, Duration.ofSeconds(20));
    cluster.shipAll();
    // Before what is final leaves memory.
    cluster.settle();
    join(waits).ifPresent(folded -> assertThat(folded.isFinal()).isTrue());
  }

  @Test
  void what_is_final_and_stable_leaves_memory_and_an_entity_starts_from_its_checkpoint() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    TestCluster.Node n2 = cluster.start("n2", NOTES);
    numbers(50).forEach(text -> append(n1, text));
    cluster.settle();
    eventually(() -> assertThat(n1.database.checkpoints(NOTES.key("a"))).isNotEmpty());
    append(n2, "last");
    cluster.shipAll();
    n1.close();
    TestCluster.Node again = cluster.start("n1", NOTES);
    assertThat(get(again).state()).hasSize(51).endsWith("last");
    assertThat(get(again).state()).isEqualTo(get(n2).state());
    // The history reaches back behind the checkpoint, to the journal.
    HistoryPage<Appended> page = join(notes(again).history(0, 100));
    assertThat(page.from()).isZero();
    assertThat(page.events()).hasSize(51);
  }

  @Test
  void a_checkpoint_that_cannot_be_read_is_passed_over() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    numbers(50).forEach(text -> append(n1, text));
    cluster.settle();
    eventually(() -> assertThat(n1.database.checkpoints(NOTES.key("a"))).isNotEmpty());
    long position = n1.database.checkpoints(NOTES.key("a")).get(0).position();
    join(n1.database.saveCheckpoint(NOTES.key("a"), position + 1, new byte[] {1, 2, 3}));
    n1.close();
    assertThat(get(cluster.start("n1", NOTES)).state()).containsExactlyElementsOf(numbers(50));
  }

  @Test
  void a_client_with_an_old_token_is_ignorant_of_what_came_later() {
    EntityType<Board.Command, Board.Event, Board.State> type = Board.TYPE;
    TestCluster.Node n1 = cluster.start("n1", type);
    EntityRef<Board.Command, Board.Event, Board.State> board = n1.get(type, "b");
    SessionToken old = join(board.run(Board.Command.pin("x", "first"))).token();
    for (String text : numbers(30)) {
      join(board.run(Board.Command.pin("e", text)));
    }
    // Also when that has left memory, so that the tail is read again.
    cluster.settle();
    eventually(() -> assertThat(join(board.get()).isFinal()).isTrue());
    EntityAnswer<Board.State> answer =
        join(board.run(Board.Command.pin("e", "late"), RunOptions.DEFAULT.withSeen(old)));
    assertThat(answer.state().places()).containsEntry("e", "29");
    List<OpenConflict<Board.Event>> conflicts = join(board.conflicts());
    assertThat(conflicts).hasSize(1);
    assertThat(conflicts.get(0).escalation().sides()).hasSize(31);
    assertThat(n1.entities.conflicted()).containsExactly(new EntityKey("board", "b"));

    EntityAnswer<Board.State> decided =
        join(
            board.decide(
                conflicts.get(0).escalation().id(),
                new Choice.Side<>(answer.written().get(0)),
                RunOptions.DEFAULT));
    assertThat(decided.state().places()).containsEntry("decision", "late");
    assertThat(join(board.conflicts())).isEmpty();
    eventually(() -> assertThat(n1.entities.conflicted()).isEmpty());
    assertFails(
        board.decide(conflicts.get(0).escalation().id(), new Choice.AsItIs<>(), RunOptions.DEFAULT),
        CommandRefusedException.class,
        "is open");
  }

  @Test
  void a_request_counts_once_also_while_it_is_under_way_and_at_another_node() {
    TestCluster.Node n1 = cluster.start("n1", Board.TYPE);
    TestCluster.Node n2 = cluster.start("n2", Board.TYPE);
    RunOptions request = RunOptions.DEFAULT.withRequest(new OriginId("client-1/7"));
    Board.Command twice = Board.Command.pin("x", "a", "b");
    var first = n1.get(Board.TYPE, "b").run(twice, request);
    var second = n1.get(Board.TYPE, "b").run(twice, request);
    var elsewhere = n2.get(Board.TYPE, "b").run(twice, request);
    assertThat(join(first).written()).hasSize(2);
    assertThat(join(second).written()).containsExactly(join(first).written().get(0));
    join(elsewhere);
    cluster.shipAll();
    assertThat(join(n1.get(Board.TYPE, "b").get()).state().log()).containsExactly("a0", "b0");
    assertThat(join(n2.get(Board.TYPE, "b").get()).state().log()).containsExactly("a0", "b0");
    assertThat(join(n1.get(Board.TYPE, "b").run(twice, request)).written()).hasSize(1);
  }

  @Test
  void a_session_reads_its_writes_at_another_node_or_is_told_to_wait() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    TestCluster.Node n2 = cluster.start("n2", NOTES);
    SessionToken token = SessionToken.parse(append(n1, "one").token().text());
    assertFails(
        notes(n2).get(ReadLevel.session(token), Duration.ofMillis(50)),
        EntityUnavailableException.class,
        "what the session has seen has not come to this node");
    var waits = notes(n2).get(ReadLevel.session(token), Duration.ofSeconds(20));
    cluster.shipAll();
    assertThat(join(waits).state()).containsExactly("one");
    assertThat(join(notes(n2).get(ReadLevel.majority(), null)).state()).containsExactly("one");
  }

  @Test
  void a_write_level_that_is_not_reached_says_that_the_write_stands() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    cluster.start("n2", NOTES);
    assertThatThrownBy(
            () ->
                join(
                    notes(n1)
                        .run(
                            new Append("one"),
                            RunOptions.DEFAULT.withLevel(WriteLevel.majority()))))
        .hasCauseInstanceOf(WriteLevelNotReachedException.class)
        .hasMessageContaining("stands here and will spread")
        .cause()
        .asInstanceOf(type(WriteLevelNotReachedException.class))
        .satisfies(why -> assertThat(why.answer().state()).isEqualTo(List.of("one")));
    cluster.shipAll();
    // Nothing new to write: what it rests on must be on a majority.
    assertThat(
            join(notes(n1)
                    .run(new Append("one"), RunOptions.DEFAULT.withLevel(WriteLevel.replicas(2))))
                .state())
        .containsExactly("one");
  }

  @Test
  void a_node_that_may_not_write_says_why() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    n1.refusal = "this replica is retired";
    assertFails(
        notes(n1).run(new Append("x")), EntityUnavailableException.class, "replica is retired");
    assertThat(get(n1).state()).isEmpty();
  }

  @Test
  void subscribers_see_the_entity_as_it_is_and_each_change_by_any_node() {
    TestCluster.Node n1 = cluster.start("n1", NOTES);
    TestCluster.Node n2 = cluster.start("n2", NOTES);
    List<EntityAnswer<List<String>>> seen = new CopyOnWriteArrayList<>();
    List<String> ends = new CopyOnWriteArrayList<>();
    notes(n1)
        .changes()
        .subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
              }

              @Override
              public void onNext(EntityAnswer<List<String>> answer) {
                seen.add(answer);
              }

              @Override
              public void onError(Throwable error) {
                ends.add(error.toString());
              }

              @Override
              public void onComplete() {
                ends.add("complete");
              }
            });
    eventually(() -> assertThat(seen).hasSize(1));
    assertThat(seen.get(0).state()).isEmpty();
    append(n2, "one");
    cluster.shipAll();
    eventually(() -> assertThat(seen.get(seen.size() - 1).state()).containsExactly("one"));
    cluster.settle();
    eventually(() -> assertThat(seen.get(seen.size() - 1).isFinal()).isTrue());
    join(n1.entities.stop());
    eventually(() -> assertThat(ends).containsExactly("complete"));
  }

  @Test
  void idle_entities_leave_memory_and_come_back_and_their_number_is_bounded() {
    Entities.Settings few =
        new Entities.Settings(Duration.ofMillis(100), Duration.ofSeconds(20), 5, 10, Duration.ZERO);
    TestCluster.Node n1 = cluster.start("n1", few, NOTES);
    for (int i = 0; i < 40; i++) {
      assertThat(join(n1.get(NOTES, "e" + i % 20).run(new Append("t" + i))).state())
          .hasSize(1 + i / 20);
      assertThat(n1.entities.status().live()).isLessThanOrEqualTo(10);
    }
    eventually(() -> assertThat(n1.entities.status().live()).isZero());
    assertThat(join(n1.get(NOTES, "e3").get()).state()).containsExactly("t3", "t23");
  }

  @Test
  void when_all_that_may_be_in_memory_are_busy_more_are_refused() {
    Entities.Settings one =
        new Entities.Settings(Duration.ofMinutes(1), Duration.ofSeconds(20), 1, 10, Duration.ZERO);
    TestCluster.Node n1 = cluster.start("n1", one, NOTES);
    EntityAnswer<List<String>> answer = append(n1, "x");
    notes(n1).awaitFinal(answer.version(), Duration.ofSeconds(20));
    assertFails(
        n1.get(NOTES, "b").get(),
        EntityUnavailableException.class,
        "that may be in memory are busy");
  }

  @Test
  void equal_states_have_equal_hashes_on_all_nodes() {
    TestCluster.Node n1 = cluster.start("n1", NOTES, Board.TYPE);
    TestCluster.Node n2 = cluster.start("n2", NOTES, Board.TYPE);
    append(n1, "one");
    append(n2, "two");
    join(n1.get(Board.TYPE, "b").run(Board.Command.pin("x", "1")));
    cluster.shipAll();
    for (EntityType<?, ?, ?> type : List.of(NOTES, Board.TYPE)) {
      String id = type == NOTES ? "a" : "b";
      StateHash here = join(n1.entities.stateHash(type, id)).orElseThrow();
      StateHash there = join(n2.entities.stateHash(type, id)).orElseThrow();
      assertThat(here).isEqualTo(there);
      assertThat(here.contradicts(there)).isFalse();
    }
  }
}
