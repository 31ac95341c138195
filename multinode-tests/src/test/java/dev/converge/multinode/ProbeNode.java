package dev.converge.multinode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.converge.node.cluster.ClusterRuntime;
import dev.converge.node.cluster.ClusterView;
import dev.converge.node.cluster.TopologyEndpoint;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.config.NodeConfig.Peer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The least node: a cluster runtime, counters in Distributed Data, and the part of the HTTP API
 * that the topology scenarios use.
 */
public final class ProbeNode {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final ClusterRuntime runtime;
  private final CounterStore store;

  private ProbeNode(ClusterRuntime runtime, CounterStore store) {
    this.runtime = runtime;
    this.store = store;
  }

  /**
   * The arguments that {@link #main} understands.
   *
   * @param config the node's configuration
   * @return name, data folder, HTTP, remoting, then three for each peer
   */
  static List<String> arguments(NodeConfig config) {
    List<String> args = new ArrayList<>();
    args.add(config.name());
    args.add(config.dataDir().toString());
    args.add(config.http().toString());
    args.add(config.remote().toString());
    for (Peer peer : config.peers()) {
      args.addAll(List.of(peer.name(), peer.remote().toString(), peer.http().toString()));
    }
    return args;
  }

  private static NodeConfig config(String[] args) {
    List<Peer> peers = new ArrayList<>();
    for (int i = 4; i + 2 < args.length; i += 3) {
      peers.add(new Peer(args[i], endpoint(args[i + 1]), endpoint(args[i + 2])));
    }
    return new NodeConfig(
        args[0],
        Path.of(args[1]),
        endpoint(args[2]),
        endpoint(args[3]),
        peers,
        1 << 20,
        true,
        Map.of());
  }

  private static Endpoint endpoint(String text) {
    int colon = text.lastIndexOf(':');
    return new Endpoint(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  /**
   * Runs a node until the process is killed.
   *
   * @param args see {@link #arguments}
   * @throws IOException if the HTTP port cannot be had
   */
  public static void main(String[] args) throws IOException {
    NodeConfig config = config(args);
    CounterStore store = new CounterStore();
    ClusterRuntime runtime = ClusterRuntime.start(config, List.of(store));
    Runtime.getRuntime().addShutdownHook(new Thread(runtime::stop));
    HttpServer http =
        HttpServer.create(new InetSocketAddress(config.http().host(), config.http().port()), 0);
    http.setExecutor(Executors.newFixedThreadPool(8));
    ProbeNode node = new ProbeNode(runtime, store);
    http.createContext("/", node::serve);
    http.start();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      TopologyEndpoint.Answer answer;
      try {
        answer = answer(exchange);
      } catch (Exception e) {
        answer = json(500, Map.of("title", String.valueOf(e)));
      }
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.contentType());
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private TopologyEndpoint.Answer answer(HttpExchange exchange) throws Exception {
    String path = exchange.getRequestURI().getPath();
    String route = exchange.getRequestMethod() + " " + path;
    if (path.startsWith("/v1/data/")) {
      return data(exchange, path.substring("/v1/data/".length()));
    }
    JsonNode body = MAPPER.readTree(exchange.getRequestBody());
    if (route.equals("GET " + TopologyEndpoint.PATH)) {
      return runtime
          .endpoint()
          .answer(exchange.getRequestHeaders().getFirst(TopologyEndpoint.FROM_HEADER));
    }
    if (route.equals("GET /v1/cluster")) {
      return json(200, cluster(runtime.view()));
    }
    switch (route) {
      case "POST /v1/faults/partition" -> {
        Set<String> names = new LinkedHashSet<>();
        body.path("from").forEach(name -> names.add(name.asText()));
        runtime.faults().cut(names);
      }
      case "DELETE /v1/faults" -> runtime.faults().heal();
      case "POST /v1/faults/remove" -> runtime.remove(body.path("replica").asText());
      default -> {
        return json(404, Map.of("title", route));
      }
    }
    return json(200, List.of());
  }

  private TopologyEndpoint.Answer data(HttpExchange exchange, String key) throws Exception {
    BigInteger value;
    if (exchange.getRequestMethod().equals("POST")) {
      long by = MAPPER.readTree(exchange.getRequestBody()).path("by").asLong(1);
      value = store.increment(key, by).toCompletableFuture().get(8, TimeUnit.SECONDS);
    } else {
      value = store.value(key).toCompletableFuture().get(8, TimeUnit.SECONDS);
    }
    return json(200, Map.of("key", key, "type", "gcounter", "value", value));
  }

  private static ObjectNode cluster(ClusterView view) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("self", view.self());
    json.put("clusterId", view.clusterId() == null ? null : view.clusterId().toString());
    var members = json.putArray("members");
    view.members()
        .forEach(
            member ->
                members
                    .addObject()
                    .put("replica", member.name())
                    .put("address", member.address())
                    .put("status", member.status())
                    .put("reachable", member.reachable()));
    json.put("leader", view.leader().orElse(null));
    return json;
  }

  private static TopologyEndpoint.Answer json(int status, Object body) {
    return new TopologyEndpoint.Answer(
        status, "application/json", MAPPER.valueToTree(body).toString());
  }
}
