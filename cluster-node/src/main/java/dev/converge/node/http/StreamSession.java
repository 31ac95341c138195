package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.entity.HostedType;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.node.store.DistributedData;
import dev.converge.pekko.EntityAnswer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * What one connection of {@code /v1/stream} is subscribed to. A subscription has a name that the
 * client chooses; whatever changes goes to the {@link Outbox}, from which the connection takes it
 * as fast as the client reads. Thread-safe.
 */
final class StreamSession {
  /** The most subscriptions of a connection. */
  static final int MAX_SUBSCRIPTIONS = 10_000;

  /** The most answers that a client may leave unread while it sends more. */
  static final int MAX_WAITING = 1_000;

  private static final int MAX_NAME = 128;

  private final DistributedData store;
  private final EntityHost entities;
  private final HostedTypes types;
  private final EntityJson json;
  private final Outbox<String> outbox = new Outbox<>();
  private final Map<String, Runnable> subscriptions = new HashMap<>();
  private boolean over;

  StreamSession(DistributedData store, EntityHost entities, HostedTypes types) {
    this.store = store;
    this.entities = entities;
    this.types = types;
    this.json = new EntityJson(entities.names());
  }

  Outbox<String> outbox() {
    return outbox;
  }

  /** A message of the client; what is wrong with it is said in the answer. */
  void message(String text) {
    String[] name = {null};
    try {
      Fields fields = Fields.of("the message", Json.read(text.getBytes(StandardCharsets.UTF_8)));
      if (fields.has("unsubscribe")) {
        name[0] = fields.nonEmptyText("unsubscribe");
        fields.end();
        unsubscribe(name[0]);
      } else {
        name[0] = fields.nonEmptyText("subscribe");
        if (name[0].length() > MAX_NAME) {
          throw new BadInputException(
              "field 'subscribe' has at most " + MAX_NAME + " characters", "subscribe");
        }
        subscribe(name[0], fields);
      }
    } catch (RuntimeException e) {
      problem(name[0], Problem.of(e));
    }
    if (outbox.waiting() > MAX_WAITING) {
      throw Problem.tooMany("the client sends more than it reads answers");
    }
  }

  private void subscribe(String name, Fields fields) {
    String last = fields.has("last") ? fields.text("last") : "";
    if (fields.has("key")) {
      String key = fields.nonEmptyText("key");
      fields.end();
      Call.checkKey("key", key);
      begin(name, sink -> key(name, last, key));
    } else if (fields.has("prefix")) {
      String prefix = fields.text("prefix");
      fields.end();
      begin(name, sink -> prefix(name, prefix));
    } else {
      HostedType<?, ?, ?> type = types.named(fields.nonEmptyText("type"));
      String id = fields.nonEmptyText("id");
      fields.end();
      Call.checkKey("id", id);
      begin(name, sink -> entity(name, last, type, id));
    }
  }

  private interface Begin {
    Runnable begin(String name);
  }

  private void begin(String name, Begin begin) {
    synchronized (this) {
      if (over) {
        return;
      }
      if (subscriptions.containsKey(name)) {
        throw new BadInputException(
            "there is a subscription '" + name + "' already; each has a name of its own",
            "subscribe");
      }
      if (subscriptions.size() >= MAX_SUBSCRIPTIONS) {
        throw Problem.tooMany(
            "a connection has at most " + MAX_SUBSCRIPTIONS + " subscriptions; open another");
      }
      subscriptions.put(name, () -> {});
    }
    Runnable end;
    try {
      end = begin.begin(name);
    } catch (RuntimeException e) {
      synchronized (this) {
        subscriptions.remove(name);
      }
      throw e;
    }
    synchronized (this) {
      if (!over && subscriptions.replace(name, end) != null) {
        return;
      }
    }
    end.run();
  }

  private void unsubscribe(String name) {
    Runnable end;
    synchronized (this) {
      end = subscriptions.remove(name);
    }
    if (end == null) {
      throw new BadInputException("there is no subscription '" + name + "'", "unsubscribe");
    }
    end.run();
    outbox.drop(name);
    outbox.add(text(Json.object().put("unsubscribed", name)));
  }

  private Runnable key(String name, String last, String key) {
    Newer newer = new Newer(last);
    return store.subscribe(key, change -> told(name, name, newer, StoreChanges.shown(change)))
        ::close;
  }

  /** Each key is a subject of its own: of each the newest value comes. */
  private Runnable prefix(String name, String prefix) {
    return store.subscribePrefix(
            prefix,
            change ->
                told(
                    name,
                    name + '/' + change.key(),
                    null,
                    EventStream.event(StoreChanges.shown(change))))
        ::close;
  }

  private void told(String name, String subject, Newer newer, JsonNode document) {
    told(name, subject, newer, EventStream.event(document));
  }

  private void told(String name, String subject, @Nullable Newer newer, EventStream.Event event) {
    if (newer == null || newer.isNew(event)) {
      outbox.put(subject, event(name, event));
    }
  }

  private <C, E, S> Runnable entity(String name, String last, HostedType<C, E, S> type, String id) {
    Newer newer = new Newer(last);
    Upstream upstream = new Upstream();
    entities
        .get(type.type(), id)
        .changes()
        .subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                upstream.begun(subscription);
                subscription.request(Long.MAX_VALUE);
              }

              @Override
              public void onNext(EntityAnswer<S> answer) {
                ObjectNode shown = json.answer(type, answer);
                EventStream.Event event =
                    EventStream.event(
                        shown.deepCopy().put("context", answer.token().text()), shown);
                told(name, name, newer, event);
              }

              @Override
              public void onError(Throwable error) {
                ended(name, Problem.of(error));
              }

              @Override
              public void onComplete() {
                ended(name, Problem.unavailable("the node stops"));
              }
            });
    return upstream::cancel;
  }

  /** May be cancelled before it has begun. */
  private static final class Upstream {
    private Flow.@Nullable Subscription subscription;
    private boolean cancelled;

    synchronized void begun(Flow.Subscription begun) {
      subscription = begun;
      if (cancelled) {
        begun.cancel();
      }
    }

    synchronized void cancel() {
      cancelled = true;
      if (subscription != null) {
        subscription.cancel();
      }
    }
  }

  private void ended(String name, Problem problem) {
    synchronized (this) {
      if (subscriptions.remove(name) == null) {
        return;
      }
    }
    problem(name, problem);
  }

  /** Passes over what the client has. */
  private static final class Newer {
    private String last;

    Newer(String last) {
      this.last = last;
    }

    synchronized boolean isNew(EventStream.Event event) {
      boolean isNew = !event.id().equals(last);
      last = event.id();
      return isNew;
    }
  }

  private static String event(String name, EventStream.Event event) {
    ObjectNode node = Json.object().put("subscription", name).put("event", event.id());
    return text(node.set("data", event.json()));
  }

  private void problem(@Nullable String name, Problem problem) {
    ObjectNode node = Json.object();
    if (name != null) {
      node.put("subscription", name);
    }
    outbox.add(text(node.set("problem", problem.json())));
  }

  private static String text(JsonNode node) {
    return new String(Json.write(node), StandardCharsets.UTF_8);
  }

  /** The connection is over. */
  void close() {
    Map<String, Runnable> open;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      open = new HashMap<>(subscriptions);
      subscriptions.clear();
    }
    open.values().forEach(Runnable::run);
    outbox.close();
  }

  synchronized int size() {
    return subscriptions.size();
  }
}
