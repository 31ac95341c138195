package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.node.store.Consistency;
import dev.converge.node.store.DistributedData;
import dev.converge.node.store.Entry;
import dev.converge.node.store.Key;
import dev.converge.node.store.Mutation;
import dev.converge.node.store.StoreSession;
import dev.converge.node.store.StoreType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** {@code /v1/data}: the store of CRDTs. */
final class StoreRoutes {
  private static final int MAX_PAGE = 10_000;
  private static final int MAX_BATCH = 1_000;
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

  private final DistributedData store;
  private final StoreChanges changes;
  private final RequestMemory requests;

  /**
   * Routes over {@code store}.
   *
   * @param requests what requests with an {@code Idempotency-Key} came to
   */
  StoreRoutes(DistributedData store, RequestMemory requests) {
    this.store = store;
    this.changes = new StoreChanges(store);
    this.requests = requests;
  }

  void addTo(Router router) {
    router
        .add("POST", "/v1/data/{key}", call -> requests.once(call, () -> post(call)))
        .add("GET", "/v1/data/{key}", this::get)
        .add("DELETE", "/v1/data/{key}", call -> requests.once(call, () -> delete(call)))
        .add("GET", "/v1/data/{key}/changes", this::changes)
        .add("POST", "/v1/data", call -> requests.once(call, () -> batch(call)))
        .add("GET", "/v1/data", this::keys);
  }

  private CompletionStage<HttpResponse> post(Call call) {
    call.onlyQuery("write", "timeout");
    Consistency consistency = consistency(call, "write");
    Operation<?> operation = operation(call.key("key"), call.fields());
    return operation
        .run(store, consistency)
        .handle(
            StoreProblems.orElse(
                json ->
                    Answers.seen(
                        call, Answers.afterWrite(call, json), store.seen(call.key("key")))));
  }

  private CompletionStage<HttpResponse> get(Call call) {
    call.onlyQuery("read", "timeout");
    String key = call.key("key");
    if (call.query("read", "local").equals("session")) {
      return inSession(call, key);
    }
    return store
        .find(key, consistency(call, "read"))
        .handle(
            StoreProblems.orElse(
                entry -> Answers.seen(call, Answers.json(shown(key, entry)), store.seen(key))));
  }

  private CompletionStage<HttpResponse> inSession(Call call, String key) {
    Seen seen =
        Seen.of(call)
            .orElseThrow(
                () ->
                    Problem.badRequest(
                        "'read=session' needs the request header '"
                            + Answers.CONTEXT_HEADER
                            + "', as an answer before carried it"));
    return store
        .find(key, seen.store(), call.duration("timeout", DEFAULT_TIMEOUT))
        .handle(
            StoreProblems.orElse(
                entry -> Answers.caughtUp(call, Answers.json(shown(key, entry)), store.seen(key))));
  }

  private static ObjectNode shown(String key, Optional<Entry> entry) {
    return shown(entry.orElseThrow(() -> StoreProblems.noKey(key)));
  }

  private CompletionStage<HttpResponse> delete(Call call) {
    call.onlyQuery("write", "timeout");
    String key = call.key("key");
    return store
        .delete(key, consistency(call, "write"))
        .handle(
            StoreProblems.orElse(
                wasThere -> {
                  if (!wasThere) {
                    throw StoreProblems.noKey(key);
                  }
                  return Answers.seen(call, Answers.noContent(), store.seen(key));
                }));
  }

  private CompletionStage<HttpResponse> changes(Call call) {
    call.onlyQuery();
    return CompletableFuture.completedFuture(changes.of(call, call.key("key")));
  }

  private CompletionStage<HttpResponse> keys(Call call) {
    if (EventStream.isWanted(call)) {
      call.onlyQuery("prefix");
      return CompletableFuture.completedFuture(changes.ofPrefix(call.query("prefix", "")));
    }
    call.onlyQuery("prefix", "after", "limit");
    int limit = call.number("limit", 1_000, 1, MAX_PAGE);
    ObjectNode body = Json.object();
    ArrayNode keys = body.putArray("keys");
    for (Entry entry : store.keys(call.query("prefix", ""), call.query("after", ""), limit)) {
      keys.addObject().put("key", entry.key()).put("type", entry.type());
    }
    return CompletableFuture.completedFuture(Answers.json(body));
  }

