package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.multinode.MultiNode;
import dev.converge.multinode.MultiNodeTest;
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
        FuzzedRequests requests = new FuzzedRequests(new Random(SEED * 1_000 + row));
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
