package dev.converge.node.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.cluster.ClusterRuntime;
import dev.converge.node.cluster.ClusterView;
import dev.converge.node.cluster.Faults;
import dev.converge.node.cluster.TopologyEndpoint;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/** What is about the node itself: cluster, faults, health, and the question of its peers. */
final class NodeRoutes {
  private final ClusterRuntime cluster;
  private final List<String> types;
  private final BooleanSupplier ready;

  /**
   * Routes about a node.
   *
   * @param types the names of the entity types that it serves
   * @param ready whether it takes requests
   */
  NodeRoutes(ClusterRuntime cluster, Collection<String> types, BooleanSupplier ready) {
    this.cluster = cluster;
    this.types = List.copyOf(types);
    this.ready = ready;
  }

  /**
   * Adds the routes.
   *
   * @param faults whether those that inject faults are among them
   */
  void addTo(Router router, boolean faults) {
    Console.addTo(router);
    router
        .add("GET", "/", plain(call -> Console.isWanted(call) ? Console.page() : index(router)))
        .add("GET", "/v1/cluster", plain(this::view))
        .add("GET", "/health/live", call -> status("live"))
        .add("GET", "/health/ready", call -> ready())
        .add("GET", TopologyEndpoint.PATH, this::topology);
    if (faults) {
      router
          .add("GET", "/v1/faults", plain(call -> cut(cluster.faults())))
          .add("POST", "/v1/faults/partition", plain(this::partition))
          .add("POST", "/v1/faults/remove", plain(this::remove))
          .add("DELETE", "/v1/faults", plain(call -> heal()))
          .add("DELETE", "/v1/faults/partition", plain(call -> heal()));
    }
  }

  /** Without query parameters. */
  private static Router.Handler plain(Router.Handler handler) {
    return call -> {
      call.onlyQuery();
      return handler.handle(call);
    };
  }

  private CompletionStage<HttpResponse> index(Router router) {
    ObjectNode node = Json.object().put("node", cluster.view().self());
    ArrayNode routes = node.putArray("routes");
    router.routes().stream()
        .filter(route -> !route.pattern().startsWith("/v1/internal"))
        .forEach(route -> routes.add(route.method() + " " + route.pattern()));
    node.set("types", Json.tree(types));
    return done(Answers.json(node).addHeader(RawHeader.create("Vary", "Accept")));
  }

  private CompletionStage<HttpResponse> view(Call call) {
    ClusterView view = cluster.view();
    ObjectNode node = Json.object().put("self", view.self());
    ArrayNode members = node.putArray("members");
    for (ClusterView.MemberView member : view.members()) {
      members
          .addObject()
          .put("replica", member.name())
          .put("address", member.address())
          .put("status", member.status())
          .put("reachable", member.reachable());
    }
    node.put("leader", view.leader().orElse(null));
    node.set("absent", Json.tree(view.absent()));
    return done(
        Answers.json(
            node.put("clusterId", view.clusterId() == null ? null : view.clusterId().toString())));
  }

  private CompletionStage<HttpResponse> ready() {
    if (!ready.getAsBoolean()) {
      throw Problem.unavailable(
          "the node is starting and looks for its cluster, or it is stopping; it serves what it"
              + " can");
    }
    return status("ready");
  }

  private static CompletionStage<HttpResponse> status(String status) {
    return done(Answers.json(Json.object().put("status", status)));
  }

  private CompletionStage<HttpResponse> topology(Call call) {
    String from = call.header(TopologyEndpoint.FROM_HEADER).orElse(null);
    TopologyEndpoint.Answer answer = cluster.endpoint().answer(from);
    return done(
        HttpResponse.create()
            .withStatus(answer.status())
            .withEntity(
                ContentTypes.APPLICATION_JSON, answer.body().getBytes(StandardCharsets.UTF_8)));
  }

  private CompletionStage<HttpResponse> partition(Call call) {
    Fields fields = call.fields();
    Set<String> names = new TreeSet<>(fields.texts("from"));
    fields.end();
    if (names.isEmpty()) {
      throw new BadInputException(
          "field 'from' is an array of replica names, such as [\"node-3\"]");
    }
    try {
      cluster.faults().cut(names);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(String.valueOf(e.getMessage()));
    }
    return cut(cluster.faults());
  }

  /** Takes a node out of the membership though it may live: what an operator's mistake would do. */
  private CompletionStage<HttpResponse> remove(Call call) {
    Fields fields = call.fields();
    String replica = fields.nonEmptyText("replica");
    fields.end();
    try {
      cluster.remove(replica);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(String.valueOf(e.getMessage()));
    }
    return done(Answers.noContent());
  }

  private CompletionStage<HttpResponse> heal() {
    cluster.faults().heal();
    return done(Answers.noContent());
  }

  private static CompletionStage<HttpResponse> cut(Faults faults) {
    ObjectNode node = Json.object();
    node.set("from", Json.tree(new TreeSet<>(faults.cutOff())));
    return done(Answers.json(node));
  }

  private static CompletionStage<HttpResponse> done(HttpResponse response) {
    return CompletableFuture.completedFuture(response);
  }
}
