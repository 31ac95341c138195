package dev.converge.examples;

import dev.converge.node.cli.Main;
import dev.converge.node.cli.local.ChildCommand;
import dev.converge.node.cli.local.FreePorts;
import dev.converge.node.cli.local.LocalCluster;
import dev.converge.node.cli.local.LocalLayout;
import dev.converge.node.lifecycle.StartupException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The nodes that an example runs against. Thread-safe. */
public final class ExampleCluster implements AutoCloseable {
  private static final int NODES = 3;
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final List<URI> LOCAL =
      Stream.of(8551, 8552, 8553).map(p -> URI.create("http://127.0.0.1:" + p)).toList();

  private final List<NodeClient> nodes;
  private final Runnable end;

  private ExampleCluster(List<URI> urls, HttpClient http, Runnable end) {
    this.nodes = urls.stream().map(url -> new NodeClient(url, http)).toList();
    this.end = end;
  }

  static ExampleCluster open(List<URI> urls, PrintWriter out)
      throws StartupException, InterruptedException {
    HttpClient http = NodeClient.newHttpClient();
    if (!urls.isEmpty()) {
      for (URI url : urls) {
        if (!isReady(http, url)) {
          throw new StartupException("There is no ready node at " + url + ".");
        }
      }
      return new ExampleCluster(urls, http, () -> {});
    }
    long ready = LOCAL.stream().filter(url -> isReady(http, url)).count();
    if (ready == LOCAL.size()) {
      say(out, "Using the running local cluster.");
      return new ExampleCluster(LOCAL, http, () -> {});
    }
    if (ready > 0) {
      throw new StartupException(
          "A local cluster runs, but only " + ready + " of its 3 nodes are ready. Try again soon.");
    }
    return startOwn(http, out);
  }

  private static ExampleCluster startOwn(HttpClient http, PrintWriter out)
      throws StartupException, InterruptedException {
    say(out, "No local cluster runs; starting one for this example.");
    Path data = temporaryFolder();
    int port = FreePorts.row(2 * NODES, new Random());
    LocalLayout layout = new LocalLayout(NODES, data, port, port + NODES, Optional.empty());
    List<String> lines = new CopyOnWriteArrayList<>();
    LocalCluster cluster =
        LocalCluster.start(layout, ChildCommand.of(Main.class.getName()), false, lines::add);
    ExampleCluster example =
        new ExampleCluster(
            layout.urls(),
            http,
            () -> {
              cluster.close();
              delete(data);
            });
    // For Ctrl-C; after a normal end there is nothing left to do.
    Runtime.getRuntime().addShutdownHook(new Thread(example::close, "stop"));
    if (!cluster.awaitUp(START_LIMIT)) {
      example.close();
      throw new StartupException("The cluster did not start:\n  " + String.join("\n  ", lines));
    }
    return example;
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("converge-example-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isReady(HttpClient http, URI url) {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/health/ready")).timeout(Duration.ofSeconds(3)).build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // A temporary folder; the system clears it at the latest.
    }
  }

  /** The nodes, in order. */
  public List<NodeClient> nodes() {
    return nodes;
  }

  /** Stops the cluster if it was started for the example. Idempotent. */
  @Override
  public void close() {
    end.run();
  }
}
