package dev.converge.node.cluster;

import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.ConfigFactory;
import dev.converge.node.cluster.topology.TopologySettings;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.config.NodeConfig.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A node of several in this JVM: a runtime, and the JDK's HTTP server for its peers. */
final class LocalNode implements AutoCloseable {
  /** As the default, with a short grace time: no test here is about it. */
  private static final TopologySettings QUICK =
      new TopologySettings(1_500, 5_000, 2_500, 2_000, 1_000, 8_000, 60_000, 300_000);

  final ClusterRuntime runtime;
  private final HttpServer http;

  LocalNode(NodeConfig config, ClusterListener... listeners) {
    runtime = ClusterRuntime.start(config, ConfigFactory.empty(), List.of(listeners), QUICK);
    try {
      http =
          HttpServer.create(new InetSocketAddress(config.http().host(), config.http().port()), 0);
    } catch (IOException e) {
      runtime.stop();
      throw new UncheckedIOException(e);
    }
    http.createContext(
        TopologyEndpoint.PATH,
        exchange -> {
          TopologyEndpoint.Answer answer =
              runtime
                  .endpoint()
                  .answer(exchange.getRequestHeaders().getFirst(TopologyEndpoint.FROM_HEADER));
          byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", answer.contentType());
          exchange.sendResponseHeaders(answer.status(), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    http.start();
  }

  /** Configurations of a cluster of this many nodes on free ports. */
  static List<NodeConfig> configs(int nodes) {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 2 * nodes; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      List<Peer> all = new ArrayList<>();
      for (int i = 0; i < nodes; i++) {
        all.add(
            new Peer("node-" + (i + 1), endpoint(held.get(2 * i)), endpoint(held.get(2 * i + 1))));
      }
      for (ServerSocket socket : held) {
        socket.close();
      }
      return all.stream()
          .map(
              self ->
                  new NodeConfig(
                      self.name(),
                      Path.of("unused"),
                      self.http(),
                      self.remote(),
                      all.stream().filter(peer -> !peer.equals(self)).toList(),
                      1 << 20,
                      true,
                      Map.of()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Endpoint endpoint(ServerSocket socket) {
    return new Endpoint("127.0.0.1", socket.getLocalPort());
  }

  boolean sees(String name) {
    return runtime.view().member(name).map(ClusterView.MemberView::reachable).orElse(false);
  }

  @Override
  public void close() {
    http.stop(0);
    runtime.stop();
  }
}
