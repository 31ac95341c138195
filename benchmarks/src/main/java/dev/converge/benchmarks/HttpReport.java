package dev.converge.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests a second and latencies of one node of three, each a process of its own, over HTTP; and
 * of a server on Pekko HTTP that does nothing, in the same run. Prints a table.
 *
 * <p>Arguments, all optional: {@code rows=} of {@value #ROWS}, {@code sides=converge,pekko}, {@code
 * connections=32}, {@code seconds=15} and {@code warm=10} for each row, {@code keys=100000} for
 * those of random keys, {@code jvm=} further options of the servers' JVMs, with commas between.
 *
 * <p>A figure: answers a second; milliseconds p50 / p99 / p99.9; CPU microseconds of all server
 * processes for each answer. The load generator takes its part of the machine too; it is the same
 * for both sides.
 */
public final class HttpReport {
  private static final String ROWS =
      "get,counter,keys,keys-majority,entity,entity-majority,entities,entities-majority";
  private static final Map<String, String> LABELS =
      Map.of(
          "get", "GET of a key",
          "counter", "POST: increment of one counter",
          "keys", "POST: increments of random keys",
          "keys-majority", "POST: increments of random keys, `write=majority`",
          "entity", "POST: commands to one entity",
          "entity-majority", "POST: commands to one entity, `write=majority`",
          "entities", "POST: commands to 1,000 entities",
          "entities-majority", "POST: commands to 1,000 entities, `write=majority`");

  private final SideBySide<HttpSide.Factory> report;

  private HttpReport(String[] args) {
    Map<String, HttpSide.Factory> all = new LinkedHashMap<>();
    all.put("converge", () -> new ConvergeHttpSide(jvm(), number("keys", 100_000)));
    all.put("pekko", () -> new PekkoHttpSide(jvm()));
    this.report = new SideBySide<>(args, all);
  }

  /** Prints the table. */
  public static void main(String[] args) throws Exception {
    new HttpReport(args).run();
    System.exit(0);
  }

  private void run() throws Exception {
    List<String> rows = report.list("rows", ROWS);
    for (Map.Entry<String, HttpSide.Factory> factory : report.sides().entrySet()) {
      try (HttpSide side = factory.getValue().open()) {
        for (String row : rows) {
          String label = LABELS.get(row);
          if (label == null) {
            throw new IllegalArgumentException("no row '" + row + "'; there are " + ROWS);
          }
          HttpLoad.Requests requests = side.requests(row);
          if (requests != null) {
            report.row(label, factory.getKey(), () -> measure(side, requests));
          }
        }
      }
    }
    report.print();
  }

  private String measure(HttpSide side, HttpLoad.Requests requests) throws Exception {
    int connections = number("connections", 32);
    HttpLoad.run(side.url(), connections, number("warm", 10), requests);
    long before = side.cpu().toNanos();
    HttpLoad.Outcome outcome =
        HttpLoad.run(side.url(), connections, number("seconds", 15), requests);
    long cpu = side.cpu().toNanos() - before;
    return String.format(
        Locale.ROOT, "%s; %.0f", outcome, cpu / 1e3 / Math.max(1, outcome.micros().length));
  }

  private List<String> jvm() {
    @Nullable String options = report.option("jvm");
    return options == null ? List.of() : List.of(options.split(","));
  }

  private int number(String name, int otherwise) {
    return report.number(name, otherwise);
  }
}
