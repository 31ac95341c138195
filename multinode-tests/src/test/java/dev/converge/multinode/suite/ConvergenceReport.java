package dev.converge.multinode.suite;

import dev.converge.multinode.Layout;
import dev.converge.multinode.MultiNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * How soon a command at one of three nodes, each a process of its own, is seen at the two others,
 * over HTTP: 200 commands a second on 100 entities. Every tenth command is looked for, by asking
 * the two others again and again, so a figure has up to one round trip of HTTP too much.
 *
 * <p>Arguments: seconds (30), commands a second (200), entities (100).
 */
public final class ConvergenceReport {
  private static final int PROBE_EVERY = 10;
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final TestCluster cluster;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService probes = Executors.newCachedThreadPool();
  private final ConcurrentLinkedQueue<Long> toAnswer = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Long> toAll = new ConcurrentLinkedQueue<>();
  private final AtomicInteger failures = new AtomicInteger();

  private ConvergenceReport(TestCluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Prints a table.
   *
   * @param args see above
   * @throws IOException if there is no place for the nodes' data
   * @throws InterruptedException if it is interrupted
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 30;
    int rate = args.length > 1 ? Integer.parseInt(args[1]) : 200;
    int entities = args.length > 2 ? Integer.parseInt(args[2]) : 100;
    Path folder = Files.createTempDirectory("convergence-report");
    List<String> names = List.of("node-1", "node-2", "node-3");
    try (MultiNode group =
        MultiNode.start(Layout.of("report", names, ConvergeTestNode.class, folder))) {
      TestCluster cluster = new TestCluster(group);
      for (TestClusterNode node : cluster.nodes()) {
        cluster.await(
            node.name() + " answers",
            START_LIMIT,
            () -> node.http().get("/v1/entities/counter").status() == 200);
      }
      ConvergenceReport report = new ConvergenceReport(cluster);
      report.run("warm", rate, Math.max(10, seconds / 3), entities);
      report.clear();
      report.run("run", rate, seconds, entities);
      report.print(seconds * rate);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
    System.exit(0);
  }

  private void clear() {
    toAnswer.clear();
    toAll.clear();
    failures.set(0);
  }

  private void run(String name, int rate, int seconds, int entities) throws InterruptedException {
    int commands = rate * seconds;
    CountDownLatch done = new CountDownLatch(commands);
    long start = System.nanoTime();
    for (int i = 0; i < commands; i++) {
      long due = start + i * 1_000_000_000L / rate;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      send(name + "-" + i % entities, i, done);
    }
    if (!done.await(120, TimeUnit.SECONDS)) {
      throw new IllegalStateException(done.getCount() + " commands were not seen at all nodes");
    }
  }

  private void send(String cart, int number, CountDownLatch done) {
    int at = number % 3;
    String item = "i" + number;
    long sent = System.nanoTime();
    HttpRequest request =
        request(at, cart)
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"command\":\"add\",\"item\":\"" + item + "\",\"quantity\":1}"))
            .build();
    client
        .sendAsync(request, HttpResponse.BodyHandlers.ofString())
        .whenCompleteAsync(
            (answer, error) -> {
              if (error != null || answer.statusCode() != 200) {
                failures.incrementAndGet();
              } else {
                toAnswer.add(System.nanoTime() - sent);
                if (number % PROBE_EVERY == 0) {
                  look(cart, item, (at + 1) % 3);
                  look(cart, item, (at + 2) % 3);
                  toAll.add(System.nanoTime() - sent);
                }
              }
              done.countDown();
            },
            probes);
  }

  private HttpRequest.Builder request(int node, String cart) {
    return HttpRequest.newBuilder(
        URI.create(cluster.nodes().get(node).http().base() + "/v1/entities/cart/" + cart));
  }

  /** Asks until the item is there. */
  private void look(String cart, String item, int node) {
    HttpRequest request = request(node, cart).GET().build();
    String quoted = '"' + item + '"';
    try {
      while (!client.send(request, HttpResponse.BodyHandlers.ofString()).body().contains(quoted)) {
        Thread.onSpinWait();
      }
    } catch (IOException e) {
      failures.incrementAndGet();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void print(int commands) {
    System.out.println("| of " + commands + " commands | p50, ms | p99, ms | worst, ms |");
    System.out.println("| --- | --- | --- | --- |");
    row("answered", toAnswer);
    row("seen at all three", toAll);
    System.out.println();
    System.out.println(failures + " failed");
  }

  private static void row(String what, ConcurrentLinkedQueue<Long> nanos) {
    List<Long> sorted = new ArrayList<>(nanos);
    Collections.sort(sorted);
    System.out.printf(
        "| %s (%d) | %.1f | %.1f | %.1f |%n",
        what,
        sorted.size(),
        sorted.get(sorted.size() / 2) / 1e6,
        sorted.get(sorted.size() * 99 / 100) / 1e6,
        sorted.get(sorted.size() - 1) / 1e6);
  }
}
