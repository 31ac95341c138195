package dev.converge.node.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.Config;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.lifecycle.DataFolderLock;
import dev.converge.node.lifecycle.RunningNode;
import dev.converge.node.lifecycle.StartupException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;

/**
 * Looks like a node from outside: lock, health, the view of the cluster, and a file that counts its
 * starts. The settings {@code fake.fails} and {@code fake.hangs} make it misbehave.
 */
final class FakeNode implements RunningNode {
  private final HttpServer server;
  private final DataFolderLock lock;
  private final boolean hangs;
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();

  private FakeNode(HttpServer server, DataFolderLock lock, boolean hangs) {
    this.server = server;
    this.lock = lock;
    this.hangs = hangs;
  }

  static FakeNode start(NodeConfig config, Config raw) throws StartupException {
    if (raw.hasPath("fake.fails")) {
      throw new StartupException(raw.getString("fake.fails"));
    }
    DataFolderLock lock = DataFolderLock.acquire(config.dataDir());
    try {
      Files.writeString(
          starts(config.dataDir()), "x", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      InetSocketAddress address = new InetSocketAddress(config.http().host(), config.http().port());
      HttpServer server = HttpServer.create(address, 0);
      server.createContext("/health/ready", exchange -> answer(exchange, 200, "{}"));
      server.createContext("/v1/cluster", exchange -> answer(exchange, 200, cluster(config)));
      server.start();
      return new FakeNode(server, lock, raw.hasPath("fake.hangs"));
    } catch (IOException e) {
      lock.close();
      throw new StartupException("Port " + config.http().port() + ": " + e.getMessage(), e);
    }
  }

  static Path starts(Path dataDir) {
    return dataDir.resolve("starts");
  }

  private static String cluster(NodeConfig config) {
    StringBuilder members = new StringBuilder(member(config.name(), true));
    config.peers().forEach(p -> members.append(',').append(member(p.name(), false)));
    return ("{\"self\":\"" + config.name() + "\",\"leader\":\"node-1\",\"members\":[")
        + (members + "]}");
  }

  private static String member(String name, boolean reachable) {
    return ("{\"replica\":\"" + name + "\",\"address\":\"x\",\"status\":\"Up\",\"reachable\":")
        + (reachable + "}");
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void stop() {
    if (hangs) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    server.stop(0);
    lock.close();
    terminated.complete(null);
  }

  @Override
  public CompletionStage<Void> terminated() {
    return terminated;
  }
}
