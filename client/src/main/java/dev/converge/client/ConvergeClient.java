package dev.converge.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A client of a cluster: knows some nodes, and asks whichever answers. Every stage fails with a
 * {@link ProblemException} if a node says no, and with a {@link NoAnswerException} if none answers
 * in time. Thread-safe; make one and keep it.
 *
 * <p>It carries a session: what it has seen or written is there at the next request, also if
 * another node answers that. {@link #newSession} gives each user one.
 *
 * <pre>{@code
 * ConvergeClient client = ConvergeClient.of(URI.create("http://127.0.0.1:8551"), ...);
 * client.entities("cart").run("c1", Command.of("add").with("item", "tea"));
 * client.counter("visits").increment(1).thenAccept(System.out::println);
 * }</pre>
 */
public final class ConvergeClient {
  private final Transport transport;
  private final Session session;

  private ConvergeClient(Transport transport, Session session) {
    this.transport = transport;
    this.session = session;
  }

  /** A client of these nodes, with everything else as it is by default. */
  public static ConvergeClient of(URI... nodes) {
    return builder().nodes(List.of(nodes)).build();
  }

  /** A builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** The same nodes and connections, for another user: it has seen nothing yet. */
  public ConvergeClient newSession() {
    return new ConvergeClient(transport, new Session());
  }

  /** The store of CRDTs. */
  public StoreClient store() {
    return new StoreClient(transport, session);
  }

  /** The entities of a type. */
  public EntityClient entities(String type) {
    return new EntityClient(transport, session, type);
  }

  /** A counter of the ready-made type. */
  public CounterClient counter(String id) {
    return new CounterClient(entities("counter"), id);
  }

  /** A cart of the ready-made type. */
  public CartClient cart(String id) {
    return new CartClient(entities("cart"), id);
  }

  /** A document of a type that the nodes' configuration declares. */
  public DocumentClient document(String type, String id) {
    return new DocumentClient(entities(type), id);
  }

  /**
   * Follows all final events of all entities, in the one order. Each comes once, but for those
   * after which the listener has thrown, or the process has ended before it stored the cursor.
   *
   * @param from {@code start}, {@code end} (what becomes final from now on), or a cursor
   * @param listener called by one thread at a time; may block, and nothing more is read meanwhile.
   *     After an exception of it the event comes again, a moment later
   */
  public Subscription feed(String from, Consumer<FeedEvent> listener) {
    return EventReader.start(
        transport,
        "/v1/feed",
        "from=" + Transport.segment(from),
        node -> listener.accept(FeedEvent.of(node)));
  }

  /** What waits for a person's decision: the answer of {@code GET /v1/conflicts}. */
  public CompletionStage<JsonNode> conflicts() {
    return transport.get("/v1/conflicts").thenApply(Transport.Answer::body);
  }

  /** The cluster as one node sees it: the answer of {@code GET /v1/cluster}. */
  public CompletionStage<JsonNode> cluster() {
    return transport.get("/v1/cluster").thenApply(Transport.Answer::body);
  }

  /** Makes clients. Not thread-safe. */
  public static final class Builder {
    private final List<URI> nodes = new ArrayList<>();
    private Duration timeout = Duration.ofSeconds(30);
    private Supplier<String> keys = () -> UUID.randomUUID().toString();
    private HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private Builder() {}

    /** The nodes to ask, the one that is asked first in front: one nearby. */
    public Builder nodes(List<URI> urls) {
      nodes.addAll(urls);
      return this;
    }

    /** How long a call may take, with all its attempts. 30 s by default. */
    public Builder timeout(Duration limit) {
      timeout = limit;
      return this;
    }

    /** Another HTTP client, for TLS, proxies or executors. */
    public Builder http(HttpClient client) {
      http = client;
      return this;
    }

    /** Where the names of requests come from; each has to be new. Random UUIDs by default. */
    public Builder idempotencyKeys(Supplier<String> names) {
      keys = names;
      return this;
    }

    /**
     * The client.
     *
     * @throws IllegalStateException if there are no nodes
     */
    public ConvergeClient build() {
      if (nodes.isEmpty()) {
        throw new IllegalStateException("name at least one node, such as http://127.0.0.1:8551");
      }
      return new ConvergeClient(new Transport(nodes, http, timeout, keys), new Session());
    }
  }
}
