package dev.converge.benchmarks;

import dev.converge.node.cli.Main;
import dev.converge.node.cli.local.ChildCommand;
import dev.converge.node.cli.local.FreePorts;
import dev.converge.node.cli.local.LocalCluster;
import dev.converge.node.cli.local.LocalLayout;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes as {@code ./converge local} runs them, each a process with an H2 file; the load goes
 * to the first of them.
 */
final class ConvergeHttpSide implements HttpSide {
  private static final int NODES = 3;
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final String INCREMENT = "{\"type\":\"gcounter\",\"op\":\"increment\"}";
  private static final String COMMAND = "{\"command\":\"increment\"}";

  private final LocalCluster cluster;
  private final Path data;
  private final int keys;

  ConvergeHttpSide(List<String> jvmOptions, int keys) throws Exception {
    this.keys = keys;
    this.data = Files.createTempDirectory("http-report");
    int port = FreePorts.row(2 * NODES, new Random());
    this.cluster =
        LocalCluster.start(
            new LocalLayout(NODES, data, port, port + NODES, Optional.empty()),
            new ChildCommand(Main.class.getName(), jvmOptions),
            true,
            line -> System.err.println("  " + line));
    if (!cluster.awaitUp(START_LIMIT)) {
      close();
      throw new IOException("the cluster did not start");
    }
    HttpLoad.run(url(), 1, 0.1, number -> HttpConnection.post("/v1/data/read", INCREMENT));
  }

  @Override
  public URI url() {
    return cluster.urls().get(0);
  }

  @Override
  public HttpLoad.@Nullable Requests requests(String row) {
    byte[] get = HttpConnection.get("/v1/data/read");
    byte[] one = HttpConnection.post("/v1/data/hits", INCREMENT);
    byte[] entity = HttpConnection.post("/v1/entities/counter/hits", COMMAND);
    byte[] majority = HttpConnection.post("/v1/entities/counter/hits?write=majority", COMMAND);
    return switch (row) {
      case "get" -> number -> get;
      case "counter" -> number -> one;
      case "keys" -> number -> HttpConnection.post("/v1/data/key-" + random(), INCREMENT);
      case "keys-majority" ->
          number -> HttpConnection.post("/v1/data/key-" + random() + "?write=majority", INCREMENT);
      case "entity" -> number -> entity;
      case "entity-majority" -> number -> majority;
      case "entities" ->
          number -> HttpConnection.post("/v1/entities/counter/c" + number % 1_000, COMMAND);
      case "entities-majority" ->
          number ->
              HttpConnection.post(
                  "/v1/entities/counter/c" + number % 1_000 + "?write=majority", COMMAND);
      default -> null;
    };
  }

  private int random() {
    return ThreadLocalRandom.current().nextInt(keys);
  }

  @Override
  public Stream<ProcessHandle> processes() {
    return ProcessHandle.current().children();
  }

  @Override
  public void close() throws IOException {
    cluster.close();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
