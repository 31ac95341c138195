package dev.converge.multinode.nemesis;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.multinode.history.Operation;
import dev.converge.multinode.history.Operation.Action;
import dev.converge.multinode.history.Operation.Level;
import dev.converge.multinode.history.Operation.Outcome;
import dev.converge.multinode.nemesis.Client.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What clients do: sessions, each a thread, that go from node to node, add elements that nobody
 * else adds, remove some, and read at every level. Keys change with time, so that none grows
 * without bound.
 */
final class Workload {
  private static final List<Keys> KINDS = List.of(Keys.values());
  private static final List<Level> LEVELS = List.of(Level.values());
  private static final int SESSIONS = 4;
  private static final long EPOCH_MICROS = TimeUnit.SECONDS.toMicros(12);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(15);

  private final Map<String, String> addresses;
  private final List<String> nodes;
  private final Recorder recorder;
  private final long seed;
  private final Set<String> keys = new ConcurrentSkipListSet<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  /**
   * @param addresses of the nodes by name, as {@code http://127.0.0.1:8551}
   * @param seed of the sessions' choices
   */
  Workload(Map<String, String> addresses, Recorder recorder, long seed) {
    this.addresses = Map.copyOf(addresses);
    this.nodes = addresses.keySet().stream().sorted().toList();
    this.recorder = recorder;
    this.seed = seed;
  }

  void start() {
    for (int session = 1; session <= SESSIONS; session++) {
      int number = session;
      Random random = new Random(seed * 31 + session);
      Thread thread = new Thread(() -> run(number, random), "session-" + session);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** All keys that anybody has written to, or tried to. */
  Set<String> keys() {
    return new TreeSet<>(keys);
  }

  private void run(int session, Random random) {
    Client client = new Client();
    List<String[]> own = new ArrayList<>();
    for (int number = 1; !stopped; number++) {
      // Two of three times the same node: what a session has there, it must find elsewhere.
      String node =
          nodes.get(random.nextInt(3) == 0 ? random.nextInt(nodes.size()) : session % nodes.size());
      Keys kind = KINDS.get(random.nextInt(KINDS.size()));
      String key = kind.key(id());
      keys.add(key);
      Level level = LEVELS.get(random.nextInt(LEVELS.size()));
      int dice = random.nextInt(10);
      if (dice < 6) {
        String element = "s" + session + "-" + number;
        add(client, session, node, key, element, level);
        own.add(new String[] {key, element});
      } else if (dice == 6 && !own.isEmpty()) {
        String[] some = own.get(random.nextInt(own.size()));
        if (!Keys.of(some[0]).isDocument()) {
          remove(client, session, node, some[0], some[1]);
        }
      } else if (kind.isDocument() || dice == 7) {
        history(client, session, node, kind == Keys.DATA ? Keys.CART.key(id()) : key);
      } else {
        read(client, session, node, key, level);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Of the keys that are written to now; nodes may have those of another seed. */
  private String id() {
    return "seed-" + seed + "-" + recorder.now() / EPOCH_MICROS;
  }

  private interface Request {
    Answer send();
  }

  private void record(
      int session,
      String node,
      Action action,
      String key,
      String value,
      Level level,
      Request request) {
    long from = recorder.now();
    Answer answer = request.send();
    List<String> seen = List.of();
    if (answer.outcome() == Outcome.OK) {
      seen =
          action == Action.HISTORY
              ? Keys.finalEvents(answer.body())
              : Keys.of(key).elements(answer.body());
    }
    recorder.add(
        new Operation(
            session,
            node,
            action,
            key,
            value,
            level,
            from,
            recorder.now(),
            answer.outcome(),
            seen));
  }

  /**
   * To entities with the session's token, unless it is a local one: that is a session of its own.
   * The answer of a document does not say which elements are in it, so nothing is concluded from
   * it.
   */
  private void add(
      Client client, int session, String node, String key, String element, Level level) {
    String url = addresses.get(node) + Keys.path(key) + Keys.writeLevel(level);
    Map<String, ?> body = Keys.of(key).adding(element);
    boolean inSession = Keys.of(key) != Keys.DATA && level != Level.LOCAL;
    record(
        session,
        node,
        Action.ADD,
        key,
        element,
        Keys.of(key).isDocument() ? Level.LOCAL : level,
        () -> inSession ? client.inSession(url, body) : client.plain(url, body));
  }

  private void remove(Client client, int session, String node, String key, String element) {
    String url = addresses.get(node) + Keys.path(key) + Keys.writeLevel(Level.LOCAL);
    Map<String, ?> body = Keys.of(key).removing(element);
    record(session, node, Action.REMOVE, key, element, Level.LOCAL, () -> client.plain(url, body));
  }

  private void read(Client client, int session, String node, String key, Level level) {
    Level asked = Keys.of(key) == Keys.DATA && level == Level.SESSION ? Level.LOCAL : level;
    String url = addresses.get(node) + Keys.path(key) + Keys.readLevel(key, asked);
    record(
        session,
        node,
        Action.READ,
        key,
        "",
        asked,
        () -> asked == Level.SESSION ? client.inSession(url, null) : client.plain(url, null));
  }

  private void history(Client client, int session, String node, String key) {
    String url = addresses.get(node) + Keys.path(key) + "/history?limit=10000";
    record(session, node, Action.HISTORY, key, "", Level.LOCAL, () -> client.plain(url, null));
  }

  // ---- the end ----

  /** What a node has of a key. */
  record Last(String digest, List<String> elements) {}

  /**
   * Reads all there is of a key at a node.
   *
   * @throws IllegalStateException if it does not answer
   */
  Last last(String node, String key) {
    Client client = new Client();
    JsonNode read = expect(client.plain(addresses.get(node) + Keys.path(key), null));
    if (Keys.of(key) == Keys.DATA) {
      return new Last(read.path("value").toString(), Keys.DATA.elements(read));
    }
    JsonNode history =
        expect(client.plain(addresses.get(node) + Keys.path(key) + "/history?limit=10000", null));
    String digest = Integer.toHexString((read + " " + history).hashCode());
    return new Last(
        digest, Keys.of(key).isDocument() ? Keys.written(history) : Keys.of(key).elements(read));
  }

  private static JsonNode expect(Answer answer) {
    // A key that nobody succeeded to write is nowhere.
    if (answer.outcome() != Outcome.OK && answer.status() != 404) {
      throw new IllegalStateException("status " + answer.status() + ": " + answer.body());
    }
    return answer.status() == 404
        ? com.fasterxml.jackson.databind.node.MissingNode.getInstance()
        : answer.body();
  }

  void recordLast(String node, String key) {
    long from = recorder.now();
    Last last;
    Outcome outcome;
    try {
      last = last(node, key);
      outcome = Outcome.OK;
    } catch (IllegalStateException e) {
      last = new Last("", List.of());
      outcome = Outcome.UNKNOWN;
    }
    recorder.add(
        new Operation(
            0,
            node,
            Action.LAST_READ,
            key,
            last.digest(),
            Level.LOCAL,
            from,
            recorder.now(),
            outcome,
            last.elements()));
  }
}
