package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.multinode.MultiNode;
import dev.converge.multinode.MultiNodeTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Requests that no client should send, to one node over loopback: it answers each with something
 * else than 500, and goes on. {@code -Dconverge.fuzz=N} sends N, {@code -Dconverge.seed=N} another
 * row of them. The node's heap is 256 MiB, so what leaks ends it in a long run.
 */
@MultiNodeTest(
    nodes = {"node-1"},
    node = ConvergeTestNode.class,
    jvmFlags = {"-Xmx256m"})
class HttpFuzzTest {
  private static final List<String> METHODS =
      List.of("GET", "GET", "POST", "POST", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS");
  private static final List<String> PATHS =
      List.of(
          "/",
          "/v1/data",
          "/v1/data/@",
          "/v1/data/@/changes",
          "/v1/entities/counter/@",
          "/v1/entities/cart/@",
          "/v1/entities/note/@",
          "/v1/entities/profile/@",
          "/v1/entities/@/@",
          "/v1/entities/counter",
          "/v1/entities/cart/@/history",
          "/v1/entities/cart/@/export",
          "/v1/entities/cart/@/repair",
          "/v1/entities/profile/@/erase",
          "/v1/conflicts",
          "/v1/conflicts/@",
          "/v1/feed",
          "/v1/stream",
          "/v1/cluster",
          "/v1/replicas",
          "/v1/replicas/introduce",
          "/v1/openapi.json",
          "/health/live",
          "/metrics",
          "/@/@");
  private static final List<String> QUERIES =
      List.of(
          "write",
          "read",
          "consistency",
          "timeout",
          "limit",
          "after",
          "prefix",
          "from",
          "seen",
          "type",
          "@");
  private static final List<String> VALUES =
      List.of(
          "local",
          "majority",
          "all",
          "session",
          "context",
          "1",
          "-1",
          "0",
          "99999999999",
          "2s",
          "1ms",
          "start",
          "end",
          "@",
          "",
          "%00",
          "%ff",
          "%");
  private static final List<String> FIELDS =
      List.of(
          "type",
          "op",
          "by",
          "element",
          "value",
          "field",
          "index",
          "count",
          "text",
          "command",
          "item",
          "quantity",
          "fields",
          "operations",
          "choose",
          "key",
          "update",
          "to",
          "@");
  private static final List<String> WORDS =
      List.of(
          "gcounter",
          "pncounter",
          "gset",
          "orset",
          "rwset",
          "lwwset",
          "lwwregister",
          "mvregister",
          "ewflag",
          "dwflag",
          "lwwmap",
          "ormap",
          "rga",
          "text",
          "boundedcounter",
          "increment",
          "decrement",
          "add",
          "remove",
          "set",
          "enable",
          "disable",
          "put",
          "update",
          "insert",
          "delete",
          "transfer",
          "setQuantity",
          "checkout",
          "patch",
          "replace",
          "@");

  private static final int CONNECTIONS = 8;
  private static final long SEED = Long.getLong("converge.seed", 1);
  private static final Pattern USED = Pattern.compile("generation\\s+total \\d+K, used (\\d+)K");

  private final TestCluster cluster;
  private final Map<Integer, Integer> statuses = new ConcurrentSkipListMap<>();

  HttpFuzzTest(MultiNode group) {
    this.cluster = new TestCluster(group);
  }

  @Test
  void noRequestMakesANodeFail() throws Exception {
    int count = Integer.getInteger("converge.fuzz", 3_000);
    Nodes nodes = new Nodes(cluster);
    Http node = new Http(cluster.node(1));
    nodes.await(
        "the node is ready",
        () -> node.post("/v1/entities/counter/up", "{'command':'increment'}").status() == 200);
    long start = System.nanoTime();
    send(0, count / 5);
    long before = heapKib();
    send(CONNECTIONS, count - count / 5);
    long after = heapKib();
    assertThat(node.get("/health/live").status()).isEqualTo(200);
    assertThat(node.get("/v1/entities/counter/up").body().at("/state/value").asInt()).isPositive();
    assertThat(String.join("\n", cluster.node(1).output(100_000)))
        .doesNotContain("OutOfMemoryError", "nobody planned for");
    System.out.printf(
        "%d requests in %d s; answers by status (0: the connection was closed): %s; heap after a"
            + " fifth %d KiB, after all %d KiB%n",
        count, (System.nanoTime() - start) / 1_000_000_000, statuses, before, after);
    assertThat(statuses).containsKeys(200, 400, 404, 405);
    assertThat(after).as("KiB of heap in use").isLessThan(before * 5 / 4 + 16_384);
  }

  /** Sends so many over all connections; each has a row of requests of its own. */
  private void send(int firstRow, int count) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Future<?>> sending = new ArrayList<>();
      for (int row = firstRow; row < firstRow + CONNECTIONS; row++) {
        Requests requests = new Requests(new Random(SEED * 1_000 + row));
        int number = row;
        sending.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < count / CONNECTIONS; i++) {
                    sendOne(requests.next(), number, i);
                  }
                  return null;
                }));
      }
      for (Future<?> row : sending) {
        row.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void sendOne(byte[] request, int row, int i) throws IOException {
    URI node = new Http(cluster.node(1)).uri("/");
    int status = send(node.getHost(), node.getPort(), request);
    statuses.merge(status, 1, Integer::sum);
    if (status == 500 || !cluster.node(1).isRunning()) {
      throw new AssertionError(
          "answered with %d, request %d of row %d, seed %d: %s"
              .formatted(
                  status,
                  i,
                  row,
                  SEED,
                  new String(
                      request, 0, Math.min(600, request.length), StandardCharsets.ISO_8859_1)));
    }
  }

  /** What the node's heap holds after a collection. */
  private static long heapKib() throws IOException, InterruptedException {
    long pid =
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().arguments().orElse(new String[0]).length > 0)
            .filter(
                child -> {
                  String[] arguments = child.info().arguments().orElseThrow();
                  return arguments[arguments.length - 1].equals("node-1");
                })
            .findFirst()
            .orElseThrow()
            .pid();
    jcmd(pid, "GC.run");
    Matcher used = USED.matcher(jcmd(pid, "GC.heap_info"));
    long sum = 0;
    while (used.find()) {
      sum += Long.parseLong(used.group(1));
    }
    return sum;
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                command)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** A seeded row of requests. */
  private static final class Requests {
    private final Random random;

    Requests(Random random) {
      this.random = random;
    }

    private <T> T any(List<T> choice) {
      return choice.get(random.nextInt(choice.size()));
    }

    /** Something odd in place of each @. */
    private String odd(String pattern) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < pattern.length(); i++) {
        char c = pattern.charAt(i);
        if (c == '@') {
          text.append(
              switch (random.nextInt(8)) {
                case 0 -> "%C3%BC%2F%20";
                case 1 -> "%00";
                case 2 -> "%ED%A0%80";
                case 3 -> "x".repeat(random.nextInt(700));
                case 4 -> "..";
                case 5 -> "%zz";
                default -> "k" + random.nextInt(5);
              });
        } else {
          text.append(c);
        }
      }
      return text.toString();
    }

    private String json(int depth) {
      return switch (random.nextInt(depth > 3 ? 7 : 12)) {
        case 0 -> "null";
        case 1 -> "true";
        case 2 -> Integer.toString(random.nextInt(20) - 5);
        case 3 -> "1" + "0".repeat(random.nextInt(1_200));
        case 4 -> "1e" + (random.nextInt(2_000_000) - 1_000_000);
        case 5 -> "\"" + any(WORDS) + "\"";
        case 6 -> "\"\\ud800" + random.nextInt(9) + "\"";
        case 7 -> "[" + json(depth + 1) + "," + json(depth + 1) + "]";
        case 8 -> "[".repeat(random.nextInt(200));
        default -> object(depth);
      };
    }

    private String object(int depth) {
      StringBuilder text = new StringBuilder("{");
      int fields = random.nextInt(5);
      for (int i = 0; i < fields; i++) {
        text.append(i == 0 ? "" : ",").append('"').append(any(FIELDS)).append("\":");
        text.append(random.nextBoolean() ? "\"" + any(WORDS) + "\"" : json(depth + 1));
      }
      return text.append('}').toString();
    }

    /** Half of them do what a client might do. */
    private String body() {
      return switch (random.nextInt(10)) {
        case 0 -> "{\"type\":\"gcounter\",\"op\":\"increment\",\"by\":" + json(9) + "}";
        case 1 -> "{\"type\":\"orset\",\"op\":\"add\",\"element\":" + json(9) + "}";
        case 2 -> "{\"type\":\"lwwregister\",\"op\":\"set\",\"value\":" + json(1) + "}";
        case 3 -> "{\"command\":\"add\",\"item\":" + json(9) + ",\"quantity\":" + json(9) + "}";
        case 4 -> "{\"command\":\"patch\",\"fields\":" + object(1) + "}";
        case 5 -> "{\"operations\":[" + object(2) + "," + object(2) + "]}";
        case 6 -> {
          byte[] noise = new byte[random.nextInt(200)];
          random.nextBytes(noise);
          yield new String(noise, StandardCharsets.ISO_8859_1);
        }
        default -> object(0);
      };
    }

    byte[] next() throws IOException {
      StringBuilder target = new StringBuilder(odd(any(PATHS)));
      for (int i = random.nextInt(3); i > 0; i--) {
        target.append(target.indexOf("?") < 0 ? '?' : '&');
        target.append(odd(any(QUERIES))).append('=').append(odd(any(VALUES)));
      }
      String method = random.nextInt(50) == 0 ? "BREW" : any(METHODS);
      byte[] body =
          method.equals("POST") || random.nextInt(10) == 0
              ? body().getBytes(StandardCharsets.ISO_8859_1)
              : new byte[0];
      StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: node\r\n");
      head.append("Connection: close\r\n");
      if (body.length > 0) {
        int length = random.nextInt(100) == 0 ? body.length + 5 : body.length;
        head.append("Content-Length: ").append(length).append("\r\n");
        head.append("Content-Type: ")
            .append(random.nextInt(20) == 0 ? "text/plain" : "application/json")
            .append("\r\n");
      }
      header(head, "Converge-Context");
      header(head, "Idempotency-Key");
      header(head, "Prefer");
      header(head, "Last-Event-ID");
      head.append("\r\n");
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      request.write(body);
      byte[] bytes = request.toByteArray();
      if (random.nextInt(40) == 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      return bytes;
    }

    private void header(StringBuilder head, String name) {
      if (random.nextInt(12) == 0) {
        head.append(name).append(": ").append(odd(any(VALUES))).append("\r\n");
      }
    }
  }

  /** The status of the answer; 0 if the connection was closed, or nothing came. */
  private static int send(String host, int port, byte[] request) throws IOException {
    try (Socket socket = new Socket(host, port)) {
      socket.setSoTimeout(1_000);
      socket.getOutputStream().write(request);
      InputStream in = socket.getInputStream();
      byte[] start = in.readNBytes(12); // HTTP/1.1 200
      return start.length < 12
          ? 0
          : Integer.parseInt(new String(start, 9, 3, StandardCharsets.ISO_8859_1).strip());
    } catch (SocketTimeoutException e) {
      return 0;
    } catch (IOException e) {
      if (e.getMessage() != null && e.getMessage().contains("reset")) {
        return 0;
      }
      throw e;
    }
  }
}
