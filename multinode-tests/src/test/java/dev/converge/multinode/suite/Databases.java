package dev.converge.multinode.suite;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * A PostgreSQL server for each node, on its own folder and port. Thread-safe for different nodes.
 */
public final class Databases implements AutoCloseable {
  private final Path folder;
  private final Map<String, EmbeddedPostgres> running = new ConcurrentHashMap<>();
  private final Map<String, Integer> ports = new ConcurrentHashMap<>();

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
      atOnce(nodes, databases::start);
    } catch (UncheckedIOException | IllegalStateException e) {
      databases.close();
      throw e instanceof UncheckedIOException io ? io.getCause() : new IOException(e);
    }
    return databases;
  }

  /** Each takes seconds, and little of the machine. */
  private static void atOnce(Collection<String> nodes, Consumer<String> action) {
    ExecutorService threads = Executors.newFixedThreadPool(nodes.size());
    try {
      List<CompletableFuture<Void>> all =
          nodes.stream()
              .map(node -> CompletableFuture.runAsync(() -> action.accept(node), threads))
              .toList();
      // All of them, also after a failure: nobody is to start anything after the end of this.
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
          .exceptionally(failure -> null)
          .join();
      all.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      throw e.getCause() instanceof UncheckedIOException io ? io : new IllegalStateException(e);
    } finally {
      threads.shutdown();
    }
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
    if (!running.isEmpty()) {
      atOnce(List.copyOf(running.keySet()), this::stop);
    }
  }
}
