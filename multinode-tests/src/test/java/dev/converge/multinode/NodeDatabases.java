package dev.converge.multinode;

import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Where the nodes of a test have their databases: each an H2 file of its own, or each a database of
 * its own at one PostgreSQL server, which lives as long as this.
 */
final class NodeDatabases implements AutoCloseable {
  private final @Nullable EmbeddedPostgres server;

  /** Which. */
  enum Kind {
    H2,
    POSTGRESQL
  }

  private NodeDatabases(@Nullable EmbeddedPostgres server) {
    this.server = server;
  }

  /** Starts a server, if that kind needs one; aborts the test where PostgreSQL cannot run. */
  static NodeDatabases of(Kind kind) {
    if (kind == Kind.H2) {
      return new NodeDatabases(null);
    }
    try {
      return new NodeDatabases(
          EmbeddedPostgres.builder()
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("max_connections", "200")
              .start());
    } catch (IOException | RuntimeException e) {
      return abort(
          "PostgreSQL cannot run here (it needs a user who is not root, or unshare): " + e);
    }
  }

  /** Writes into the nodes' configuration where their databases are. Before they start. */
  void giveTo(ProcessCluster cluster) {
    EmbeddedPostgres postgres = server;
    if (postgres == null) {
      return;
    }
    for (NodeProcess node : cluster.nodes()) {
      String name = node.name().replace('-', '_');
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + name);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      Path file = node.config().dataDir().resolveSibling(node.name() + ".conf");
      try {
        Files.writeString(
            file,
            "converge.database { kind = postgresql, user = postgres, url = \"jdbc:postgresql://localhost:"
                + postgres.getPort()
                + "/"
                + name
                + "\" }\n",
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      server.close();
    }
  }
}
