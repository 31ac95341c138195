package dev.converge.node.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * {@code GET /v1/openapi.json}: what the API is, for generators of clients and for people. Kept
 * beside the routes by hand, as a table; a test holds both to each other.
 */
final class OpenApi {
  static final String PATH = "/v1/openapi.json";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\w+)}");
  private static final String STREAM = "text/event-stream";
  private static final String FAULTS = "faults";
  private static final String JSON = "application/json";

  /** What a request carries beside its path. */
  private record Operation(
      String method,
      String path,
      String tag,
      String summary,
      List<String> query,
      List<String> headers,
      String body,
      String answer) {}

  private static final List<String> NONE = List.of();
  private static final List<String> WRITE = List.of("write", "timeout");
  private static final List<String> PAGE = List.of("prefix", "after", "limit");
  private static final List<String> SEEN = List.of("Converge-Context", "Idempotency-Key", "Prefer");
  private static final List<String> RESUMES = List.of("Last-Event-ID");

  private static final List<Operation> OPERATIONS =
      List.of(
          get(
              "/",
              "node",
              "The routes and entity types of this node; the web console for text/html",
              NONE,
              "Routes"),
          get(Console.SCRIPT, "node", "Of the console", NONE, "application/javascript"),
          get(Console.STYLE, "node", "Of the console", NONE, "text/css"),
          get(PATH, "node", "This document", NONE, "Document"),
          // The store
          new Operation(
              "POST",
              "/v1/data/{key}",
              "store",
              "One operation; creates the key at first use",
              WRITE,
              SEEN,
              "Operation",
              "Value"),
          new Operation(
              "GET",
              "/v1/data/{key}",
              "store",
              "The value",
              List.of("read", "timeout"),
              List.of("Converge-Context"),
              "",
              "Value"),
          new Operation(
              "DELETE",
              "/v1/data/{key}",
              "store",
              "Removes what this node sees under the key",
              WRITE,
              SEEN,
              "",
              ""),
          new Operation(
              "GET",
              "/v1/data/{key}/changes",
              "store",
              "Each visible change, the value first",
              NONE,
              RESUMES,
              "",
              STREAM),
          new Operation(
              "POST",
              "/v1/data",
              "store",
              "Operations, one after the other",
              WRITE,
              SEEN,
              "Batch",
              "Results"),
          get(
              "/v1/data",
              "store",
              "The keys, sorted; or, for Accept: text/event-stream, the values of all keys with the"
                  + " prefix, and each change",
              PAGE,
              "Keys"),
          // Entities
          new Operation(
              "POST",
              "/v1/entities/{type}/{id}",
              "entities",
              "Runs a command",
              List.of("write", "timeout", "seen"),
              SEEN,
              "Command",
              "Entity"),
          new Operation(
              "GET",
              "/v1/entities/{type}/{id}",
              "entities",
              "The state",
              List.of("consistency", "timeout"),
              List.of("Converge-Context"),
              "",
              "Entity"),
          get(
              "/v1/entities/{type}/{id}/history",
              "entities",
              "Events in the order of the fold",
              List.of("from", "limit"),
              "History"),
          new Operation(
              "GET",
              "/v1/entities/{type}/{id}/changes",
              "entities",
              "Each change, the state first",
              NONE,
              RESUMES,
              "",
              STREAM),
          new Operation(
              "POST",
              "/v1/entities/{type}/{id}/repair",
              "operations",
              "Gets damaged rows from the peers",
              NONE,
              NONE,
              "Empty",
              "Repair"),
          new Operation(
              "POST",
              "/v1/entities/{type}/{id}/erase",
              "operations",
              "Erases an entity with its history, everywhere and for good: 410 from then on",
              WRITE,
              NONE,
              "Reason",
              "Erasure"),
          new Operation(
              "GET",
              "/v1/entities/{type}/{id}/export",
              "operations",
              "All rows, for a replay",
              NONE,
              NONE,
              "",
              "text/plain"),
          get("/v1/entities/{type}", "entities", "Ids known to this node, sorted", PAGE, "Ids"),
          // Conflicts
          get(
              "/v1/conflicts",
              "conflicts",
              "What waits for a person",
              List.of("after", "limit"),
              "Conflicts"),
          new Operation(
              "POST",
              "/v1/conflicts/{id}",
              "conflicts",
              "A person's decision",
              WRITE,
              SEEN,
              "Choice",
              "Entity"),
          // The feed and the stream
          new Operation(
              "GET",
              "/v1/feed",
              "feed",
              "All final events in one order; as a page, or, for Accept: text/event-stream, as they"
                  + " become final",
              List.of("from", "limit", "type"),
              RESUMES,
              "",
              "Feed"),
          new Operation(
              "GET",
              "/v1/stream",
              "feed",
              "A WebSocket: send {subscribe, key} or {subscribe, prefix} or {subscribe, type, id},"
                  + " get {subscription, event, data}",
              NONE,
              NONE,
              "",
              "websocket"),
          // The node
          get("/v1/cluster", "node", "The members as this node sees them", NONE, "Cluster"),
          get("/health/live", "node", "Whether the process lives", NONE, "Status"),
          get("/health/ready", "node", "Whether the node takes traffic", NONE, "Status"),
          get(
              MetricsRoutes.PATH,
              "node",
              "What Prometheus scrapes; OpenMetrics for those that accept it",
              NONE,
              "text/plain"),
          get("/v1/replicas", "operations", "Whose databases count", NONE, "Replicas"),
          new Operation(
              "POST",
              "/v1/replicas/introduce",
              "operations",
              "A node says where it is",
              NONE,
              NONE,
              "Introduction",
              "Replicas"),
          new Operation(
              "POST",
              "/v1/replicas/retire",
              "operations",
              "Takes replicas out for good",
              List.of("timeout"),
              NONE,
              "Retirement",
              "Replicas"),
          new Operation(
              "POST",
              "/v1/replicas/restore",
              "operations",
              "The data here is an old backup",
              NONE,
              NONE,
              "Empty",
              "Detail"),
          // Where faults may be injected
          get("/v1/faults", FAULTS, "Whom this node is cut off from", NONE, "From"),
          new Operation(
              "POST",
              "/v1/faults/partition",
              FAULTS,
              "Cuts this node off",
              NONE,
              NONE,
              "From",
              "From"),
          new Operation(
              "POST",
              "/v1/faults/remove",
              FAULTS,
              "Takes a node out of the membership",
              NONE,
              NONE,
              "Replica",
              ""),
          new Operation("DELETE", "/v1/faults", FAULTS, "Heals", NONE, NONE, "", ""),
          new Operation("DELETE", "/v1/faults/partition", FAULTS, "Heals", NONE, NONE, "", ""));

  private static final Map<String, String> PARAMETERS =
      Map.ofEntries(
          Map.entry("key", "1 to 512 bytes of UTF-8"),
          Map.entry("id", "1 to 512 bytes of UTF-8"),
          Map.entry("type", "the name of an entity type"),
          Map.entry(
              "write",
              "who has it before the answer: local, majority; of the store all, of"
                  + " entities a number of replicas"),
          Map.entry("read", "who is asked: local, session (with Converge-Context), majority, all"),
          Map.entry("consistency", "local, session (with Converge-Context), majority"),
          Map.entry("seen", "all, or context: the command counts as made from Converge-Context"),
          Map.entry("timeout", "such as 2s or 500ms, up to 60s"),
          Map.entry("prefix", "what they start with"),
          Map.entry("after", "the last of the page before"),
          Map.entry("limit", "at most so many"),
          Map.entry("from", "where to begin: a position, or a cursor of the feed"),
          Map.entry(
              "Converge-Context",
              "what the client has seen, as an answer carried it; several"
                  + " with commas between them"),
          Map.entry("Idempotency-Key", "names the request: it counts once, however often it comes"),
          Map.entry("Prefer", "return=minimal: no body is wanted"),
          Map.entry("Last-Event-ID", "the last event that the client has"));

  /** Required fields, then others; with * any more may come. */
  private static final Map<String, String> BODIES =
      Map.ofEntries(
          Map.entry("Operation", "type op *"),
          Map.entry("Batch", "operations"),
          Map.entry("Command", "command *"),
          Map.entry("Choice", "choose"),
          Map.entry("Introduction", "name remote"),
          Map.entry("Retirement", "replicas ?force"),
          Map.entry("From", "from"),
          Map.entry("Replica", "replica"),
          Map.entry("Empty", ""),
          Map.entry("Value", "key type value ?shadowed"),
          Map.entry("Results", "results"),
          Map.entry("Keys", "keys"),
          Map.entry("Ids", "ids"),
          Map.entry("Entity", "id type state version final ?parked"),
          Map.entry("History", "events next truncatedBefore"),
          Map.entry("Repair", "id type checked repaired"),
          Map.entry("Reason", "reason"),
          Map.entry("Erasure", "id type erased"),
          Map.entry("Conflicts", "conflicts next"),
          Map.entry("Feed", "events next end ?truncated"),
          Map.entry("Cluster", "self members leader absent clusterId"),
          Map.entry("Status", "status"),
          Map.entry("Routes", "node routes types"),
          Map.entry("Document", "openapi info paths components"),
          Map.entry("Detail", "detail"),
          Map.entry("Replicas", "self epoch phase members *"),
          Map.entry("Problem", "type title status detail ?field ?parameter ?lost ?erased"));

  private OpenApi() {}

  private static Operation get(
      String path, String tag, String summary, List<String> query, String answer) {
    return new Operation("GET", path, tag, summary, query, NONE, "", answer);
  }

  /** Adds the route; last, so that the document tells of all others. */
  static void addTo(Router router) {
    router.add("GET", PATH, call -> answer(call, router));
  }

  private static CompletionStage<HttpResponse> answer(Call call, Router router) {
    call.onlyQuery();
    return CompletableFuture.completedFuture(Answers.json(document(router)));
  }

  /** Of what this node has: without {@code /v1/faults} where that is off. */
  static ObjectNode document(Router router) {
    ObjectNode document = Json.object().put("openapi", "3.0.3");
    document
        .putObject("info")
        .put("title", "Converge")
        .put("version", "1")
        .put("description", "Active-active replicated state: a store of CRDTs, and entities.");
    ObjectNode paths = document.putObject("paths");
    for (Operation operation : OPERATIONS) {
      if (!operation.tag().equals(FAULTS) || router.has("GET", "/v1/faults")) {
        paths
            .withObjectProperty(operation.path())
            .set(operation.method().toLowerCase(java.util.Locale.ROOT), shown(operation));
      }
    }
    ObjectNode schemas = document.putObject("components").putObject("schemas");
    BODIES.keySet().stream()
        .sorted()
        .forEach(name -> schemas.set(name, schema(Objects.requireNonNull(BODIES.get(name)))));
    return document;
  }

  private static ObjectNode shown(Operation operation) {
    ObjectNode node = Json.object();
    node.putArray("tags").add(operation.tag());
    node.put("summary", operation.summary());
    ArrayNode parameters = node.putArray("parameters");
    Matcher names = PLACEHOLDER.matcher(operation.path());
    while (names.find()) {
      parameters.add(parameter("path", names.group(1)).put("required", true));
    }
    operation.query().forEach(name -> parameters.add(parameter("query", name)));
    operation.headers().forEach(name -> parameters.add(parameter("header", name)));
    if (!operation.body().isEmpty()) {
      ObjectNode body = node.putObject("requestBody");
      body.put("required", !operation.body().equals("Empty"));
      body.putObject("content").set(JSON, Json.object().set("schema", ref(operation.body())));
    }
    ObjectNode responses = node.putObject("responses");
    success(responses, operation.answer());
    ObjectNode problem = responses.putObject("default").put("description", "A problem (RFC 9457)");
    problem
        .putObject("content")
        .set("application/problem+json", Json.object().set("schema", ref("Problem")));
    return node;
  }

  private static void success(ObjectNode responses, String answer) {
    if (answer.isEmpty()) {
      responses.putObject("204").put("description", "Done");
    } else if (answer.equals("websocket")) {
      responses.putObject("101").put("description", "The WebSocket");
    } else {
      ObjectNode content =
          responses.putObject("200").put("description", "The answer").putObject("content");
      if (answer.contains("/")) {
        content.putObject(answer).putObject("schema").put("type", "string");
      } else {
        content.set(JSON, Json.object().set("schema", ref(answer)));
      }
    }
  }

  private static ObjectNode parameter(String in, String name) {
    ObjectNode node = Json.object().put("name", name).put("in", in);
    node.put("description", PARAMETERS.getOrDefault(name, name));
    node.putObject("schema").put("type", name.equals("limit") ? "integer" : "string");
    return node;
  }

  private static ObjectNode ref(String schema) {
    return Json.object().put("$ref", "#/components/schemas/" + schema);
  }

  private static ObjectNode schema(String fields) {
    ObjectNode schema = Json.object().put("type", "object");
    ObjectNode properties = Json.object();
    ArrayNode required = Json.array();
    boolean open = false;
    for (String field : fields.split(" ")) {
      if (field.equals("*")) {
        open = true;
      } else if (field.startsWith("?")) {
        properties.putObject(field.substring(1));
      } else if (!field.isEmpty()) {
        properties.putObject(field);
        required.add(field);
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    schema.set("properties", properties);
    return schema.put("additionalProperties", open);
  }
}
