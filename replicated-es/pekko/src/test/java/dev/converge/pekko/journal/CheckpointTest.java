package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.pattern.Patterns;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotProtocol;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import scala.jdk.javaapi.OptionConverters;

/** Checkpoints as an entity gets them from Pekko. */
@ParameterizedClass
@EnumSource(TestDatabase.Kind.class)
class CheckpointTest {
  private final TestDatabase.Kind kind;

  @TempDir Path folder;
  private TestDatabase place;
  private JournalDatabase database;
  private ActorSystem system;

  CheckpointTest(TestDatabase.Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void open() {
    place = TestDatabase.create(kind, folder);
    database = place.open();
    system =
        ActorSystem.create(
            "checkpoints",
            ConfigFactory.parseString(
                    "pekko { loglevel = OFF, stdout-loglevel = OFF,"
                        + " coordinated-shutdown.run-by-jvm-shutdown-hook = off }")
                .withFallback(database.pluginConfig())
                .withFallback(ConfigFactory.load()));
    JournalBinding.of(system).bind(database);
    for (long position : new long[] {10, 20, 30}) {
      await(database.saveCheckpoint("a", position, new byte[] {(byte) position}));
    }
  }

  @AfterEach
  void close() throws Exception {
    if (system != null) {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
      database.close();
    }
  }

  private Optional<SelectedSnapshot> load(String id) throws Exception {
    Object answer =
        Patterns.ask(
                Persistence.get(system)
                    .snapshotStoreFor("converge-snapshots", ConfigFactory.empty()),
                new SnapshotProtocol.LoadSnapshot(
                    id, SnapshotSelectionCriteria.latest(), Long.MAX_VALUE),
                Duration.ofSeconds(20))
            .toCompletableFuture()
            .get();
    if (answer instanceof SnapshotProtocol.LoadSnapshotFailed failed) {
      throw (Exception) failed.cause();
    }
    return OptionConverters.toJava(((SnapshotProtocol.LoadSnapshotResult) answer).snapshot());
  }

  private void damage(long position) throws Exception {
    place.run("UPDATE \"snapshot\" SET \"crc\" = 5 WHERE \"sequence_number\" = " + position);
  }

  @Test
  void the_newest_is_loaded_with_its_position_as_sequence_number() throws Exception {
    SelectedSnapshot found = load("a").orElseThrow();
    assertThat(found.metadata().sequenceNr()).isEqualTo(30);
    StoredCheckpoint checkpoint = (StoredCheckpoint) found.snapshot();
    assertThat(checkpoint.position()).isEqualTo(30);
    assertThat(checkpoint.bytes()).containsExactly(30);
    assertThat(load("b")).isEmpty();
    assertThat(database.checkpoints("a"))
        .extracting(StoredCheckpoint::position)
        .containsExactly(30L, 20L, 10L);
  }

  @Test
  void a_damaged_one_gives_way_to_the_one_before() throws Exception {
    damage(30);
    assertThat(load("a").orElseThrow().metadata().sequenceNr()).isEqualTo(20);
    assertThat(database.checkpoints("a"))
        .extracting(StoredCheckpoint::position)
        .containsExactly(20L, 10L);
  }

  @Test
  void an_entity_does_not_start_empty_because_all_of_its_checkpoints_are_damaged()
      throws Exception {
    damage(10);
    damage(20);
    damage(30);
    assertThatThrownBy(() -> load("a"))
        .rootCause()
        .isInstanceOf(DamagedRowException.class)
        .hasMessageContaining("row 10 of a")
        .hasMessageContaining("its snapshot has a wrong checksum");
  }

  @Test
  void an_actor_cannot_delete_what_the_journal_may_rest_on() throws Exception {
    Patterns.ask(
            Persistence.get(system).snapshotStoreFor("converge-snapshots", ConfigFactory.empty()),
            new SnapshotProtocol.DeleteSnapshots("a", SnapshotSelectionCriteria.latest()),
            Duration.ofSeconds(20))
        .toCompletableFuture()
        .get();
    assertThat(load("a")).isPresent();
  }
}
