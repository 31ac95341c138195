package dev.converge.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.japi.function.Function;

/**
 * The least that a server on Pekko HTTP can do, in a process of its own: answers a GET with JSON as
 * long as a node's answer to {@code GET /v1/data/{key}}, and a POST with its body. Reads neither
 * path nor JSON. What a node takes beyond it is the node's.
 */
final class PekkoEcho {
  private static final byte[] ANSWER =
      "{\"key\":\"read\",\"type\":\"gcounter\",\"value\":100}".getBytes(StandardCharsets.UTF_8);
  private static final long BODY_MILLIS = 10_000;

  private PekkoEcho() {}

  /** Listens on the port that is the argument, until its standard input ends. */
  public static void main(String[] args) throws Exception {
    ActorSystem system = ActorSystem.create("echo");
    Function<HttpRequest, CompletionStage<HttpResponse>> handler =
        request ->
            request.method().value().equals("GET")
                ? CompletableFuture.completedFuture(answer(ANSWER))
                : request
                    .entity()
                    .toStrict(BODY_MILLIS, system)
                    .thenApply(body -> answer(body.getData().toArray()));
    Http.get(system)
        .newServerAt("127.0.0.1", Integer.parseInt(args[0]))
        .bind(handler)
        .toCompletableFuture()
        .join();
    System.out.println("READY");
    while (System.in.read() >= 0) {
      // until the parent closes it
    }
    System.exit(0);
  }

  private static HttpResponse answer(byte[] body) {
    return HttpResponse.create().withEntity(ContentTypes.APPLICATION_JSON, body);
  }
}
