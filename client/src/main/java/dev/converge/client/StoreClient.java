package dev.converge.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The store of CRDTs. Thread-safe.
 *
 * <p>An operation is remembered, by its key, by the node that did it, not by others: so one that
 * may have arrived is sent again to that node alone.
 */
public final class StoreClient {
  private final Transport transport;
  private final Session session;

  /**
   * What stands under a key.
   *
   * @param key the key
   * @param type the name of its type; empty if the key is not there (any more)
   * @param value the JSON form of its value; null if the key is not there
   */
  public record Value(String key, String type, JsonNode value) {
    static Value of(JsonNode node) {
      return new Value(node.path("key").asText(), node.path("type").asText(""), node.path("value"));
    }
  }

  /** An operation on a key. Immutable. */
  public static final class Operation {
    private final ObjectNode body;

    private Operation(ObjectNode body) {
      this.body = body;
    }

    /** Such as {@code Operation.of("orset", "add").with("element", "ada")}. */
    public static Operation of(String type, String op) {
      return new Operation(Transport.JSON.createObjectNode().put("type", type).put("op", op));
    }

    /** With one field more, of whatever Jackson writes as JSON. */
    public Operation with(String field, Object value) {
      ObjectNode more = body.deepCopy();
      more.set(field, Transport.JSON.valueToTree(value));
      return new Operation(more);
    }
  }

  StoreClient(Transport transport, Session session) {
    this.transport = transport;
    this.session = session;
  }

  private static String path(String key) {
    return "/v1/data/" + Transport.segment(key);
  }

  /** {@link #update(String, Operation, Write)} at the node that is asked. */
  public CompletionStage<Value> update(String key, Operation operation) {
    return update(key, operation, Write.LOCAL);
  }

  /**
   * Does an operation; creates the key at first use.
   *
   * @return the value after it, as that node sees it; fails with a {@link ProblemException} of
   *     status 409 if the key has another type, of 503 if it stands and too few nodes have it
   */
  public CompletionStage<Value> update(String key, Operation operation, Write write) {
    return transport
        .request("POST", path(key), "write=" + write.level())
        .body(operation.body)
        .session(session)
        .key(write.key().orElseGet(transport::newKey))
        .atOneNode()
        .send()
        .thenApply(answer -> Value.of(answer.body()));
  }

  /** Increments a {@code gcounter}. */
  public CompletionStage<BigInteger> increment(String key, long by) {
    return update(key, Operation.of("gcounter", "increment").with("by", by))
        .thenApply(value -> value.value().bigIntegerValue());
  }

  /** Adds to an {@code orset}. */
  public CompletionStage<Value> add(String key, Object element) {
    return update(key, Operation.of("orset", "add").with("element", element));
  }

  /** Removes from an {@code orset}. */
  public CompletionStage<Value> remove(String key, Object element) {
    return update(key, Operation.of("orset", "remove").with("element", element));
  }

  /** Sets an {@code lwwregister}. */
  public CompletionStage<Value> set(String key, Object value) {
    return update(key, Operation.of("lwwregister", "set").with("value", value));
  }

  /** What the node that answers has under the key; empty if it is not there. */
  public CompletionStage<Optional<Value>> get(String key) {
    return get(key, Read.LOCAL);
  }

  /**
   * What stands under the key; empty if it is not there.
   *
   * @param read with {@link Read#SESSION} all that this session has read or written of the key is
   *     in it, at whichever node; the nodes where that was have to be up, and are asked
   */
  public CompletionStage<Optional<Value>> get(String key, Read read) {
    Read level = read == Read.SESSION && session.tokens().isEmpty() ? Read.LOCAL : read;
    return transport
        .request("GET", path(key), "read=" + level.word())
        .session(session)
        .orMissing()
        .send()
        .thenApply(
            answer ->
                answer.status() == 404 ? Optional.empty() : Optional.of(Value.of(answer.body())));
  }

  /** Removes the key; whether there was something to remove. */
  public CompletionStage<Boolean> delete(String key) {
    return transport
        .request("DELETE", path(key), "")
        .session(session)
        .key(transport.newKey())
        .atOneNode()
        .orMissing()
        .send()
        .thenApply(answer -> answer.status() != 404);
  }

  /**
   * Operations in order, each on a key of its own: {@code keys.get(i)} for {@code
   * operations.get(i)}.
   *
   * @return a value, or a problem document, for each
   */
  public CompletionStage<List<JsonNode>> batch(List<String> keys, List<Operation> operations) {
    ObjectNode body = Transport.JSON.createObjectNode();
    ArrayNode all = body.putArray("operations");
    for (int i = 0; i < operations.size(); i++) {
      all.add(operations.get(i).body.deepCopy().put("key", keys.get(i)));
    }
    return transport
        .request("POST", "/v1/data", "")
        .body(body)
        .session(session)
        .key(transport.newKey())
        .atOneNode()
        .send()
        .thenApply(
            answer -> {
              List<JsonNode> results = new ArrayList<>();
              answer.body().path("results").forEach(results::add);
              return results;
            });
  }

  /** Follows a key: its value now, then after each change. */
  public Subscription watch(String key, Consumer<Value> listener) {
    return EventReader.start(
        transport, path(key) + "/changes", "", node -> listener.accept(Value.of(node)));
  }

  /**
   * Follows all keys that start with {@code prefix}: the value of each now, then after each change.
   *
   * @param listener called by one thread at a time; may block. After a break of the connection it
   *     is told all values again
   */
  public Subscription watchPrefix(String prefix, Consumer<Value> listener) {
    return EventReader.start(
        transport,
        "/v1/data",
        "prefix=" + Transport.segment(prefix),
        node -> listener.accept(Value.of(node)));
  }
}