  /**
   * In order: each operation starts when the one before it has its result. What one cannot do, the
   * next still tries.
   */
  private CompletionStage<HttpResponse> batch(Call call) {
    call.onlyQuery("write", "timeout");
    Consistency consistency = consistency(call, "write");
    Fields fields = call.fields();
    JsonNode operations = fields.any("operations");
    fields.end();
    if (!operations.isArray() || operations.size() > MAX_BATCH) {
      throw Problem.badRequest(
          "field 'operations' of the body must be an array of at most "
              + MAX_BATCH
              + " operations");
    }
    List<JsonNode> results = new ArrayList<>();
    CompletionStage<?> last = CompletableFuture.completedFuture(null);
    for (JsonNode each : operations) {
      int index = results.size();
      results.add(Json.object());
      last =
          last.thenCompose(before -> one("operation " + index, each, consistency))
              .thenAccept(result -> results.set(index, result));
    }
    return last.thenApply(
        done -> {
          ObjectNode body = Json.object();
          body.putArray("results").addAll(results);
          StoreSession here = StoreSession.EMPTY;
          for (JsonNode result : results) {
            if (result.has("key")) {
              here = here.merge(store.seen(result.get("key").textValue()));
            }
          }
          HttpResponse answer = Answers.afterWrite(call, body);
          return here.isEmpty() ? answer : Answers.seen(call, answer, here);
        });
  }

  private CompletionStage<JsonNode> one(String where, JsonNode node, Consistency consistency) {
    CompletionStage<JsonNode> result;
    try {
      Fields fields = Fields.of(where, node);
      result = operation(fields.text("key"), fields).run(store, consistency);
    } catch (RuntimeException e) {
      result = CompletableFuture.failedFuture(e);
    }
    return result.exceptionally(error -> StoreProblems.of(error).json());
  }

  private record Operation<V extends CausalCrdt<V>>(Key<V> key, Mutation<V> mutation) {
    CompletionStage<JsonNode> run(DistributedData store, Consistency consistency) {
      return store
          .update(key, mutation, consistency)
          .thenApply(
              value ->
                  Json.object()
                      .put("key", key.name())
                      .put("type", key.type().name())
                      .set("value", key.type().json(value)));
    }
  }

  private static Operation<?> operation(String key, Fields fields) {
    return operation(key, StoreType.named(fields.text("type")), fields);
  }

  private static <V extends CausalCrdt<V>> Operation<V> operation(
      String key, StoreType<V> type, Fields fields) {
    try {
      return new Operation<>(Key.of(key, type), type.operation(fields.text("op"), fields));
    } catch (BadInputException e) {
      throw e;
    } catch (RuntimeException e) {
      throw StoreProblems.of(e);
    }
  }

  private static Consistency consistency(Call call, String parameter) {
    Duration timeout = call.duration("timeout", DEFAULT_TIMEOUT);
    String level = call.query(parameter, "local");
    return switch (level) {
      case "local" -> Consistency.LOCAL;
      case "majority" -> Consistency.majority(timeout);
      case "all" -> Consistency.all(timeout);
      default ->
          throw Problem.badParameter(
              parameter,
              "query parameter '"
                  + parameter
                  + "' is local, "
                  + (parameter.equals("read") ? "session, " : "")
                  + "majority or all, not '"
                  + level
                  + "'");
    };
  }

  /**
   * {@code {"key","type","value"}}, and {@code "shadowed"} by type where the key was created with
   * several.
   */
  static ObjectNode shown(Entry entry) {
    ObjectNode node = Json.object().put("key", entry.key()).put("type", entry.type());
    node.set("value", value(entry, entry.type()));
    if (!entry.shadowed().isEmpty()) {
      ObjectNode shadowed = node.putObject("shadowed");
      entry.shadowed().forEach(type -> shadowed.set(type, value(entry, type)));
    }
    return node;
  }

  private static JsonNode value(Entry entry, String type) {
    return StoreType.find(type)
        .map(known -> value(entry, known))
        .orElseThrow(
            () ->
                new Problem(
                    501,
                    "Not implemented",
                    "'"
                        + entry.key()
                        + "' is a "
                        + type
                        + ", written by a newer node; upgrade this one"));
  }

  private static <V extends CausalCrdt<V>> JsonNode value(Entry entry, StoreType<V> type) {
    return type.json(entry.get(type).orElseGet(type.causal()::empty));
  }
}
