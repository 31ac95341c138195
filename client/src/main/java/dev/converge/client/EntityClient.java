package dev.converge.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The entities of one type. Thread-safe. */
public final class EntityClient {
  private final Transport transport;
  private final Session session;
  private final String type;

  EntityClient(Transport transport, Session session, String type) {
    this.transport = transport;
    this.session = session;
    this.type = type;
  }

  private String path(String id) {
    return "/v1/entities/" + Transport.segment(type) + "/" + Transport.segment(id);
  }

  /** {@link #run(String, Command, Write)} at the node that answers first. */
  public CompletionStage<Entity> run(String id, Command command) {
    return run(id, command, Write.LOCAL);
  }

  /**
   * Runs a command, after all that this session has seen; it counts once, however often it had to
   * be sent.
   *
   * @return the entity after it; fails with a {@link ProblemException} of status 422 if the entity
   *     refuses, of 503 if it stands and is not on as many replicas as asked for in time
   */
  public CompletionStage<Entity> run(String id, Command command, Write write) {
    return seen(
        transport
            .request("POST", path(id), "write=" + write.level())
            .body(command.body())
            .session(session)
            .key(write.key().orElseGet(transport::newKey)));
  }

  /** All that this session has seen. */
  public CompletionStage<Entity> get(String id) {
    return get(id, session.tokens().isEmpty() ? Read.LOCAL : Read.SESSION);
  }

  /** The entity; without events its empty state. */
  public CompletionStage<Entity> get(String id, Read read) {
    Read level = read == Read.SESSION && session.tokens().isEmpty() ? Read.LOCAL : read;
    return seen(transport.request("GET", path(id), "consistency=" + level.word()).session(session));
  }

  private static CompletionStage<Entity> seen(Transport.Request request) {
    return request.send().thenApply(answer -> Entity.of(answer.body()));
  }

  /** A page of the history: the answer of {@code GET .../history}. */
  public CompletionStage<JsonNode> history(String id, int from, int limit) {
    return transport
        .request("GET", path(id) + "/history", "from=" + from + "&limit=" + limit)
        .send()
        .thenApply(Transport.Answer::body);
  }

  /**
   * Erases an entity with its history, everywhere and for good. Whatever is asked of it then fails
   * with a {@link ProblemException} of status 410.
   *
   * @param reason for the record, 1 to 500 characters; it is kept, so it names nobody
   * @return when, by whom and why: of an entity that was erased before, that first time
   */
  public CompletionStage<JsonNode> erase(String id, String reason) {
    return transport
        .request("POST", path(id) + "/erase", "")
        .body(Transport.JSON.createObjectNode().put("reason", reason))
        .send()
        .thenApply(answer -> answer.body().path("erased"));
  }

  /**
   * Ids that a node knows, sorted.
   *
   * @param after the last of the page before; empty for the first page
   */
  public CompletionStage<List<String>> ids(String prefix, String after, int limit) {
    String query =
        "prefix="
            + Transport.segment(prefix)
            + "&after="
            + Transport.segment(after)
            + "&limit="
            + limit;
    return transport
        .request("GET", "/v1/entities/" + Transport.segment(type), query)
        .send()
        .thenApply(
            answer -> {
              List<String> ids = new ArrayList<>();
              answer.body().path("ids").forEach(one -> ids.add(one.asText()));
              return ids;
            });
  }

  /**
   * Follows an entity: as it is now, then after each change. Of changes in quick succession the
   * last one comes.
   *
   * @param listener called by one thread at a time; may block
   */
  public Subscription watch(String id, Consumer<Entity> listener) {
    return EventReader.start(
        transport, path(id) + "/changes", "", node -> listener.accept(Entity.of(node)));
  }
}
