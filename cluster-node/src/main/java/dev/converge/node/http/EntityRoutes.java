package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.node.entity.HostedType;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.Entities;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.EntityRef;
import dev.converge.pekko.ReplicaNames;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** {@code /v1/entities}: commands, states, histories and lists of replicated entities. */
final class EntityRoutes {
  private static final int MAX_PAGE = 10_000;

  private final Entities entities;
  private final Map<String, HostedType<?, ?, ?>> types = new TreeMap<>();
  private final Executor blocking;

  /**
   * Routes over {@code entities}.
   *
   * @param blocking where calls to the database may block
   */
  EntityRoutes(Entities entities, Collection<HostedType<?, ?, ?>> types, Executor blocking) {
    this.entities = entities;
    this.blocking = blocking;
    types.forEach(type -> this.types.put(type.type().name(), type));
  }

  void addTo(Router router) {
    router
        .add("POST", "/v1/entities/{type}/{id}", call -> run(call, type(call)))
        .add("GET", "/v1/entities/{type}/{id}", call -> get(call, type(call)))
        .add("GET", "/v1/entities/{type}/{id}/history", call -> history(call, type(call)))
        .add("GET", "/v1/entities/{type}", call -> ids(call, type(call)));
  }

  private HostedType<?, ?, ?> type(Call call) {
    String name = call.path().getOrDefault("type", "");
    HostedType<?, ?, ?> type = types.get(name);
    if (type == null) {
      throw Problem.notFound("no entity type '" + name + "'; this node has " + types.keySet());
    }
    return type;
  }

  private <C, E, S> CompletionStage<HttpResponse> run(Call call, HostedType<C, E, S> type) {
    call.onlyQuery("write", "timeout");
    onlyLocal(call, "write");
    String id = call.key("id");
    Fields fields = call.fields();
    C command = type.command(fields.text("command"), fields);
    fields.end();
    return ref(type, id)
        .run(command)
        .thenApply(answer -> Answers.afterWrite(call, shown(type, answer)));
  }

  private <C, E, S> CompletionStage<HttpResponse> get(Call call, HostedType<C, E, S> type) {
    call.onlyQuery("consistency", "timeout");
    onlyLocal(call, "consistency");
    return ref(type, call.key("id")).get().thenApply(answer -> Answers.json(shown(type, answer)));
  }

  private static void onlyLocal(Call call, String parameter) {
    String level = call.query(parameter, "local");
    if (!level.equals("local")) {
      throw Problem.badRequest(
          "'" + parameter + "=" + level + "' is not possible for entities yet; 'local' is");
    }
  }

  private <C, E, S> CompletionStage<HttpResponse> history(Call call, HostedType<C, E, S> type) {
    call.onlyQuery("from", "limit");
    int from = call.number("from", 0, 0, Integer.MAX_VALUE);
    int limit = call.number("limit", 1_000, 1, MAX_PAGE);
    return ref(type, call.key("id"))
        .history(from, limit)
        .thenApply(page -> Answers.json(shown(type, page)));
  }

  private <C, E, S> CompletionStage<HttpResponse> ids(Call call, HostedType<C, E, S> type) {
    call.onlyQuery("prefix", "after", "limit");
    int limit = call.number("limit", 1_000, 1, MAX_PAGE);
    return CompletableFuture.supplyAsync(
        () -> {
          List<String> ids =
              entities.ids(type.type(), call.query("prefix", ""), call.query("after", ""), limit);
          ObjectNode node = Json.object();
          node.set("ids", Json.tree(ids));
          return Answers.json(node);
        },
        blocking);
  }

  private <C, E, S> EntityRef<C, E, S> ref(HostedType<C, E, S> type, String id) {
    return entities.get(type.type(), id);
  }

  private <S> ObjectNode shown(HostedType<?, ?, S> type, EntityAnswer<S> answer) {
    ObjectNode node = Json.object().put("id", answer.id()).put("type", type.type().name());
    node.set("state", type.state(answer.state()));
    node.set("version", Json.tree(entities.names().display(answer.version())));
    return node.put("final", answer.isFinal());
  }

  private <E> ObjectNode shown(HostedType<?, E, ?> type, HistoryPage<E> page) {
    ObjectNode node = Json.object();
    ArrayNode events = node.putArray("events");
    for (Folded<E> folded : page.events()) {
      events.add(shown(type, folded));
    }
    return node.put("next", page.next()).put("truncatedBefore", 0);
  }

  private <E> ObjectNode shown(HostedType<?, E, ?> type, Folded<E> folded) {
    ReplicaNames names = entities.names();
    ObjectNode node = Json.object();
    node.set("dot", shown(folded.dot()));
    node.put("time", folded.event().time().toString());
    node.set("dependencies", Json.tree(names.display(folded.event().context().vector())));
    node.set("event", type.event(folded.event().payload()));
    node.put("decision", word(folded.decision()));
    node.put("reason", folded.decision().why().orElse(null));
    ArrayNode concurrent = node.putArray("concurrentWith");
    folded.concurrentWith().forEach(dot -> concurrent.add(shown(dot)));
    if (folded.decision() instanceof Decision.Replace<E> replace) {
      node.set("replacement", type.event(replace.event()));
    }
    return node.put("final", folded.isFinal());
  }

  private JsonNode shown(Dot dot) {
    return Json.object()
        .put("replica", entities.names().display(dot.replica()))
        .put("seq", dot.sequence());
  }

  private static String word(Decision<?> decision) {
    if (decision instanceof Decision.Apply<?>) {
      return "applied";
    }
    if (decision instanceof Decision.Discard<?>) {
      return "discarded";
    }
    return decision instanceof Decision.Replace<?> ? "replaced" : "escalated";
  }
}
