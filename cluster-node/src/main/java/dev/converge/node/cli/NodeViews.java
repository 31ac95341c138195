package dev.converge.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.cli.NodeClient.Answer;
import dev.converge.node.cli.NodeView.Answering;
import dev.converge.node.cli.NodeView.Member;
import dev.converge.node.cli.NodeView.Replica;
import dev.converge.node.cli.NodeView.Replicas;
import dev.converge.node.cli.NodeView.Silent;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Asks nodes over HTTP, all at once. */
final class NodeViews {
  private final NodeClient client = new NodeClient(Duration.ofSeconds(3));

  /** One view for each address, in order. */
  List<NodeView> ask(List<URI> urls) {
    List<CompletableFuture<NodeView>> asked = urls.stream().map(this::ask).toList();
    return asked.stream().map(CompletableFuture::join).toList();
  }

  private CompletableFuture<NodeView> ask(URI url) {
    CompletableFuture<Answer> ready = client.getAsync(url, "/health/ready");
    CompletableFuture<Answer> replicas = client.getAsync(url, "/v1/replicas");
    return client
        .getAsync(url, "/v1/cluster")
        .thenCombine(ready, (cluster, health) -> view(url, cluster, health.isSuccess()))
        .thenCombine(replicas, NodeViews::with)
        .exceptionally(e -> new Silent(url, reason(e)));
  }

  private static String reason(Throwable e) {
    Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    return String.valueOf(cause.getMessage());
  }

  private static NodeView view(URI url, Answer cluster, boolean ready) {
    if (cluster.status() != 200) {
      return new Silent(url, "answers with status " + cluster.status());
    }
    JsonNode body = cluster.body();
    if (!body.isObject()) {
      return new Silent(url, "does not answer as a node does");
    }
    List<Member> members = new ArrayList<>();
    for (JsonNode member : body.path("members")) {
      members.add(
          new Member(
              member.path("replica").asText("?"),
              member.path("status").asText("?"),
              member.path("reachable").asBoolean()));
    }
    String leader = body.path("leader").isTextual() ? body.path("leader").asText() : "-";
    return new Answering(
        url, body.path("self").asText("?"), ready, leader, members, Optional.empty());
  }

  private static NodeView with(NodeView view, Answer replicas) {
    if (!(view instanceof Answering a) || !replicas.isSuccess()) {
      return view;
    }
    JsonNode body = replicas.body();
    List<Replica> members = new ArrayList<>();
    for (JsonNode member : body.path("members")) {
      long lag = 0;
      for (JsonNode rows : member.path("lag")) {
        lag += rows.asLong();
      }
      members.add(
          new Replica(
              member.path("replica").asText("?"), member.path("reachable").asBoolean(), lag));
    }
    return new Answering(
        a.url(),
        a.self(),
        a.ready(),
        a.leader(),
        a.members(),
        Optional.of(
            new Replicas(
                body.path("epoch").asLong(-1),
                body.path("phase").asText("?"),
                body.path("refusesWrites").isTextual()
                    ? Optional.of(body.path("refusesWrites").asText())
                    : Optional.empty(),
                members,
                body.path("finalityLagMillis").asLong(),
                texts(body.path("heldBackBy")),
                texts(body.path("proposals")),
                texts(body.path("notes")))));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
