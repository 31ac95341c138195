package dev.converge.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Replicated entities beside Pekko's Replicated Event Sourcing: three replicas in this JVM, each
 * with a database of its own, the same settings of the database, an event of 100 bytes, and a
 * handler with nothing to do. Prints a table.
 *
 * <p>Arguments, all optional: {@code rows=hot,many,convergence,idle,recovery}, {@code
 * sides=converge,pekko,tuned}, {@code events=20000}, {@code idle=10000}, {@code pekkoIdle=1000},
 * {@code seconds=30}, {@code folder=} for the databases (a temporary one), {@code
 * postgresql=jdbc:postgresql://host:port/} with {@code user=} and {@code password=} for a server
 * instead of H2 files.
 */
public final class EntityReport {
  private final Map<String, String> options;
  private final Map<String, Map<String, String>> table = new LinkedHashMap<>();
  private final Map<String, EntitySide.Factory> sides = new LinkedHashMap<>();
  private final Path folder;
  private final AtomicInteger databases = new AtomicInteger();

  private EntityReport(Map<String, String> options) throws IOException {
    this.options = options;
    String given = options.get("folder");
    this.folder =
        given == null
            ? Files.createTempDirectory("entity-report")
            : Files.createDirectories(Path.of(given));
    Map<String, EntitySide.Factory> all = new LinkedHashMap<>();
    all.put("converge", ConvergeSide::new);
    all.put("pekko", (opened, arrivals) -> new PekkoSide(opened, arrivals, PekkoSide.DEFAULT));
    all.put("tuned", (opened, arrivals) -> new PekkoSide(opened, arrivals, PekkoSide.TUNED));
    for (String side : options.getOrDefault("sides", "converge,pekko,tuned").split(",")) {
      sides.put(side, all.get(side));
    }
  }

  /** Prints the table. */
  public static void main(String[] args) throws IOException {
    Map<String, String> options = new TreeMap<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("'" + arg + "' is not of the form name=value");
      }
      options.put(arg.substring(0, equals), arg.substring(equals + 1));
    }
    EntityReport report = new EntityReport(options);
    try {
      report.run();
    } finally {
      report.cleanUp();
    }
    System.exit(0); // pools of Slick leave threads behind
  }

  private int number(String name, int otherwise) {
    return Integer.parseInt(options.getOrDefault(name, Integer.toString(otherwise)));
  }

  private void run() {
    List<String> rows =
        List.of(options.getOrDefault("rows", "hot,many,convergence,idle,recovery").split(","));
    int events = number("events", 20_000);
    int seconds = number("seconds", 30);
    sides.forEach(
        (name, factory) -> {
          if (rows.contains("hot")) {
            row(
                "one entity: events/s written / on all three; CPU µs each",
                name,
                () -> EntityRows.throughput(factory, this::open, 1, events).toString());
          }
          if (rows.contains("many")) {
            row(
                "1,000 entities: events/s written / on all three; CPU µs each",
                name,
                () -> EntityRows.throughput(factory, this::open, 1_000, events).toString());
          }
          if (rows.contains("convergence")) {
            row(
                "convergence at 200 commands/s on 100 entities, ms p50 / p99",
                name,
                () -> EntityRows.convergence(factory, this::open, seconds));
          }
          if (rows.contains("idle")) {
            int idle =
                name.equals("converge") ? number("idle", 10_000) : number("pekkoIdle", 1_000);
            row(
                "idle entities × 3: number; queries/s a node; heap bytes an entity and replica",
                name,
                () -> idle + "; " + String.join("; ", EntityRows.idle(factory, this::open, idle)));
          }
          if (rows.contains("recovery")) {
            row(
                "recovery of an entity with 10,000 events, ms",
                name,
                () -> EntityRows.recovery(factory, this::open, 10_000));
          }
        });
    print();
  }

  private interface Measurement {
    String take() throws Exception;
  }

  private void row(String row, String side, Measurement measurement) {
    String figure;
    try {
      figure = measurement.take();
    } catch (Exception e) {
      figure = "failed: " + (e.getCause() == null ? e : e.getCause());
    }
    System.err.println(side + ": " + row + ": " + figure);
    table.computeIfAbsent(row, missing -> new LinkedHashMap<>()).put(side, figure);
  }

  private ReportDatabases open() throws Exception {
    String server = options.get("postgresql");
    String name = "report_" + databases.incrementAndGet();
    return server == null
        ? ReportDatabases.h2(folder.resolve(name))
        : ReportDatabases.postgresql(
            server,
            options.getOrDefault("user", "postgres"),
            options.getOrDefault("password", ""),
            name);
  }

  private void print() {
    List<String> names = new ArrayList<>(sides.keySet());
    System.out.println("| | " + String.join(" | ", names) + " |");
    System.out.println("| --- |" + " --- |".repeat(names.size()));
    table.forEach(
        (row, figures) ->
            System.out.println(
                "| "
                    + row
                    + " | "
                    + String.join(
                        " | ", names.stream().map(name -> figures.getOrDefault(name, "")).toList())
                    + " |"));
  }

  private void cleanUp() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
