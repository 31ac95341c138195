package dev.converge.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final SideBySide<EntitySide.Factory> report;
  private final Path folder;
  private final AtomicInteger databases = new AtomicInteger();

  private EntityReport(String[] args) throws IOException {
    Map<String, EntitySide.Factory> all = new LinkedHashMap<>();
    all.put("converge", ConvergeSide::new);
    all.put("pekko", (opened, arrivals) -> new PekkoSide(opened, arrivals, PekkoSide.DEFAULT));
    all.put("tuned", (opened, arrivals) -> new PekkoSide(opened, arrivals, PekkoSide.TUNED));
    this.report = new SideBySide<>(args, all);
    String given = report.option("folder");
    this.folder =
        given == null
            ? Files.createTempDirectory("entity-report")
            : Files.createDirectories(Path.of(given));
  }

  /** Prints the table. */
  public static void main(String[] args) throws IOException {
    EntityReport report = new EntityReport(args);
    try {
      report.run();
    } finally {
      report.cleanUp();
    }
    System.exit(0); // pools of Slick leave threads behind
  }

  private void run() {
    Map<String, EntitySide.Factory> sides = report.sides();
    List<String> rows = report.list("rows", "hot,many,convergence,idle,recovery");
    int events = report.number("events", 20_000);
    int seconds = report.number("seconds", 30);
    sides.forEach(
        (name, factory) -> {
          if (rows.contains("hot")) {
            report.row(
                "one entity: events/s written / on all three; CPU µs each",
                name,
                () -> EntityRows.throughput(factory, this::open, 1, events).toString());
          }
          if (rows.contains("many")) {
            report.row(
                "1,000 entities: events/s written / on all three; CPU µs each",
                name,
                () -> EntityRows.throughput(factory, this::open, 1_000, events).toString());
          }
          if (rows.contains("convergence")) {
            report.row(
                "convergence at 200 commands/s on 100 entities, ms p50 / p99",
                name,
                () -> EntityRows.convergence(factory, this::open, seconds));
          }
          if (rows.contains("idle")) {
            int idle =
                name.equals("converge")
                    ? report.number("idle", 10_000)
                    : report.number("pekkoIdle", 1_000);
            report.row(
                "idle entities × 3: number; queries/s a node; heap bytes an entity and replica",
                name,
                () -> idle + "; " + String.join("; ", EntityRows.idle(factory, this::open, idle)));
          }
          if (rows.contains("recovery")) {
            report.row(
                "recovery of an entity with 10,000 events, ms",
                name,
                () -> EntityRows.recovery(factory, this::open, 10_000));
          }
        });
    report.print();
  }

  private ReportDatabases open() throws Exception {
    String server = report.option("postgresql");
    String name = "report_" + databases.incrementAndGet();
    return server == null
        ? ReportDatabases.h2(folder.resolve(name))
        : ReportDatabases.postgresql(
            server, report.option("user", "postgres"), report.option("password", ""), name);
  }

  private void cleanUp() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
