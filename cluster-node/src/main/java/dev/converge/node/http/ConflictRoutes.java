package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.crdt.clock.Dot;
import dev.converge.node.entity.HostedType;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.Choice;
import dev.converge.pekko.EntityKey;
import dev.converge.pekko.EntityRef;
import dev.converge.pekko.OpenConflict;
import dev.converge.pekko.RunOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * {@code /v1/conflicts}: what waits for a person, and the person's decisions.
 *
 * <p>{@code choose} is the name of a side ({@code "node-1:3"}), {@code "as-it-is"}, or an object
 * with a command that shall stand in place of all sides.
 */
final class ConflictRoutes {
  private static final int MAX_PAGE = 1_000;
  private static final String AS_IT_IS = "as-it-is";

  private final EntityHost entities;
  private final HostedTypes types;
  private final EntityJson json;

  ConflictRoutes(EntityHost entities, HostedTypes types) {
    this.entities = entities;
    this.types = types;
    this.json = new EntityJson(entities.names());
  }

  void addTo(Router router) {
    router.add("GET", "/v1/conflicts", this::list).add("POST", "/v1/conflicts/{id}", this::decide);
  }

  /** A page of whole entities; those of types without an HTTP form are left out. */
  private CompletionStage<HttpResponse> list(Call call) {
    call.onlyQuery("after", "limit");
    int limit = call.number("limit", 100, 1, MAX_PAGE);
    String after = call.query("after", "");
    List<EntityKey> page =
        entities.conflicted().stream()
            .filter(key -> key.toString().compareTo(after) > 0)
            .filter(key -> types.find(key.type()).isPresent())
            .limit(limit)
            .toList();
    List<CompletableFuture<ArrayNode>> asked =
        page.stream()
            .map(key -> of(types.find(key.type()).orElseThrow(), key.id()).toCompletableFuture())
            .toList();
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(
            done -> {
              ObjectNode body = Json.object();
              ArrayNode conflicts = body.putArray("conflicts");
              asked.forEach(each -> conflicts.addAll(each.join()));
              body.put("next", page.size() < limit ? null : page.get(limit - 1).toString());
              return Answers.json(body);
            });
  }

  private <C, E, S> CompletionStage<ArrayNode> of(HostedType<C, E, S> type, String id) {
    return entities
        .get(type.type(), id)
        .conflicts()
        .thenApply(
            open -> {
              ArrayNode shown = Json.array();
              open.forEach(conflict -> shown.add(json.conflict(type, conflict)));
              return shown;
            })
        .exceptionallyCompose(
            error ->
                entities.isErased(type.type(), id)
                    ? CompletableFuture.completedFuture(Json.array())
                    : CompletableFuture.failedFuture(error));
  }

  private CompletionStage<HttpResponse> decide(Call call) {
    call.onlyQuery("write", "timeout");
    ConflictId id = ConflictId.parse(call.key("id"));
    HostedType<?, ?, ?> type =
        types
            .find(id.type())
            .orElseThrow(() -> Problem.notFound("no entity type '" + id.type() + "' here"));
    Fields fields = call.fields();
    JsonNode choose = fields.any("choose");
    fields.end();
    return decide(call, type, id, choose);
  }

  private <C, E, S> CompletionStage<HttpResponse> decide(
      Call call, HostedType<C, E, S> type, ConflictId id, JsonNode choose) {
    RunOptions options = EntityLevels.write(call, types.levels(type));
    RunOptions seen = EntityLevels.session(call).map(options::withSeen).orElse(options);
    EntityRef<C, E, S> ref = entities.get(type.type(), id.entity());
    return ref.conflicts()
        .thenCompose(open -> ref.decide(id.dot(), choice(type, choose, find(open, id)), seen))
        .thenApply(
            answer ->
                Answers.seen(
                    call, Answers.afterWrite(call, json.answer(type, answer)), answer.token()));
  }

  private static <E> OpenConflict<E> find(List<OpenConflict<E>> open, ConflictId id) {
    return open.stream()
        .filter(conflict -> conflict.escalation().id().equals(id.dot()))
        .findFirst()
        .orElseThrow(
            () ->
                Problem.conflict(
                    "this conflict does not wait any more: it is settled, or its events have not"
                        + " come here"));
  }

  private <C, E> Choice<C> choice(
      HostedType<C, E, ?> type, JsonNode choose, OpenConflict<E> conflict) {
    if (choose.isObject()) {
      Fields fields = Fields.of("'choose'", choose);
      C command = type.command(fields.text("command"), fields);
      fields.end();
      return new Choice.Instead<>(command);
    }
    if (AS_IT_IS.equals(choose.textValue())) {
      return new Choice.AsItIs<>();
    }
    List<String> sides = new ArrayList<>();
    for (Dot side : conflict.escalation().sides()) {
      sides.add(json.sideName(side));
      if (json.sideName(side).equals(choose.textValue())) {
        return new Choice.Side<>(side);
      }
    }
    throw Problem.badRequest(
        "field 'choose' is one of "
            + sides
            + ", \""
            + AS_IT_IS
            + "\", or an object with a command that shall stand in their place; not "
            + choose);
  }
}
