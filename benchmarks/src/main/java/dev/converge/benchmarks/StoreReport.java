package dev.converge.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The store beside Pekko's Replicator: three ActorSystems in this JVM, on loopback. Prints a table.
 *
 * <p>Arguments, all optional: {@code rows=latency,counter,keys,elements,join,set,churn,heap},
 * {@code sides=converge,durable,pekko,tuned}, {@code updates=200000}, {@code latencies=500}, {@code
 * joinKeys=100000}, {@code set=100000}, {@code churn=1000000}, {@code heapKeys=500000} and {@code
 * heap=2g}. The row {@code heap} runs three processes with so much heap, of Converge alone: a heap
 * that is shared says little.
 */
public final class StoreReport {
  private final Map<String, String> options;
  private final Map<String, Map<String, String>> table = new LinkedHashMap<>();
  private final Map<String, StoreSide.Factory> sides = new LinkedHashMap<>();

  private StoreReport(Map<String, String> options) {
    this.options = options;
    Map<String, StoreSide.Factory> all = new LinkedHashMap<>();
    all.put("converge", () -> new ConvergeStoreSide(false, 3));
    all.put("durable", () -> new ConvergeStoreSide(true, 3));
    all.put("pekko", () -> new PekkoStoreSide(PekkoStoreSide.DEFAULT));
    all.put("tuned", () -> new PekkoStoreSide(PekkoStoreSide.TUNED));
    for (String side : options.getOrDefault("sides", "converge,durable,pekko,tuned").split(",")) {
      StoreSide.Factory factory = all.get(side);
      if (factory == null) {
        throw new IllegalArgumentException("no side '" + side + "'; there are " + all.keySet());
      }
      sides.put(side, factory);
    }
  }

  /** Prints the table. */
  public static void main(String[] args) {
    Map<String, String> options = new TreeMap<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("'" + arg + "' is not of the form name=value");
      }
      options.put(arg.substring(0, equals), arg.substring(equals + 1));
    }
    StoreReport report = new StoreReport(options);
    report.run();
    System.exit(0);
  }

  private int number(String name, int otherwise) {
    return Integer.parseInt(options.getOrDefault(name, Integer.toString(otherwise)));
  }

  private void run() {
    List<String> rows =
        List.of(
            options
                .getOrDefault("rows", "latency,counter,keys,elements,join,set,churn,heap")
                .split(","));
    int updates = number("updates", 200_000);
    int joinKeys = number("joinKeys", 100_000);
    int set = number("set", 100_000);
    int churn = number("churn", 1_000_000);
    for (String row : rows) {
      sides.forEach(
          (name, factory) -> {
            switch (row) {
              case "latency" ->
                  row(
                      "an update is seen at both others, ms p50 / p99",
                      name,
                      () -> StoreRows.latency(factory, number("latencies", 500)));
              case "counter" ->
                  row(
                      "increments of one counter, a second",
                      name,
                      () -> StoreRows.throughput(factory, updates, "counter"));
              case "keys" ->
                  row(
                      "increments of random keys, a second",
                      name,
                      () -> StoreRows.throughput(factory, updates, "keys"));
              case "elements" ->
                  row(
                      "additions to one set, a second",
                      name,
                      () -> StoreRows.throughput(factory, updates / 4, "elements"));
              case "join" ->
                  row(
                      joinKeys + " keys reach a node that joins, s",
                      name,
                      () -> StoreRows.join(factory, joinKeys));
              case "set" ->
                  row(
                      "a set of " + set + " UUIDs reaches a node that joins, s",
                      name,
                      () -> StoreRows.set(factory, set));
              case "churn" ->
                  row(
                      "heap after " + churn / 10 + " / " + churn + " keys made and deleted",
                      name,
                      () -> StoreRows.churn(factory, churn));
              case "heap" -> heap(name);
              default -> throw new IllegalArgumentException("no row '" + row + "'");
            }
          });
    }
    print();
  }

  private void heap(String side) {
    if (side.equals("converge") || side.equals("durable")) {
      int keys = number("heapKeys", 500_000);
      String heap = options.getOrDefault("heap", "2g");
      row(
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

  private interface Measurement {
    String take() throws Exception;
  }

  private void row(String row, String side, Measurement measurement) {
    String figure;
    try {
      figure = measurement.take();
    } catch (Exception e) {
      figure = "failed: " + (e.getCause() == null ? e.getMessage() : e.getCause());
    }
    System.err.println(side + ": " + row + ": " + figure);
    table.computeIfAbsent(row, missing -> new LinkedHashMap<>()).put(side, figure);
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
}
