package dev.converge.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Load on an HTTP server by a closed loop: a number of connections, each of which sends its next
 * request as soon as it has the answer to the last. So the rate is what the server can do at that
 * concurrency, and a latency is that of one request among so many; what a request would have waited
 * in a queue before a stalled server is not in it. Every latency is kept, so percentiles are exact.
 */
final class HttpLoad {
  /** Makes requests; called by all connections at once. */
  interface Requests {
    /**
     * The next request of a connection.
     *
     * @param number unique over all connections, from 0; those of one connection ascend
     */
    byte[] request(long number);
  }

  /**
   * What came of it.
   *
   * @param micros the latencies of the answers with a status below 300, ascending
   * @param failed how many had another status
   * @param nanos how long it took
   */
  record Outcome(int[] micros, long failed, long nanos) {
    double perSecond() {
      return micros.length * 1e9 / nanos;
    }

    /** Milliseconds within which a part of all answers came. */
    double millis(double part) {
      return micros.length == 0
          ? Double.NaN
          : micros[(int) Math.min(micros.length - 1, part * micros.length)] / 1e3;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,.0f; %.1f / %.1f / %.1f%s",
          perSecond(),
          millis(0.5),
          millis(0.99),
          millis(0.999),
          failed == 0 ? "" : "; " + failed + " FAILED");
    }
  }

  private record Part(int[] micros, long failed) {}

  private HttpLoad() {}

  /**
   * Loads a server.
   *
   * @throws IOException if a connection fails; a server that answers with errors is no failure
   */
  static Outcome run(URI server, int connections, double seconds, Requests requests)
      throws IOException, InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(connections);
    List<HttpConnection> open = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        open.add(new HttpConnection(server));
      }
      long start = System.nanoTime();
      long end = start + (long) (seconds * 1e9);
      List<Callable<Part>> loops = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        int self = i;
        loops.add(() -> loop(open.get(self), self, connections, end, requests));
      }
      List<Part> parts = new ArrayList<>();
      for (Future<Part> part : threads.invokeAll(loops)) {
        parts.add(part.get());
      }
      long nanos = System.nanoTime() - start;
      int[] micros = parts.stream().flatMapToInt(part -> Arrays.stream(part.micros())).toArray();
      Arrays.sort(micros);
      return new Outcome(micros, parts.stream().mapToLong(Part::failed).sum(), nanos);
    } catch (ExecutionException e) {
      throw new IOException("the load broke off: " + e.getCause(), e);
    } finally {
      for (HttpConnection connection : open) {
        connection.close();
      }
      threads.shutdownNow();
    }
  }

  private static Part loop(
      HttpConnection connection, int self, int connections, long end, Requests requests)
      throws IOException {
    int[] micros = new int[10_000];
    int answered = 0;
    long failed = 0;
    long sent = System.nanoTime();
    for (long number = self; sent < end; number += connections) {
      int status = connection.exchange(requests.request(number));
      long now = System.nanoTime();
      if (status >= 300) {
        failed++;
      } else {
        if (answered == micros.length) {
          micros = Arrays.copyOf(micros, 2 * answered);
        }
        micros[answered++] = (int) ((now - sent) / 1_000);
      }
      sent = now;
    }
    return new Part(Arrays.copyOf(micros, answered), failed);
  }
}
