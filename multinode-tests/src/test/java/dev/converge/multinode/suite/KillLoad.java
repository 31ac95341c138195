package dev.converge.multinode.suite;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Commands to the nodes of a cluster from several threads, each adding one item that nobody else
 * adds, so that an item that is missing was lost, and one that is there twice was counted twice.
 */
final class KillLoad {
  private static final int HEAVY = 4;
  private static final int CARTS = 5;

  private final TestCluster cluster;
  private final String name;
  private final int threadsPerNode;
  private final Map<String, Set<String>> acknowledged = new ConcurrentHashMap<>();
  private final Map<String, Set<String>> sent = new ConcurrentHashMap<>();
  private final AtomicLong items = new AtomicLong();
  private final CountDownLatch enough;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  /** As heavy as it takes to keep commits under way at any moment. */
  KillLoad(TestCluster cluster, String name, int enough) {
    this(cluster, name, HEAVY, enough);
  }

  /**
   * @param name part of the names of all entities
   * @param threadsPerNode how many commands are under way at a node at once
   * @param enough after how many acknowledged commands {@link #awaitEnough} returns
   */
  KillLoad(TestCluster cluster, String name, int threadsPerNode, int enough) {
    this.cluster = cluster;
    this.name = name;
    this.threadsPerNode = threadsPerNode;
    this.enough = new CountDownLatch(enough);
  }

  void start() {
    for (TestClusterNode node : cluster.nodes()) {
      for (int t = 0; t < threadsPerNode; t++) {
        Thread thread = new Thread(() -> run(node), "load-" + node.name() + "-" + t);
        thread.start();
        threads.add(thread);
      }
    }
  }

  private void run(TestClusterNode node) {
    while (!stopped) {
      long number = items.incrementAndGet();
      String cart = name + "-" + number % CARTS;
      String item = node.name() + "-" + number;
      sent.computeIfAbsent(cart, id -> ConcurrentHashMap.newKeySet()).add(item);
      try {
        JsonHttp.Answer answer =
            node.http()
                .post(
                    "/v1/entities/cart/" + cart,
                    Map.of("command", "add", "item", item, "quantity", 1));
        if (answer.status() == 200) {
          acknowledged.computeIfAbsent(cart, id -> ConcurrentHashMap.newKeySet()).add(item);
          enough.countDown();
        }
      } catch (RuntimeException e) {
        if (!node.isRunning()) {
          return; // killed; whether the command counts is not known
        }
      }
    }
  }

  /** Waits for as many acknowledged commands as said at the beginning. */
  void awaitEnough() throws InterruptedException {
    enough.await();
  }

  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** How many commands were acknowledged. */
  long acknowledged() {
    return acknowledged.values().stream().mapToLong(Set::size).sum();
  }

  /** What is wrong with what a node shows of the commands that these nodes have acknowledged. */
  List<String> problems(int node, Set<String> byNodes) {
    List<String> problems = new ArrayList<>();
    for (String cart : new TreeSet<>(sent.keySet())) {
      JsonNode shown =
          cluster
              .node(node)
              .http()
              .get("/v1/entities/cart/" + cart)
              .expectSuccess()
              .body()
              .at("/state/items");
      for (String item : acknowledged.getOrDefault(cart, Set.of())) {
        if (!shown.has(item) && byNodes.contains(item.substring(0, item.lastIndexOf('-')))) {
          problems.add("lost: " + item + " of " + cart);
        }
      }
      for (String item : sent.getOrDefault(cart, Set.of())) {
        if (shown.path(item).asInt() > 1) {
          problems.add(shown.path(item).asInt() + " times: " + item + " of " + cart);
        }
      }
    }
    return problems;
  }

  /** Whether all nodes show the same. */
  boolean isEverywhereTheSame() {
    for (String cart : sent.keySet()) {
      JsonNode first = state(1, cart);
      for (int node = 2; node <= cluster.nodes().size(); node++) {
        if (!state(node, cart).equals(first)) {
          return false;
        }
      }
    }
    return true;
  }

  private JsonNode state(int node, String cart) {
    JsonNode body =
        cluster.node(node).http().get("/v1/entities/cart/" + cart).expectSuccess().body();
    return body.path("state");
  }
}
