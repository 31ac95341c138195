package dev.converge.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.converge.node.cli.NodeView.Answering;
import dev.converge.node.cli.NodeView.Member;
import dev.converge.node.cli.NodeView.Silent;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Asks nodes over HTTP, all at once. */
final class NodeViews {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();

  /** One view for each address, in order. */
  List<NodeView> ask(List<URI> urls) {
    List<CompletableFuture<NodeView>> asked = urls.stream().map(this::ask).toList();
    return asked.stream().map(CompletableFuture::join).toList();
  }

  private CompletableFuture<NodeView> ask(URI url) {
    CompletableFuture<HttpResponse<String>> ready = get(url, "/health/ready");
    return get(url, "/v1/cluster")
        .thenCombine(ready, (cluster, health) -> view(url, cluster, health.statusCode() == 200))
        .exceptionally(e -> new Silent(url, reason(e)));
  }

  private CompletableFuture<HttpResponse<String>> get(URI url, String path) {
    HttpRequest request = HttpRequest.newBuilder(url.resolve(path)).timeout(TIMEOUT).build();
    return client.sendAsync(request, BodyHandlers.ofString());
  }

  private static NodeView view(URI url, HttpResponse<String> cluster, boolean ready) {
    if (cluster.statusCode() != 200) {
      return new Silent(url, "answers with status " + cluster.statusCode());
    }
    try {
      JsonNode body = JSON.readTree(cluster.body());
      List<Member> members = new ArrayList<>();
      for (JsonNode member : body.path("members")) {
        members.add(
            new Member(
                member.path("replica").asText("?"),
                member.path("status").asText("?"),
                member.path("reachable").asBoolean()));
      }
      String leader = body.path("leader").isTextual() ? body.path("leader").asText() : "-";
      return new Answering(url, body.path("self").asText("?"), ready, leader, members);
    } catch (IOException e) {
      return new Silent(url, "does not answer as a node does");
    }
  }

  private static String reason(Throwable e) {
    Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    if (cause instanceof HttpTimeoutException) {
      return "does not answer within " + TIMEOUT.toSeconds() + " s";
    }
    if (cause instanceof ConnectException) {
      return "does not answer: nothing listens there";
    }
    String message = cause.getMessage();
    return "does not answer: " + (message == null ? cause.getClass().getSimpleName() : message);
  }
}
