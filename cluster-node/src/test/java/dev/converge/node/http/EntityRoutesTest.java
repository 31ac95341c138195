package dev.converge.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.node.config.EntitiesConfig.Levels;
import dev.converge.node.entity.CounterType;
import dev.converge.node.history.HistoryFile;
import dev.converge.node.history.Replay;
import dev.converge.node.http.Requests.Answer;
import dev.converge.pekko.CommandRefusedException;
import dev.converge.pekko.EntityDamagedException;
import dev.converge.pekko.EntityErasedException;
import dev.converge.pekko.EntityUnavailableException;
import dev.converge.pekko.RepairReport;
import dev.converge.pekko.RunOptions;
import dev.converge.pekko.WriteLevel;
import dev.converge.pekko.WriteLevelNotReachedException;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.io.BufferedReader;
import java.io.StringReader;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The routes over entities that answer what they are told to. */
class EntityRoutesTest {
  private static final String C = "/v1/entities/counter/c";
  private static final String INCREMENT = "{'command':'increment'}";
  private static final String CONTEXT = FakeEntities.TOKEN.text();

  private final FakeEntities entities = new FakeEntities();
  private final Router router = new Router();
  private final Requests requests = new Requests(router);
  private final List<LogRow> journal = new ArrayList<>();

  @BeforeEach
  void routes() {
    entities.state = BigInteger.TEN;
    new EntityRoutes(
            entities,
            new HostedTypes(List.of(new CounterType())),
            Optional.of(new HistoryExport(this::rows, Runnable::run)),
            Runnable::run)
        .addTo(router);
  }

  @AfterEach
  void close() {
    requests.close();
  }

  private Answer post(String query, String... headers) throws Exception {
    return requests.call("POST", C + query, INCREMENT, headers);
  }

