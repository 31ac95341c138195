package dev.converge.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The store beside Pekko's Replicator: three ActorSystems in this JVM, on loopback. Prints a table.
 *
 * <p>Arguments, all optional: {@code rows=latency,counter,keys,elements,join,set,churn,heap},
 * {@code sides=converge,durable,pekko,tuned}, {@code updates=1000000}, {@code latencies=500},
 * {@code joinKeys=100000}, {@code set=100000}, {@code churn=1000000}, {@code heapKeys=500000} and
 * {@code heap=2g}. The row {@code heap} runs three processes with so much heap, of Converge alone:
 * a heap that is shared says little.
 */
public final class StoreReport {
  private final SideBySide<StoreSide.Factory> report;

  private StoreReport(String[] args) {
    Map<String, StoreSide.Factory> all = new LinkedHashMap<>();
    all.put("converge", () -> new ConvergeStoreSide(false, 3));
    all.put("durable", () -> new ConvergeStoreSide(true, 3));
    all.put("pekko", () -> new PekkoStoreSide(PekkoStoreSide.DEFAULT));
    all.put("tuned", () -> new PekkoStoreSide(PekkoStoreSide.TUNED));
    this.report = new SideBySide<>(args, all);
  }

  /** Prints the table. */
  public static void main(String[] args) {
    new StoreReport(args).run();
    System.exit(0);
  }

  private void run() {
    Map<String, StoreSide.Factory> sides = report.sides();
    List<String> rows = report.list("rows", "latency,counter,keys,elements,join,set,churn,heap");
    int updates = report.number("updates", 1_000_000);
    int joinKeys = report.number("joinKeys", 100_000);
    int set = report.number("set", 100_000);
    int churn = report.number("churn", 1_000_000);
    for (String row : rows) {
      sides.forEach(
          (name, factory) -> {
            switch (row) {
              case "latency" ->
                  report.row(
                      "an update is seen at both others, ms p50 / p99",
                      name,
                      () -> StoreRows.latency(factory, report.number("latencies", 500)));
              case "counter" ->
                  report.row(
                      "increments of one counter, a second",
                      name,
                      () -> StoreRows.throughput(factory, updates, "counter"));
              case "keys" ->
                  report.row(
                      "increments of random keys, a second",
                      name,
                      () -> StoreRows.throughput(factory, updates / 5, "keys"));
              case "elements" ->
                  report.row(
                      "additions to one set, a second",
                      name,
                      () -> StoreRows.throughput(factory, updates / 10, "elements"));
              case "join" ->
                  report.row(
                      joinKeys + " keys reach a node that joins, s",
                      name,
                      () -> StoreRows.join(factory, joinKeys));
              case "set" ->
                  report.row(
                      "a set of " + set + " UUIDs reaches a node that joins, s",
                      name,
                      () -> StoreRows.set(factory, set));
              case "churn" ->
                  report.row(
                      "heap after " + churn / 10 + " / " + churn + " keys made and deleted",
                      name,
                      () -> StoreRows.churn(factory, churn));
              case "heap" -> heap(name);
              default -> throw new IllegalArgumentException("no row '" + row + "'");
            }
          });
    }
    report.print();
  }

  private void heap(String side) {
    if (side.equals("converge") || side.equals("durable")) {
      int keys = report.number("heapKeys", 500_000);
      String heap = report.option("heap", "2g");
      report.row(
          keys + " keys on three processes of " + heap,
          side,
          () -> processes(keys, heap, side.equals("durable")));
    }
  }

  private static String processes(int keys, String heap, boolean isDurable)
      throws IOException, InterruptedException {
    List<Process> processes = new ArrayList<>();
    List<String> results = new ArrayList<>();
    int port = 20_000 + (int) (ProcessHandle.current().pid() % 10_000);
    try {
      for (int i = 0; i < 3; i++) {
        processes.add(
            new ProcessBuilder(
                    ProcessHandle.current().info().command().orElse("java"),
                    "-Xmx" + heap,
                    "-cp",
                    System.getProperty("java.class.path"),
                    StoreNode.class.getName(),
                    Integer.toString(i),
                    Integer.toString(port),
                    Integer.toString(keys),
                    Boolean.toString(isDurable))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
      }
      for (Process process : processes) {
        results.add(result(process));
      }
    } finally {
      for (Process process : processes) {
        process.getOutputStream().close();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
    }
    return String.join("; ", results);
  }

  private static String result(Process process) throws IOException {
    BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.startsWith("RESULT ")) {
        return line.substring("RESULT ".length());
      }
    }
    return "died";
  }
}
