package dev.converge.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.cluster.PlainHttp;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.json.Json;
import dev.converge.pekko.membership.Replicas;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that is not in a set of replicas yet tells its peers who and where it is, over HTTP, until
 * it is: so it can join those whose configuration does not name it.
 */
final class Introduction implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Introduction.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final NodeConfig config;
  private final Replicas replicas;
  private final HttpClient client = PlainHttp.client(Duration.ofSeconds(1));
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "introduction");
            thread.setDaemon(true);
            return thread;
          });

  private Introduction(NodeConfig config, Replicas replicas) {
    this.config = config;
    this.replicas = replicas;
  }

  static Introduction start(NodeConfig config, Replicas replicas) {
    Introduction introduction = new Introduction(config, replicas);
    introduction.timer.scheduleWithFixedDelay(
        introduction::introduce, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    return introduction;
  }

  private void introduce() {
    if (replicas.set() != null) {
      timer.shutdown();
      return;
    }
    ObjectNode body =
        Json.object().put("name", config.name()).put("remote", config.remote().toString());
    for (NodeConfig.Peer peer : config.peers()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + peer.http() + "/v1/replicas/introduce"))
              .timeout(PAUSE)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(body.toString()))
              .build();
      client
          .sendAsync(request, BodyHandlers.discarding())
          .whenComplete(
              (answer, error) -> {
                if (error != null) {
                  LOG.debug("{} cannot be told of this node yet", peer.name(), error);
                }
              });
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
