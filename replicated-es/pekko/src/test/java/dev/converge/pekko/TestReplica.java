package dev.converge.pekko;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.converge.pekko.journal.JournalDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** One replica with a database of its own, without HTTP and cluster. */
final class TestReplica implements AutoCloseable {
  private static final AtomicLong INCARNATIONS = new AtomicLong(1_000);

  final String name;
  final JournalDatabase database;
  final ActorSystem<Void> system;
  final Entities entities;

  TestReplica(String name, Path folder, MemoryNetwork network, List<EntityType<?, ?, ?>> types) {
    this(name, folder, network, types, Duration.ofMinutes(1), 0);
  }

  TestReplica(
      String name,
      Path folder,
      MemoryNetwork network,
      List<EntityType<?, ?, ?>> types,
      Duration idle,
      long clockOffsetMillis) {
    this.name = name;
    this.database = JournalDatabase.open(folder, name, INCARNATIONS::incrementAndGet);
    Config config =
        ConfigFactory.parseString(
                "pekko { loglevel = WARNING, loggers = [org.apache.pekko.event.slf4j.Slf4jLogger],"
                    + " coordinated-shutdown.run-by-jvm-shutdown-hook = off }")
            .withFallback(Entities.config(database))
            .withFallback(ConfigFactory.load());
    this.system = ActorSystem.create(Behaviors.empty(), name, config);
    this.entities =
        new Entities(
            system,
            database,
            network.transport(name),
            new NodeClock(() -> System.currentTimeMillis() + clockOffsetMillis),
            types,
            new Entities.Settings(idle, Duration.ofSeconds(20), Duration.ofMillis(200)));
  }

  /** Ends without a word to the entities, as a process does that is killed. */
  @Override
  public void close() {
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("replica " + name + " does not end", e);
    }
    database.close();
  }
}
