package dev.converge.benchmarks;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.converge.pekko.journal.DatabaseAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.eventstream.EventStream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PublishedEvent;
import org.apache.pekko.persistence.typed.ReplicaId;
import org.apache.pekko.persistence.typed.ReplicationId;

/**
 * Pekko's Replicated Event Sourcing on pekko-persistence-jdbc: three replicas in one actor system,
 * each with its own journal, which the two others poll.
 */
final class PekkoSide implements EntitySide {
  private static final String DB = "pekko-persistence-jdbc.shared-databases.";

  /**
   * How often a replica polls another, and whether events are also published directly, as
   * ShardingDirectReplication does.
   */
  record Tuning(String name, String refreshInterval, boolean direct) {}

  /** As it comes. */
  static final Tuning DEFAULT = new Tuning("Pekko", "1s", false);

  /** For speed. */
  static final Tuning TUNED = new Tuning("Pekko, tuned", "100ms", true);

  private final ReportDatabases databases;
  private final Arrivals arrivals;
  private final Tuning tuning;

  /** By persistence id. */
  private final Map<String, ActorRef<PekkoTicks.Command>> entities = new ConcurrentHashMap<>();

  private ActorSystem<Void> system;

  PekkoSide(ReportDatabases databases, Arrivals arrivals, Tuning tuning)
      throws SQLException, IOException {
    this.databases = databases;
    this.arrivals = arrivals;
    this.tuning = tuning;
    for (int i = 0; i < Arrivals.REPLICAS; i++) {
      createTables(databases.of(i));
    }
    this.system = start();
  }

  private void createTables(DatabaseAddress address) throws SQLException, IOException {
    String script =
        databases.isH2()
            ? "/schema/h2/h2-create-schema.sql"
            : "/schema/postgres/postgres-create-schema.sql";
    try (InputStream in =
            org.apache.pekko.persistence.jdbc.journal.JdbcAsyncWriteJournal.class
                .getResourceAsStream(script);
        Connection connection =
            DriverManager.getConnection(address.url(), address.user(), address.password());
        Statement statement = connection.createStatement()) {
      for (String ddl : new String(in.readAllBytes(), StandardCharsets.UTF_8).split(";")) {
        if (!ddl.isBlank()) {
          statement.execute(ddl);
        }
      }
    }
  }

  private ActorSystem<Void> start() {
    Map<String, Object> settings = new HashMap<>();
    StringBuilder journals = new StringBuilder();
    for (int i = 0; i < Arrivals.REPLICAS; i++) {
      DatabaseAddress address = databases.of(i);
      String shared = DB + "replica-" + i;
      settings.put(
          shared + ".profile",
          databases.isH2() ? "slick.jdbc.H2Profile$" : "slick.jdbc.PostgresProfile$");
      settings.put(shared + ".db.url", address.url());
      settings.put(shared + ".db.user", address.user());
      settings.put(shared + ".db.password", address.password());
      settings.put(
          shared + ".db.driver", databases.isH2() ? "org.h2.Driver" : "org.postgresql.Driver");
      journals
          .append(shared + ".db = ${" + DB + "slick.db} ${" + shared + ".db}\n")
          .append("journal-" + i + " = ${jdbc-journal}\n")
          .append("journal-" + i + ".use-shared-db = replica-" + i + "\n")
          .append("journal-" + i + ".bufferSize = 20000\n") // 1,000 are too few for 1,000 entities
          .append("read-" + i + " = ${jdbc-read-journal}\n")
          .append("read-" + i + ".use-shared-db = replica-" + i + "\n")
          .append("read-" + i + ".write-plugin = journal-" + i + "\n")
          .append("read-" + i + ".refresh-interval = " + tuning.refreshInterval() + "\n");
    }
    journals
        .append("pekko.loglevel = WARNING\n")
        .append("pekko.stdout-loglevel = OFF\n")
        .append("pekko.loggers = [org.apache.pekko.event.slf4j.Slf4jLogger]\n")
        .append("pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off\n")
        .append("pekko.actor.serializers.tick = \"" + Ticks.Serializer.class.getName() + "\"\n")
        .append(
            "pekko.actor.serialization-bindings.\"" + Ticks.Tick.class.getName() + "\" = tick\n");
    Config config =
        ConfigFactory.parseString(journals.toString())
            .withFallback(ConfigFactory.parseMap(settings))
            .withFallback(ConfigFactory.load())
            .resolve();
    ActorSystem<Void> started = ActorSystem.create(Behaviors.empty(), "pekko", config);
    if (tuning.direct()) {
      started
          .eventStream()
          .tell(
              new EventStream.Subscribe<>(
                  PublishedEvent.class,
                  started.systemActorOf(forwarder(), "direct-replication", Props.empty())));
    }
    return started;
  }

  /** What ShardingDirectReplication does, without the sharding. */
  private Behavior<PublishedEvent> forwarder() {
    return Behaviors.receiveMessage(
        event -> {
          ReplicationId from = ReplicationId.fromString(event.persistenceId().id());
          for (ReplicaId replica : PekkoTicks.REPLICAS) {
            ActorRef<PekkoTicks.Command> to =
                entities.get(from.withReplica(replica).persistenceId().id());
            if (to != null && !replica.equals(from.replicaId())) {
              to.<PublishedEvent>unsafeUpcast().tell(event);
            }
          }
          return Behaviors.same();
        });
  }

  private ActorRef<PekkoTicks.Command> entity(int replica, String id) {
    ReplicationId name = new ReplicationId("tick", id, PekkoTicks.REPLICAS.get(replica));
    return entities.computeIfAbsent(
        name.persistenceId().id(),
        missing ->
            system.systemActorOf(
                PekkoTicks.create(name, replica, arrivals, tuning.direct()),
                "tick-" + id + "-" + replica,
                Props.empty()));
  }

  @Override
  public String name() {
    return tuning.name();
  }

  @Override
  public CompletionStage<?> write(int replica, String id, long number) {
    CompletableFuture<Long> done = new CompletableFuture<>();
    entity(replica, id).tell(new PekkoTicks.Write(new Ticks.Tick(number), done));
    return done;
  }

  @Override
  public CompletionStage<?> wake(int replica, String id) {
    CompletableFuture<Long> done = new CompletableFuture<>();
    entity(replica, id).tell(new PekkoTicks.Get(done));
    return done;
  }

  @Override
  public void restart() throws Exception {
    close();
    system = start();
  }

  @Override
  public void close() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(120, TimeUnit.SECONDS);
    entities.clear();
  }
}
