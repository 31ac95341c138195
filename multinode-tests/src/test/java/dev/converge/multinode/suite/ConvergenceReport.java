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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How soon a command at one of three nodes, each a process of its own, is seen at all: 200 commands
 * a second on 100 entities. First within the nodes, by their actors' own interface; then over HTTP,
 * where every tenth entity is followed at all nodes by Server-Sent Events, so what is measured ends
 * when a client of the last node has the new state.
 *
 * <p>Arguments: seconds (30), commands a second (200), entities (100). The nodes' JVMs have the
 * harness's flags, the first compiler alone: the second one, in three new JVMs at once, takes most
 * of two cores for minutes. {@code -Dreport.flags=} adds others.
 */
public final class ConvergenceReport {
  private static final int FOLLOW_EVERY = 10;
  private static final Pattern ITEM = Pattern.compile("\"i(\\d+)\"");
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final TestCluster cluster;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService probes = Executors.newCachedThreadPool();
  private final ConcurrentLinkedQueue<Long> toAnswer = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Long> toAll = new ConcurrentLinkedQueue<>();
  private final AtomicInteger failures = new AtomicInteger();

  /** By number, when the command was sent, and at how many nodes it has been seen. */
  private final Map<Integer, Sent> open = new ConcurrentHashMap<>();

  private record Sent(long nanos, AtomicInteger seen) {}

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
        MultiNode.start(
            Layout.of("report", names, ConvergeTestNode.class, folder)
                .withJvmFlags(
                    ("-Xmx1g " + System.getProperty("report.flags", "")).trim().split(" ")))) {
      TestCluster cluster = new TestCluster(group);
      for (TestClusterNode node : cluster.nodes()) {
        cluster.await(
            node.name() + " answers",
            START_LIMIT,
            () -> node.http().get("/v1/entities/counter").status() == 200);
      }
      ConvergenceReport report = new ConvergenceReport(cluster);
      System.out.println("| | p50, ms | p99, ms | worst, ms |");
      System.out.println("| --- | --- | --- | --- |");
      report.inNodes("warm", rate, seconds, entities);
      report.clear();
      report.inNodes("run", rate, seconds, entities);
      report.print("within the nodes");
      report.overHttp("warm", rate, Math.max(10, seconds / 3), entities);
      report.clear();
      report.overHttp("run", rate, seconds, entities);
      report.print("over HTTP");
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

  private void overHttp(String name, int rate, int seconds, int entities)
      throws InterruptedException {
    int commands = rate * seconds;
    CountDownLatch done = new CountDownLatch(commands);
    List<CompletableFuture<?>> streams = new ArrayList<>();
    for (int entity = 0; entity < entities; entity += FOLLOW_EVERY) {
      for (int node = 0; node < 3; node++) {
        streams.add(follow(node, name + "-" + entity));
      }
    }
    long start = System.nanoTime();
    for (int i = 0; i < commands; i++) {
      long due = start + i * 1_000_000_000L / rate;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      send(name + "-" + i % entities, i, done);
    }
    if (!done.await(120, TimeUnit.SECONDS)) {
      throw new IllegalStateException(done.getCount() + " commands were not answered");
    }
    cluster.await("all that is followed is seen", Duration.ofSeconds(60), open::isEmpty);
    streams.forEach(stream -> stream.cancel(true));
  }

  private void send(String cart, int number, CountDownLatch done) {
    int at = number % 3;
    String item = "i" + number;
    long sent = System.nanoTime();
    if (number % FOLLOW_EVERY == 0) {
      open.put(number, new Sent(sent, new AtomicInteger()));
    }
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
                open.remove(number);
              } else {
                toAnswer.add(System.nanoTime() - sent);
              }
              done.countDown();
            },
            probes);
  }

  private HttpRequest.Builder request(int node, String cart) {
    return HttpRequest.newBuilder(
        URI.create(cluster.nodes().get(node).http().base() + "/v1/entities/cart/" + cart));
  }

  /** Follows an entity at a node. */
  private CompletableFuture<?> follow(int node, String cart) {
    Set<Integer> known = new HashSet<>();
    CompletableFuture<Void> begun = new CompletableFuture<>();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    cluster.nodes().get(node).http().base()
                        + "/v1/entities/cart/"
                        + cart
                        + "/changes"))
            .build();
    CompletableFuture<?> stream =
        client.sendAsync(
            request,
            HttpResponse.BodyHandlers.fromLineSubscriber(
                new Lines(
                    line -> {
                      begun.complete(null);
                      seen(line, known);
                    })));
    begun.orTimeout(20, TimeUnit.SECONDS).join();
    return stream;
  }

  private void seen(String line, Set<Integer> known) {
    long now = System.nanoTime();
    Matcher items = ITEM.matcher(line);
    while (items.find()) {
      int number = Integer.parseInt(items.group(1));
      Sent sent = known.add(number) ? open.get(number) : null;
      if (sent != null && sent.seen().incrementAndGet() == 3) {
        toAll.add(now - sent.nanos());
        open.remove(number);
      }
    }
  }

  private record Lines(Consumer<String> listener) implements Flow.Subscriber<String> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      listener.accept(line);
    }

    @Override
    public void onError(Throwable error) {
      // Cancelled; what was not seen is missed at the end.
    }

    @Override
    public void onComplete() {
      // As above.
    }
  }

  private void print(String how) {
    row("answered " + how, toAnswer);
    row("seen at all three, " + how, toAll);
    if (failures.get() > 0) {
      System.out.println(failures + " failed");
    }
  }

  /** Commands given inside the nodes, to their actors; subscribers there see what comes. */
  private void inNodes(String name, int rate, int seconds, int entities) {
    MultiNode group = cluster.group();
    int each = rate * seconds / 3;
    for (int node = 0; node < 3; node++) {
      int first = node;
      group.runOn(
          group.names().get(node),
          context -> LoadInNode.start(context, "in-" + name, first, each, rate, entities));
    }
    cluster.await(
        "all is seen everywhere",
        Duration.ofSeconds(seconds + 60),
        () -> {
          List<LoadInNode.Result> results = new ArrayList<>();
          for (String node : group.names()) {
            group
                .<ArrayList<LoadInNode.Result>>callOn(
                    node,
                    context -> {
                      ArrayList<LoadInNode.Result> found = new ArrayList<>();
                      LoadInNode.Result result = LoadInNode.result();
                      if (result != null) {
                        found.add(result);
                      }
                      return found;
                    })
                .forEach(results::add);
          }
          return results.size() == 3 && take(results);
        });
  }

  private boolean take(List<LoadInNode.Result> results) {
    clear();
    for (LoadInNode.Result from : results) {
      failures.addAndGet(from.failed());
      for (Map.Entry<String, Long> sent : from.sent().entrySet()) {
        String event = sent.getKey();
        long last = 0;
        for (LoadInNode.Result at : results) {
          Long seen = at.seen().get(event);
          if (seen == null) {
            return false;
          }
          last = Math.max(last, seen);
        }
        toAll.add(last - sent.getValue());
        toAnswer.add(from.answered().getOrDefault(event, last) - sent.getValue());
      }
    }
    return true;
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
