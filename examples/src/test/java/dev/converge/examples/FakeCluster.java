package dev.converge.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Three servers that answer as nodes do, in this JVM: an operation is taken at once by every server
 * that is not cut off. Sets and carts only. {@link Fault} breaks it on purpose.
 */
public final class FakeCluster implements AutoCloseable {
  /** What is wrong with it. */
  public enum Fault {
    /** Nothing. */
    NONE,
    /** A removal also takes away additions that it has not seen. */
    REMOVE_WINS,
    /** Every hundredth write reaches only the server that took it. */
    LOSES_WRITES,
    /** Every tenth command is answered with 503 the first time. */
    BUSY
  }

  /** An operation; {@code seen} are the numbers of the additions that a removal has seen. */
  private record Op(
      int number, String key, String kind, String element, int by, Set<Integer> seen) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Fault fault;
  private final List<HttpServer> servers = new ArrayList<>();
  private final List<Set<Op>> known = new ArrayList<>();
  private final Set<Integer> cut = new HashSet<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private int operations;
  private int commands;

  /** Starts three servers on free ports. */
  public FakeCluster(Fault fault) throws IOException {
    this.fault = fault;
    for (int node = 0; node < 3; node++) {
      int self = node;
      known.add(new LinkedHashSet<>());
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(threads);
      server.createContext("/", exchange -> serve(self, exchange));
      server.start();
      servers.add(server);
    }
  }

  /** The options that make an example use it. */
  public String[] options(String... more) {
    List<String> options = new ArrayList<>(List.of(more));
    for (HttpServer server : servers) {
      options.add("--url");
      options.add("http://127.0.0.1:" + server.getAddress().getPort());
    }
    return options.toArray(new String[0]);
  }

  private void serve(int node, HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
      String path = exchange.getRequestURI().getPath();
      String method = exchange.getRequestMethod();
      if (fault == Fault.BUSY && method.equals("POST") && isBusy()) {
        exchange.getResponseHeaders().add("Retry-After", "1");
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      Object answer = answer(node, method, path, body);
      byte[] bytes = JSON.writeValueAsBytes(answer);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private synchronized boolean isBusy() {
    return commands++ % 10 == 0;
  }

  private synchronized Object answer(int node, String method, String path, JsonNode body) {
    if (path.equals("/v1/cluster")) {
      return Map.of("self", "node-" + (node + 1));
    } else if (path.startsWith("/v1/faults")) {
      if (method.equals("POST")) {
        cut.add(node);
      } else {
        cut.clear();
        spread();
      }
      return Map.of();
    } else if (path.startsWith("/v1/data/")) {
      if (method.equals("POST")) {
        operate(node, path, body.path("op").asText(), body.path("element").asText(), 1);
      }
      return Map.of("key", path, "type", "orset", "value", elements(node, path));
    } else if (path.startsWith("/v1/entities/cart/")) {
      if (method.equals("POST")) {
        operate(node, path, "add", body.path("item").asText(), body.path("quantity").asInt());
      }
      Map<String, Integer> items = items(node, path);
      return Map.of(
          "state",
          Map.of("items", items, "checkedOut", false),
          "version",
          items.isEmpty() ? Map.of() : Map.of("node-1", items.size()));
    }
    return Map.of();
  }

  private void operate(int node, String key, String kind, String element, int by) {
    Set<Integer> seen = new HashSet<>();
    known.get(node).stream()
        .filter(op -> op.key().equals(key) && op.element().equals(element))
        .forEach(op -> seen.add(op.number()));
    Op op = new Op(++operations, key, kind, element, by, seen);
    known.get(node).add(op);
    if (fault != Fault.LOSES_WRITES || operations % 100 != 0) {
      spread();
    }
  }

  private void spread() {
    Set<Op> together = new LinkedHashSet<>();
    for (int node = 0; node < 3; node++) {
      if (!cut.contains(node)) {
        known.get(node).stream()
            .filter(op -> fault != Fault.LOSES_WRITES || op.number() % 100 != 0)
            .forEach(together::add);
      }
    }
    for (int node = 0; node < 3; node++) {
      if (!cut.contains(node)) {
        known.get(node).addAll(together);
      }
    }
  }

  private Set<String> elements(int node, String key) {
    Set<Integer> removed = new HashSet<>();
    Set<String> banned = new HashSet<>();
    for (Op op : known.get(node)) {
      if (op.key().equals(key) && op.kind().equals("remove")) {
        removed.addAll(op.seen());
        if (fault == Fault.REMOVE_WINS) {
          banned.add(op.element());
        }
      }
    }
    Set<String> elements = new TreeSet<>();
    for (Op op : known.get(node)) {
      if (op.key().equals(key) && op.kind().equals("add") && !removed.contains(op.number())) {
        elements.add(op.element());
      }
    }
    elements.removeAll(banned);
    return elements;
  }

  private Map<String, Integer> items(int node, String key) {
    Map<String, Integer> items = new TreeMap<>();
    for (Op op : known.get(node)) {
      if (op.key().equals(key)) {
        items.merge(op.element(), op.by(), Integer::sum);
      }
    }
    return items;
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }
}
