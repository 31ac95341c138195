package dev.converge.multinode.suite;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A PostgreSQL server for each node, on its own folder and port. Not thread-safe. */
public final class Databases implements AutoCloseable {
  private final Path folder;
  private final Map<String, EmbeddedPostgres> running = new HashMap<>();
  private final Map<String, Integer> ports = new HashMap<>();

  private Databases(Path folder) {
    this.folder = folder;
  }

  /**
   * Starts a server for each.
   *
   * @throws IOException if PostgreSQL cannot run here: it needs a user who is not root, or unshare
   */
  public static Databases start(List<String> nodes, Path folder) throws IOException {
    Databases databases = new Databases(folder);
    try {
      for (String node : nodes) {
        databases.launch(node);
      }
    } catch (IOException | RuntimeException e) {
      databases.close();
      throw e instanceof IOException io ? io : new IOException(e);
    }
    return databases;
  }

  private void launch(String node) throws IOException {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder.resolve(node + "-postgresql"))
            .setCleanDataDirectory(false)
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_connections", "60")
            .setServerConfig("shared_buffers", "16MB");
    Integer port = ports.get(node);
    EmbeddedPostgres server = (port == null ? builder : builder.setPort(port)).start();
    ports.put(node, server.getPort());
    running.put(node, server);
  }

  /** What a node's configuration says of its database. */
  public String config(String node) {
    return "converge.database { kind = postgresql, user = postgres, password = \"\", url ="
        + " \"jdbc:postgresql://localhost:"
        + ports.get(node)
        + "/postgres\" }";
  }

  public void stop(String node) {
    EmbeddedPostgres server = running.remove(node);
    if (server != null) {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  public void start(String node) {
    if (!running.containsKey(node)) {
      try {
        launch(node);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    List.copyOf(running.keySet()).forEach(this::stop);
  }
}
