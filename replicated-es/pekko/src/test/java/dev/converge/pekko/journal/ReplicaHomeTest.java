package dev.converge.pekko.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.ReplicaHome;
import dev.converge.pekko.membership.Replicas;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Databases of incarnations that are over, in a folder and at a server. */
class ReplicaHomeTest {
  private final AtomicLong incarnations = new AtomicLong(40);

  @TempDir Path folder;

  private ReplicaHome open(TestDatabase.Kind kind, TestDatabase database) {
    return kind == TestDatabase.Kind.H2
        ? ReplicaHome.open(folder, "node-1", false, incarnations::incrementAndGet)
        : ReplicaHome.at(database.address(), "node-1", incarnations::incrementAndGet);
  }

  private static void write(ReplicaHome home) {
    ReplicaId self = home.database().self();
    Samples.await(
        Samples.submit(
            home.database(),
            Samples.write("cart|1", Samples.message(1, Samples.event(self, 1, 1_000)))));
  }

  @ParameterizedTest
  @EnumSource(TestDatabase.Kind.class)
  void whatIsOverGoesToTheAtticAndIsKeptWhenItIsDone(TestDatabase.Kind kind) {
    TestDatabase database = TestDatabase.create(kind, folder);
    for (long incarnation = 41; incarnation <= 42; incarnation++) {
      try (ReplicaHome home = open(kind, database)) {
        assertThat(home.database().self()).isEqualTo(new ReplicaId("node-1", incarnation));
        assertThat(home.database().held()).isEqualTo(VersionVector.empty());
        write(home);
        Samples.await(Replicas.markRestored(home.database()));
      }
    }
    ReplicaId first = new ReplicaId("node-1", 41);
    ReplicaId second = new ReplicaId("node-1", 42);
    try (ReplicaHome home = open(kind, database)) {
      assertThat(home.attics()).extracting(ReplicaLog::self).containsExactly(first, second);
      assertThat(home.attics().get(0).held()).isEqualTo(VersionVector.empty().with(first, 1));
      assertThat(home.attics().get(1).entityRows("cart|1", 0, 10)).hasSize(1);
      home.done(first);
    }
    try (ReplicaHome home = open(kind, database)) {
      assertThat(home.database().self()).isEqualTo(new ReplicaId("node-1", 43));
      assertThat(home.attics()).extracting(ReplicaLog::self).containsExactly(second);
    }
  }

  /** As a node draws them: 19 digits. */
  @ParameterizedTest
  @EnumSource(TestDatabase.Kind.class)
  void anAtticIsFoundHoweverLongItsNumberIs(TestDatabase.Kind kind) {
    incarnations.set(Long.MAX_VALUE - 3);
    TestDatabase database = TestDatabase.create(kind, folder);
    ReplicaId former;
    try (ReplicaHome home = open(kind, database)) {
      former = home.database().self();
      write(home);
      Samples.await(Replicas.markRestored(home.database()));
    }
    try (ReplicaHome home = open(kind, database)) {
      assertThat(home.attics()).extracting(ReplicaLog::self).containsExactly(former);
    }
  }

  @Test
  void aUserWhoMayNotCreateSchemasIsToldWhatToDo() throws Exception {
    TestDatabase database = TestDatabase.create(TestDatabase.Kind.POSTGRESQL, folder);
    database.run("CREATE ROLE plain_user LOGIN");
    database.run(
        "DO $$ BEGIN EXECUTE 'ALTER SCHEMA ' || current_schema() || ' OWNER TO plain_user';"
            + " END $$");
    DatabaseAddress address =
        new DatabaseAddress(
            Dialect.POSTGRESQL,
            database.address().url(),
            "plain_user",
            "",
            database.address().patience(),
            false);
    try (ReplicaHome home = ReplicaHome.at(address, "node-1", incarnations::incrementAndGet)) {
      Samples.await(Replicas.markRestored(home.database()));
    }
    assertThatThrownBy(() -> ReplicaHome.at(address, "node-1", incarnations::incrementAndGet))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("GRANT CREATE ON DATABASE");
    // Nothing was changed: it is still what it was.
    try (JournalDatabase same = JournalDatabase.open(address, "it", "node-1", () -> 99L)) {
      assertThat(Replicas.isOver(same)).isTrue();
    }
  }
}
