package dev.converge.pekko;

import static dev.converge.pekko.TestCluster.eventually;
import static dev.converge.pekko.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.fold.EventContext;
import dev.converge.pekko.Notes.Append;
import dev.converge.pekko.journal.DatabaseAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What entities do when something is wrong, or not there yet. */
class EntityTroubleTest {
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

  private static List<String> append(TestCluster.Node node, String id, String text) {
    return join(node.get(Notes.TYPE, id).run(new Append(text))).state();
  }

  private void sql(String node, String statement) throws Exception {
    DatabaseAddress at = DatabaseAddress.h2(folder.resolve(node).resolve("journal"));
    try (Connection connection = DriverManager.getConnection(at.url(), at.user(), at.password());
        Statement run = connection.createStatement()) {
      run.execute(statement);
    }
  }

  @Test
  void a_damaged_row_stops_its_entity_alone_until_a_peer_has_repaired_it() throws Exception {
    TestCluster.Node n1 = cluster.start("n1", Notes.TYPE);
    TestCluster.Node n2 = cluster.start("n2", Notes.TYPE);
    append(n1, "a", "one");
    append(n1, "a", "two");
    append(n1, "b", "other");
    cluster.shipAll();
    n1.close();
    sql(
        "n1",
        "UPDATE \"event_log\" SET \"event_payload\" = SUBSTRING(\"event_payload\", 1, 20)"
            + " WHERE \"persistence_id\" = 'notes|a' AND \"lsn\" = 2");
    TestCluster.Node again = cluster.start("n1", Notes.TYPE);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> join(again.get(Notes.TYPE, "a").get()))
          .hasCauseInstanceOf(EntityDamagedException.class)
          .hasMessageContaining("notes|a")
          .hasMessageContaining("row 2");
    }
    assertThat(append(again, "b", "goes on")).containsExactly("other", "goes on");
    assertThat(again.entities.status().damaged()).containsKey("notes/a");

    n2.close();
    RepairReport alone = join(again.entities.repair(Notes.TYPE, "a"));
    assertThat(alone.isWhole()).isFalse();
    assertThat(alone.lost()).singleElement().asString().contains("no peer that can be reached");
    assertThat(again.entities.status().damaged()).isNotEmpty();

    cluster.start("n2", Notes.TYPE);
    RepairReport report = join(again.entities.repair(Notes.TYPE, "a"));
    assertThat(report.checked()).isEqualTo(2);
    assertThat(report.repaired()).singleElement().asString().contains("row 2").contains("n2");
    assertThat(append(again, "a", "three")).containsExactly("one", "two", "three");
    assertThat(again.entities.status().damaged()).isEmpty();
  }

  @Test
  void a_commit_that_the_journal_refuses_as_too_old_is_tried_again_with_a_new_time() {
    TestCluster.Node n1 = cluster.start("n1", Notes.TYPE);
    append(n1, "a", "one");
    // As if this node had been stopped after another of its threads promised.
    HybridTimestamp ahead = new HybridTimestamp(System.currentTimeMillis() + 1_000, 0);
    CompletableFuture<?> promised = n1.database.promise(ahead).toCompletableFuture();
    promised.join();
    List<CompletableFuture<EntityAnswer<List<String>>>> answers = new ArrayList<>();
    for (String text : List.of("two", "three")) {
      answers.add(n1.get(Notes.TYPE, "a").run(new Append(text)).toCompletableFuture());
    }
    // The second try is refused as well while the clock is behind the promise.
    answers.forEach(answer -> assertThatThrownBy(() -> join(answer)).hasMessageContaining("twice"));
    n1.clock.observe(ahead);
    assertThat(append(n1, "a", "four")).containsExactly("one", "four");
  }

  @Test
  void a_commit_that_was_overtaken_by_a_promise_succeeds_by_itself() {
    TestCluster.Node n1 = cluster.start("n1", Overtaken.TYPE);
    Overtaken.node = n1;
    Overtaken.calls.set(0);
    assertThat(join(n1.get(Overtaken.TYPE, "a").run("x")).state()).isEqualTo(1);
    assertThat(Overtaken.calls.get()).as("it was decided again").isEqualTo(2);
  }

  /** Between the time of its event and the commit, a promise goes past it. */
  static final class Overtaken extends ReplicatedEntity<String, Overtaken.Said, Integer> {
    static final EntityType<String, Said, Integer> TYPE =
        EntityType.of("overtaken", Said.class, id -> new Overtaken());
    static TestCluster.@Nullable Node node;
    static final AtomicInteger calls = new AtomicInteger();

    record Said(@JsonProperty("text") String text) {}

    @Override
    public Integer emptyState() {
      return 0;
    }

    @Override
    public Effect<Said> onCommand(Integer state, String command) {
      calls.incrementAndGet();
      return Effect.persist(new Said(command));
    }

    @Override
    public Integer onEvent(Integer state, Said event, EventContext context) {
      TestCluster.Node overtaken = node;
      if (overtaken != null && calls.get() == 1) {
        HybridTimestamp ahead = new HybridTimestamp(System.currentTimeMillis() + 500, 0);
        overtaken.database.promise(ahead).toCompletableFuture().join();
        overtaken.clock.observe(ahead);
      }
      return state + 1;
    }
  }

  @Test
  void while_the_database_is_gone_commands_fail_and_nothing_acknowledged_is_lost() {
    TestCluster.Node n1 = cluster.start("n1", Notes.TYPE);
    append(n1, "a", "one");
    n1.database.close();
    assertThatThrownBy(() -> append(n1, "a", "two"))
        .hasCauseInstanceOf(EntityUnavailableException.class);
    assertThatThrownBy(() -> append(n1, "b", "two"))
        .hasCauseInstanceOf(EntityUnavailableException.class);
    n1.close();
    assertThat(append(cluster.start("n1", Notes.TYPE), "a", "three"))
        .containsExactly("one", "three");
  }

  /** A counter whose events have two versions: the first counts by one, the second says how far. */
  record Step(
      @JsonProperty("by") @Nullable Integer by, @JsonProperty("amount") @Nullable Integer amount) {}

  static final class Counter extends ReplicatedEntity<Integer, Step, Integer> {
    private final int version;

    Counter(int version) {
      this.version = version;
    }

    static EntityType<Integer, Step, Integer> type(int version) {
      EntityType<Integer, Step, Integer> type =
          EntityType.of("counter", Step.class, id -> new Counter(version));
      return version == 1
          ? type
          : type.withUpcaster(
              1,
              Upcaster.json(
                  tree -> {
                    ObjectNode step = (ObjectNode) tree;
                    step.set("amount", step.get("by"));
                    step.remove("by");
                    return step;
                  }));
    }

    @Override
    public int schemaVersion() {
      return version;
    }

    @Override
    public Integer emptyState() {
      return 0;
    }

    @Override
    public Effect<Step> onCommand(Integer state, Integer by) {
      return Effect.persist(version == 1 ? new Step(by, null) : new Step(null, by));
    }

    @Override
    public Integer onEvent(Integer state, Step event, EventContext context) {
      return state + Objects.requireNonNull(version == 1 ? event.by() : event.amount());
    }
  }

  @Test
  void events_of_newer_code_are_parked_until_the_node_is_upgraded() {
    EntityType<Integer, Step, Integer> old = Counter.type(1);
    EntityType<Integer, Step, Integer> upgraded = Counter.type(2);
    TestCluster.Node n1 = cluster.start("n1", old);
    TestCluster.Node n2 = cluster.start("n2", upgraded);
    join(n1.get(old, "c").run(1));
    cluster.shipAll();
    assertThat(join(n2.get(upgraded, "c").run(10)).state()).isEqualTo(11);
    cluster.shipAll();
    join(n2.get(upgraded, "c").run(100));
    cluster.shipAll();

    // The old node holds them and cannot read them; it goes on, and nothing after them is final.
    EntityAnswer<Integer> parked = join(n1.get(old, "c").run(1_000));
    assertThat(parked.state()).isEqualTo(1_001);
    assertThat(parked.parked()).isEqualTo(2);
    cluster.settle();
    eventually(() -> assertThat(n1.entities.status().parked()).containsEntry("counter/c", 2L));
    assertThat(join(n1.get(old, "c").get()).isFinal()).isFalse();
    assertThat(join(n2.get(upgraded, "c").get()).state()).isEqualTo(1_111);
    eventually(() -> assertThat(join(n2.get(upgraded, "c").get()).isFinal()).isTrue());

    n1.close();
    TestCluster.Node again = cluster.start("n1", upgraded);
    assertThat(join(again.get(upgraded, "c").get()).state()).isEqualTo(1_111);
    assertThat(join(again.get(upgraded, "c").get()).parked()).isZero();
    cluster.settle();
    eventually(() -> assertThat(join(again.get(upgraded, "c").get()).isFinal()).isTrue());
  }

  @Test
  void a_node_that_wrote_with_newer_code_than_it_runs_writes_no_more() {
    TestCluster.Node n1 = cluster.start("n1", Counter.type(2));
    join(n1.get(n1(n1), "c").run(1));
    n1.close();
    EntityType<Integer, Step, Integer> old = Counter.type(1);
    TestCluster.Node again = cluster.start("n1", old);
    assertThatThrownBy(() -> join(again.get(old, "c").run(1)))
        .hasCauseInstanceOf(EntityUnavailableException.class)
        .hasMessageContaining("newer code than it runs now");
  }

  @SuppressWarnings("unchecked")
  private static EntityType<Integer, Step, Integer> n1(TestCluster.Node node) {
    return (EntityType<Integer, Step, Integer>) node.types.get(0);
  }

  @Test
  void a_hook_is_called_for_own_events_once_they_are_final_and_again_only_if_it_failed() {
    List<String> called = new CopyOnWriteArrayList<>();
    AtomicInteger failures = new AtomicInteger(1);
    EntityType<Board.Command, Board.Event, Board.State> type =
        Board.TYPE.withFinalHook(
            event -> {
              if (failures.getAndDecrement() > 0) {
                return CompletableFuture.failedFuture(new IllegalStateException("no mail today"));
              }
              called.add(
                  event.outcome().event().payload().text()
                      + " "
                      + event.outcome().decision().getClass().getSimpleName());
              return CompletableFuture.completedFuture(null);
            });
    TestCluster.Node n1 = cluster.start("n1", type);
    TestCluster.Node n2 = cluster.start("n2", Board.TYPE);
    join(n2.get(Board.TYPE, "b").run(Board.Command.pin("d1", "elsewhere")));
    join(n1.get(type, "b").run(Board.Command.pin("d1", "first")));
    join(n1.get(type, "b").run(Board.Command.pin("x", "second")));
    cluster.shipAll();
    assertThat(called).isEmpty();
    assertThat(n1.entities.status().hooksWaiting()).isEqualTo(2);
    cluster.settle();
    eventually(() -> assertThat(called).containsExactly("first Discard", "second Apply"));
    eventually(() -> assertThat(n1.entities.status().hooksWaiting()).isZero());
    assertThat(n1.entities.status().hookFailures()).isEmpty();

    // What was done stays done; what was written and not done is done after a restart.
    eventually(
        () ->
            assertThat(n1.database.state("final-hooks"))
                .hasValueSatisfying(bytes -> assertThat(bytes[7]).isEqualTo((byte) 2)));
    join(n1.get(type, "b").run(Board.Command.pin("x", "third")));
    n1.close();
    TestCluster.Node again = cluster.start("n1", type);
    cluster.settle();
    eventually(
        () -> assertThat(called).containsExactly("first Discard", "second Apply", "third Apply"));
    again.close();
  }

  @Test
  void a_conflict_of_a_cold_entity_is_found_when_its_rows_have_come() {
    Entities.Settings idle =
        new Entities.Settings(
            Duration.ofMillis(50), Duration.ofSeconds(20), 100, 10, Duration.ZERO);
    TestCluster.Node n1 = cluster.start("n1", idle, Board.TYPE);
    TestCluster.Node n2 = cluster.start("n2", Board.TYPE);
    join(n1.get(Board.TYPE, "b").run(Board.Command.pin("e1", "here")));
    join(n2.get(Board.TYPE, "b").run(Board.Command.pin("e1", "there")));
    eventually(() -> assertThat(n1.entities.status().live()).isZero());
    assertThat(n1.entities.conflicted()).isEmpty();
    cluster.shipAll();
    eventually(
        () -> assertThat(n1.entities.conflicted()).containsExactly(new EntityKey("board", "b")));
    // Known at once after a restart.
    eventually(
        () ->
            assertThat(n1.database.state("conflicts").map(String::new).orElse(""))
                .contains("board|b"));
    n1.close();
    assertThat(cluster.start("n1", idle, Board.TYPE).entities.conflicted())
        .containsExactly(new EntityKey("board", "b"));
  }
}