  @Test
  void aCommandAnswersStateVersionFinalityAndWhatTheClientHasSeenNow() throws Exception {
    Answer answer = post("");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text())
        .isEqualTo(
            "{\"id\":\"c\",\"type\":\"counter\",\"state\":{\"value\":10},"
                + "\"version\":{\"node-1\":2,\"node-2~2\":1},\"final\":false}");
    assertThat(answer.headers()).containsEntry("Converge-Context", CONTEXT);
    assertThat(entities.lastOptions()).isEqualTo(RunOptions.DEFAULT);
    entities.isFinal = true;
    entities.parked = 3;
    assertThat(requests.call("GET", C, "").text()).endsWith("\"final\":true,\"parked\":3}");
    assertThat(entities.asked).containsExactly("run counter/c Add[by=1]", "get counter/c Local[]");
    Answer minimal = post("", "Prefer", "return=minimal");
    assertThat(minimal.status()).isEqualTo(204);
    assertThat(minimal.headers()).containsEntry("Converge-Context", CONTEXT);
  }

  @Test
  void aWriteTakesALevelAndALimit() throws Exception {
    post("?write=majority&timeout=2s");
    assertThat(entities.lastOptions())
        .isEqualTo(
            RunOptions.DEFAULT.withLevel(WriteLevel.majority()).withLimit(Duration.ofSeconds(2)));
    post("?write=2");
    assertThat(entities.lastOptions())
        .isEqualTo(RunOptions.DEFAULT.withLevel(WriteLevel.replicas(2)));
    for (String bad : List.of("0", "-1", "all", "2.5", "")) {
      Answer answer = post("?write=" + bad);
      assertThat(answer.status()).as(bad).isEqualTo(400);
      assertThat(answer.detail()).contains("local, majority, or a number of replicas");
    }
    assertThat(post("?timeout=2h").status()).isEqualTo(400);
  }

  @Test
  void aLevelThatIsNotReachedSaysThatTheWriteStandsAndWhatIsSeen() throws Exception {
    entities.failure =
        new WriteLevelNotReachedException("1 of 2 replicas", entities.<BigInteger>entity("c"));
    Answer answer = post("?write=2");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.detail())
        .isEqualTo("the write stands locally and will spread: 1 of 2 replicas");
    assertThat(answer.headers())
        .containsEntry("Retry-After", "1")
        .containsEntry("Converge-Context", CONTEXT);
  }

  @Test
  void anIdempotencyKeyNamesTheRequestWithQuotesOrWithout() throws Exception {
    for (String key : List.of("pay 17", "\"pay 17\"")) {
      post("", "Idempotency-Key", key);
      assertThat(entities.lastOptions().request()).isEqualTo(new OriginId("pay 17"));
    }
    for (String key : List.of("\"\"", "x".repeat(257))) {
      Answer answer = post("", "Idempotency-Key", key);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.detail()).contains("Idempotency-Key", "1 to 256");
    }
  }

  @Test
  void aSessionIsWaitedForBeforeTheCommandWhichThenSeesAll() throws Exception {
    post("?timeout=1s", "Converge-Context", CONTEXT);
    assertThat(entities.asked).hasSize(2);
    assertThat(entities.asked.get(0)).startsWith("get counter/c Session[");
    assertThat(entities.lastLimit).isEqualTo(Duration.ofSeconds(1));
    assertThat(entities.lastOptions().seen()).isNull();
  }

  @Test
  void aCommandCanCountAsMadeFromTheContextAlone() throws Exception {
    post("?seen=context", "Converge-Context", CONTEXT);
    assertThat(entities.asked).hasSize(1);
    assertThat(entities.lastOptions().seen()).isEqualTo(FakeEntities.TOKEN);
    assertThat(post("?seen=context").status()).isEqualTo(400);
    assertThat(post("?seen=some").status()).isEqualTo(400);
  }

  @Test
  void aReadTakesALevel() throws Exception {
    for (String level : List.of("local", "majority", "session")) {
      assertThat(
              requests
                  .call("GET", C + "?consistency=" + level, "", "Converge-Context", CONTEXT)
                  .status())
          .isEqualTo(200);
    }
    assertThat(entities.asked)
        .containsExactly(
            "get counter/c Local[]",
            "get counter/c Majority[]",
            "get counter/c Session[token=" + FakeEntities.TOKEN + "]");
    Answer without = requests.call("GET", C + "?consistency=session", "");
    assertThat(without.status()).isEqualTo(400);
    assertThat(without.detail()).contains("Converge-Context");
    Answer broken = requests.call("GET", C + "?consistency=session", "", "Converge-Context", "AA!");
    assertThat(broken.status()).isEqualTo(400);
    assertThat(broken.detail()).contains("not a session token");
    assertThat(requests.call("GET", C + "?consistency=all", "").status()).isEqualTo(400);
  }

  @Test
  void failuresSayWhatTheyAre() throws Exception {
    entities.failure = new CommandRefusedException("it is checked out");
    assertThat(post("").status()).isEqualTo(422);
    entities.failure = new EntityUnavailableException("500 commands wait already", null);
    Answer overloaded = post("");
    assertThat(overloaded.status()).isEqualTo(503);
    assertThat(overloaded.headers()).containsEntry("Retry-After", "1");
    entities.failure = new EntityDamagedException("counter/c: row 17 of node-1 is damaged");
    Answer damaged = post("");
    assertThat(damaged.status()).isEqualTo(503);
    assertThat(damaged.detail()).contains("row 17 of node-1").contains("repair");
    assertThat(damaged.headers()).doesNotContainKey("Retry-After");
    assertThat(requests.call("GET", "/v1/entities/none/c", "").status()).isEqualTo(404);
    assertThat(requests.call("POST", C, "{'command':'jump'}").status()).isEqualTo(400);
    assertThat(requests.call("POST", C, "{'command':'increment','x':1}").status()).isEqualTo(400);
    assertThat(requests.call("GET", "/v1/entities/counter/" + "c".repeat(513), "").status())
        .isEqualTo(400);
  }

  @Test
  void aHistorySaysWhereItBegins() throws Exception {
    ReplicatedEvent<CounterType.Added> event =
        ReplicatedEvent.of(
            new Dot(FakeEntities.R2_AGAIN, 1),
            new HybridTimestamp(1_000, 2),
            CausalContext.empty().with(new Dot(FakeEntities.R1, 1)),
            1,
            null,
            new CounterType.Added(BigInteger.TWO),
            new byte[0]);
    Folded<CounterType.Added> folded =
        new Folded<>(
            event, Decision.discard("too late"), List.of(new Dot(FakeEntities.R1, 2)), null, true);
    entities.history = new HistoryPage<>(List.of(folded), 40, 41);
    String expected =
        "{\"events\":[{\"dot\":{\"replica\":\"node-2~2\",\"seq\":1},\"time\":\"1000.2\","
            + "\"dependencies\":{\"node-1\":1},\"event\":{\"event\":\"incremented\",\"by\":2},"
            + "\"decision\":\"discarded\",\"reason\":\"too late\","
            + "\"concurrentWith\":[{\"replica\":\"node-1\",\"seq\":2}],\"final\":true}],"
            + "\"next\":41,\"truncatedBefore\":40}";
    assertThat(requests.call("GET", C + "/history", "").text()).isEqualTo(expected);
    assertThat(requests.call("GET", C + "/history?from=40&limit=7", "").text()).isEqualTo(expected);
    assertThat(entities.asked)
        .containsExactly(
            "history counter/c 0 1000", "history counter/c 40 7", "history counter/c 0 1");
  }

  @Test
  void changesBeginWithTheEntityAsItIsAndEndWithAProblemIfItStops() throws Exception {
    SinkQueueWithCancel<ByteString> events = requests.events(C + "/changes");
    String first = "\"state\":{\"value\":10}";
    while (entities.changes.getNumberOfSubscribers() == 0) {
      Thread.onSpinWait();
    }
    entities.changes.submit(entities.entity("c"));
    assertThat(Requests.next(events))
        .matches("(?s)id: [A-Za-z0-9_-]{16}\ndata: \\{\"id\":\"c\".*")
        .contains(first, "\"context\":\"" + CONTEXT + "\"")
        .endsWith("}\n\n");
    entities.changes.submit(entities.entity("c"));
    entities.isFinal = true;
    entities.changes.submit(entities.entity("c"));
    String last = Requests.next(events);
    assertThat(last).contains("\"final\":true");
    SinkQueueWithCancel<ByteString> again =
        requests.events(C + "/changes", "Last-Event-ID", last.substring(4, last.indexOf('\n')));
    while (entities.changes.getNumberOfSubscribers() < 2) {
      Thread.onSpinWait();
    }
    entities.changes.submit(entities.entity("c"));
    entities.isFinal = false;
    entities.changes.submit(entities.entity("c"));
    assertThat(Requests.next(again)).as("what is new to it").contains("\"final\":false");
    again.cancel();
    assertThat(Requests.next(events)).contains("\"final\":false");
    entities.changes.closeExceptionally(new EntityDamagedException("row 3 is damaged"));
    assertThat(Requests.next(events))
        .startsWith("event: problem\ndata: {")
        .contains("row 3 is damaged", "\"status\":503");
    assertThat(events.pull().toCompletableFuture().join()).isEmpty();
  }

  @Test
  void aRepairSaysWhatItDidOrWhatWouldBeLost() throws Exception {
    entities.repair =
        new RepairReport("counter", "c", 4, List.of("row 17, from node-2"), List.of());
    Answer whole = requests.call("POST", C + "/repair", "");
    assertThat(whole.status()).isEqualTo(200);
    assertThat(whole.text())
        .isEqualTo(
            "{\"id\":\"c\",\"type\":\"counter\",\"checked\":4,"
                + "\"repaired\":[\"row 17, from node-2\"]}");
    entities.repair =
        new RepairReport("counter", "c", 4, List.of(), List.of("row 18, an event of node-1"));
    Answer lost = requests.call("POST", C + "/repair", "{}");
    assertThat(lost.status()).isEqualTo(409);
    assertThat(lost.detail()).contains("nothing was changed");
    assertThat(lost.body().get("lost").get(0).textValue()).contains("row 18");
    assertThat(requests.call("POST", C + "/repair", "{'force':true}").status()).isEqualTo(400);
  }

  private List<LogRow> rows(String key, long after, int max) {
    entities.asked.add("rows " + key + " " + after);
    return journal.stream().filter(row -> row.position() > after).limit(1).toList();
  }

  private void write(Dot dot, long position) {
    byte[] payload =
        new CounterType().type().events().encode(new CounterType.Added(BigInteger.ONE));
    HybridTimestamp time = new HybridTimestamp(position, 0);
    ReplicatedEvent<?> event =
        ReplicatedEvent.of(dot, time, CausalContext.empty(), 1, null, "", payload);
    byte[] encoded =
        EventRecordCodec.encode(
            new EventRecord(
                dot, time, CausalContext.empty(), 1, null, event.hash().bytes(), payload));
    journal.add(
        new LogRow(
            dot.replica(),
            dot.sequence(),
            VersionVector.empty(),
            new LogEntry.Event("counter|c", encoded),
            position));
  }

  @Test
  void anExportIsAllRowsOfTheJournalPageByPageAndCanBeReplayed() throws Exception {
    write(new Dot(FakeEntities.R1, 1), 7);
    write(new Dot(FakeEntities.R2, 1), 9);
    String text = requests.text(C + "/export");
    assertThat(text.lines()).hasSize(4);
    assertThat(text).endsWith("{\"events\":2}\n");
    HistoryFile file = HistoryFile.read(new BufferedReader(new StringReader(text)));
    Replay replay = Replay.of(file, new CounterType());
    assertThat(replay.events()).isEqualTo(2);
    assertThat(replay.state().toString()).isEqualTo("{\"value\":2}");
    assertThat(entities.asked).hasSize(3).last().asString().endsWith(" 9");
    journal.clear();
    assertThat(requests.text(C + "/export").lines()).hasSize(2);
  }

  @Test
  void idsAreListed() throws Exception {
    assertThat(requests.call("GET", "/v1/entities/counter?prefix=p&after=q&limit=2", "").text())
        .isEqualTo("{\"ids\":[\"a\",\"b\"]}");
    assertThat(entities.asked).containsExactly("ids counter p q 2");
  }

  @Test
  void anErasureNeedsAReasonAndAnswersWhenByWhomAndWhy() throws Exception {
    Answer answer = requests.call("POST", C + "/erase?write=majority", "{'reason':'asked for'}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text())
        .isEqualTo(
            "{\"id\":\"c\",\"type\":\"counter\",\"erased\":{\"time\":\"1500.2\","
                + "\"at\":\"1970-01-01T00:00:01.500Z\",\"by\":\"node-2\","
                + "\"reason\":\"asked for\"}}");
    assertThat(entities.lastOptions().level()).isEqualTo(WriteLevel.majority());
    for (String bad : List.of("{}", "{'reason':''}", "{'reason':'  '}", "{'reason':1}")) {
      assertThat(requests.call("POST", C + "/erase", bad).status()).as(bad).isEqualTo(400);
    }
    String tooLong = "{'reason':'" + "x".repeat(501) + "'}";
    assertThat(requests.call("POST", C + "/erase", tooLong).detail()).contains("1 to 500");
  }

  @Test
  void anErasedEntityIsGoneForEveryRequest() throws Exception {
    entities.failure = new EntityErasedException("counter/c", FakeEntities.ERASURE);
    for (String path : List.of("", "/history", "/export")) {
      Answer answer = requests.call("GET", C + path, "");
      assertThat(answer.status()).as(path).isEqualTo(410);
      assertThat(answer.text())
          .contains("\"erased\":{\"time\":\"1500.2\"", "\"by\":\"node-2\"")
          .contains("asked for");
    }
    assertThat(post("").status()).isEqualTo(410);
  }

  @Test
  void aTypesLevelsCountWhereTheRequestSaysNothing() throws Exception {
    Router other = new Router();
    Levels levels = new Levels("2", "session");
    new EntityRoutes(
            entities,
            new HostedTypes(List.of(new CounterType()), Map.of("counter", levels)),
            Optional.empty(),
            Runnable::run)
        .addTo(other);
    try (Requests asked = new Requests(other)) {
      asked.call("POST", C, INCREMENT);
      assertThat(entities.lastOptions().level()).isEqualTo(WriteLevel.replicas(2));
      asked.call("POST", C + "?write=local", INCREMENT);
      assertThat(entities.lastOptions().level()).isEqualTo(WriteLevel.local());
      entities.asked.clear();
      asked.call("GET", C, "");
      asked.call("GET", C, "", "Converge-Context", CONTEXT);
      asked.call("GET", C + "?consistency=majority", "", "Converge-Context", CONTEXT);
      assertThat(asked.call("GET", C + "?consistency=session", "").status()).isEqualTo(400);
      assertThat(entities.asked).hasSize(3);
      assertThat(entities.asked.get(0)).contains("Local[");
      assertThat(entities.asked.get(1)).contains("Session[");
      assertThat(entities.asked.get(2)).contains("Majority[");
    }
    assertThatThrownBy(() -> new HostedTypes(List.of(new CounterType()), Map.of("crat", levels)))
        .hasMessageContaining("converge.entities.levels.crat")
        .hasMessageContaining("[counter]");
  }
}
