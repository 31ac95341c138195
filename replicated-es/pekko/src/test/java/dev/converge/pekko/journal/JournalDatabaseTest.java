package dev.converge.pekko.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.ReplicaId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalDatabaseTest {
  @TempDir Path folder;

  private final AtomicLong incarnations = new AtomicLong(41);

  private JournalDatabase open(String name) {
    return JournalDatabase.open(folder, name, incarnations::incrementAndGet);
  }

  @Test
  void the_identity_lives_as_long_as_the_database() {
    try (JournalDatabase first = open("node-1")) {
      assertThat(first.self()).isEqualTo(new ReplicaId("node-1", 42));
    }
    for (int i = 0; i < 3; i++) {
      try (JournalDatabase again = open("node-1")) {
        assertThat(again.self()).isEqualTo(new ReplicaId("node-1", 42));
      }
    }
  }

  @Test
  void a_database_of_another_node_is_refused() {
    open("node-1").close();
    assertThatThrownBy(() -> open("node-2"))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("belongs to replica 'node-1'")
        .hasMessageContaining("own data folder");
  }

  @Test
  void replicas_once_heard_of_are_remembered_once() {
    try (JournalDatabase database = open("node-1")) {
      database.addKnownReplica(new ReplicaId("node-2", 7));
      database.addKnownReplica(new ReplicaId("node-2", 7));
    }
    try (JournalDatabase database = open("node-1")) {
      assertThat(database.knownReplicas())
          .containsExactly(new ReplicaId("node-1", 42), new ReplicaId("node-2", 7));
    }
  }

  @Test
  void tables_of_a_newer_release_are_refused_with_what_to_do() throws Exception {
    open("node-1").close();
    String url = "jdbc:h2:file:" + folder.resolve("journal").toAbsolutePath();
    try (var connection = DriverManager.getConnection(url, "converge", "");
        var statement = connection.createStatement()) {
      statement.execute("INSERT INTO \"converge_schema\" VALUES (99)");
    }
    assertThatThrownBy(() -> open("node-1"))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("version 99")
        .hasMessageContaining("newer release");
  }

  @Test
  void a_file_that_is_no_database_is_refused_and_left_alone() throws Exception {
    Path file = folder.resolve("journal.mv.db");
    Files.writeString(file, "this is not a database");
    assertThatThrownBy(() -> open("node-1"))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("cannot open the database in " + folder);
    assertThat(Files.readString(file)).isEqualTo("this is not a database");
  }
}
