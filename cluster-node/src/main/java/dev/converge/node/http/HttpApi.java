package dev.converge.node.http;

import dev.converge.node.cluster.ClusterRuntime;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.entity.HostedType;
import dev.converge.node.metrics.NodeMetrics;
import dev.converge.node.store.DistributedData;
import dev.converge.pekko.Entities;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.membership.Replicas;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.Materializer;

/** The whole HTTP API of a node, listening. */
public final class HttpApi {
  private final HttpServer server;
  private final ExecutorService blocking;

  private HttpApi(HttpServer server, ExecutorService blocking) {
    this.server = server;
    this.blocking = blocking;
  }

  /**
   * Listens on the configured endpoint.
   *
   * @param system the node's own actor system
   * @param replicas the set of replicas; without it there are no routes for it
   * @param log the journal, for exports; without it there are none
   * @param metrics what {@code /metrics} tells, and where requests are counted
   * @param ready whether the node takes requests, for its health
   * @throws java.io.UncheckedIOException if the port is taken
   * @throws IllegalArgumentException if the configuration has levels for a type that is not there
   */
  public static HttpApi start(
      ActorSystem<?> system,
      NodeConfig config,
      Entities entities,
      Collection<HostedType<?, ?, ?>> types,
      DistributedData store,
      ClusterRuntime cluster,
      Optional<Replicas> replicas,
      Optional<ReplicaLog> log,
      NodeMetrics metrics,
      BooleanSupplier ready) {
    ExecutorService blocking =
        Executors.newFixedThreadPool(
            4,
            task -> {
              Thread thread = new Thread(task, "http-blocking");
              thread.setDaemon(true);
              return thread;
            });
    Router router = new Router();
    EntityHost host = EntityHost.of(entities);
    HostedTypes hosted = new HostedTypes(types, config.entities().levels());
    Optional<HistoryExport> export =
        log.map(journal -> new HistoryExport(journal::entityRows, blocking));
    new EntityRoutes(host, hosted, export, blocking).addTo(router);
    new ConflictRoutes(host, hosted).addTo(router);
    replicas
        .map(ReplicaHost::of)
        .ifPresent(them -> new ReplicaRoutes(them, entities.names()).addTo(router));
    new StoreRoutes(store, new RequestMemory(System::nanoTime)).addTo(router);
    new FeedRoutes(FeedHost.of(entities.feed()), hosted, entities.names()).addTo(router);
    new StreamRoutes(store, host, hosted, Materializer.matFromSystem(system.classicSystem()))
        .addTo(router);
    new NodeRoutes(cluster, hosted.names(), ready).addTo(router, config.faultsEnabled());
    new MetricsRoutes(metrics).addTo(router);
    OpenApi.addTo(router);
    return new HttpApi(HttpServer.start(system, config.http(), router, metrics.http()), blocking);
  }

  /** Stops taking connections, lets running requests end within {@code limit}. */
  public CompletionStage<?> stop(Duration limit) {
    return server.stop(limit).whenComplete((done, error) -> blocking.shutdown());
  }
}
