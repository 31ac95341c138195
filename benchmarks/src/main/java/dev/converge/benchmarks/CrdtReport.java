package dev.converge.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks of the types beside Pekko's and prints one table, in Markdown.
 *
 * <p>Arguments: {@code quick} (one fork, fewer sizes) or {@code full} (three forks, the default),
 * then, if not all, the names of benchmark classes, {@code heap}, and numbers of elements.
 */
public final class CrdtReport {
  private static final List<String> CLASSES =
      List.of(
          "SetBenchmark",
          "GrowOnlySetBenchmark",
          "CounterBenchmark",
          "MapBenchmark",
          "EncodingBenchmark");
  private static final String OURS = "Converge";
  private static final String THEIRS = "Pekko";

  /** Both sides of one operation. */
  private static final class Pair {
    private Result<?> ours;
    private Result<?> theirs;
  }

  private CrdtReport() {}

  /** Runs and prints. */
  public static void main(String[] args) throws RunnerException {
    boolean quick = args.length > 0 && args[0].equals("quick");
    List<String> chosen =
        args.length > 1 ? Arrays.asList(args).subList(1, args.length) : new ArrayList<>(CLASSES);
    List<String> classes = chosen.stream().filter(CLASSES::contains).toList();
    String[] sizes = chosen.stream().filter(a -> a.matches("[0-9]+")).toArray(String[]::new);
    if (!classes.isEmpty()) {
      print(new Runner(options(quick, classes, sizes).build()).run());
    }
    if (classes.contains("EncodingBenchmark")) {
      EncodingReport.printBytes(100_000);
    }
    if (args.length <= 1 || chosen.contains("heap")) {
      printHeap(quick);
    }
  }

  private static ChainedOptionsBuilder options(
      boolean quick, List<String> classes, String[] sizes) {
    String names = String.join("|", classes);
    // Counters have no large heap to fill first.
    boolean isShort = quick || classes.equals(List.of("CounterBenchmark"));
    return new OptionsBuilder()
        .include("\\.(" + names + ")\\..*(" + OURS + "|" + THEIRS + ")$")
        .exclude("Plain")
        .param("elements", sizes.length > 0 ? sizes : sizes(quick, classes))
        .forks(quick ? 1 : 3)
        // Long, because on two cores the compiler is behind for seconds after a large heap was
        // filled.
        .warmupIterations(isShort ? 4 : 8)
        .warmupTime(TimeValue.milliseconds(isShort ? 200 : 500))
        .measurementIterations(quick ? 3 : 5)
        .measurementTime(TimeValue.milliseconds(isShort ? 200 : 300))
        .timeUnit(TimeUnit.NANOSECONDS)
        .jvmArgs("-Xms2g", "-Xmx2g", "-XX:+UseParallelGC")
        .verbosity(VerboseMode.SILENT)
        .shouldFailOnError(true);
  }

  private static String[] sizes(boolean quick, List<String> classes) {
    return !quick && classes.equals(List.of("SetBenchmark"))
        ? new String[] {"100", "1000", "10000", "100000"}
        : new String[] {"1000", "100000"};
  }

  private static void print(Collection<RunResult> results) {
    Map<String, Pair> pairs = new TreeMap<>();
    for (RunResult result : results) {
      BenchmarkParams params = result.getParams();
      String[] path = params.getBenchmark().split("\\.");
      String operation = path[path.length - 1];
      boolean ours = operation.endsWith(OURS);
      String name = operation.substring(0, operation.length() - (ours ? OURS : THEIRS).length());
      StringBuilder row = new StringBuilder(path[path.length - 2].replace("Benchmark", ""));
      row.append(" | ").append(name).append(" | ");
      for (String key : params.getParamsKeys()) {
        row.append(params.getParam(key)).append(' ');
      }
      Pair pair = pairs.computeIfAbsent(row.toString(), k -> new Pair());
      if (ours) {
        pair.ours = result.getPrimaryResult();
      } else {
        pair.theirs = result.getPrimaryResult();
      }
    }
    System.out.println(
        "| type | operation | size | Converge, ns | Pekko, ns | Pekko / Converge | |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
    pairs.forEach(
        (row, pair) -> {
          if (pair.ours != null && pair.theirs != null) {
            System.out.println(line(row, pair));
          }
        });
  }

  private static String line(String row, Pair pair) {
    double ratio = pair.theirs.getScore() / pair.ours.getScore();
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %.2f | %s |",
        row,
        score(pair.ours),
        score(pair.theirs),
        ratio,
        verdict(row, pair, ratio));
  }

  private static String score(Result<?> result) {
    return String.format(Locale.ROOT, "%,.0f ± %,.0f", result.getScore(), result.getScoreError());
  }

  /** The targets: by name those that have one, else never slower than 1.25 times above 100 ns. */
  private static String verdict(String row, Pair pair, double ratio) {
    double target = 0;
    if (row.startsWith("Set") && row.contains("100000")) {
      target = row.contains("mergeDelta") ? 200 : 0;
      target = row.contains("mergeStrangers") ? 5 : target;
      target = row.contains("mergeRelatives") ? 20 : target;
    } else if (row.startsWith("Encoding") && row.contains("100000")) {
      target = 5;
    }
    if (target > 0) {
      return (ratio >= target ? "pass" : "FAIL") + ": at least " + (int) target + " times faster";
    }
    if (pair.ours.getScore() < 100) {
      return "";
    }
    double lowest = pair.ours.getScore() - pair.ours.getScoreError();
    double highest = pair.theirs.getScore() + pair.theirs.getScoreError();
    if (ratio >= 1 / 1.25) {
      return "pass";
    }
    return lowest > highest
        ? "FAIL: more than 1.25 times slower"
        : "UNDECIDED: slower, but the intervals overlap";
  }

  private static void printHeap(boolean quick) {
    int[] sizes =
        quick
            ? new int[] {100_000}
            : new int[] {1_000, 10_000, 30_000, 100_000, 300_000, 1_000_000};
    System.out.println();
    System.out.println(
        "| ORSet of element-N, bytes an element | Converge, built | Pekko, built |"
            + " Converge, read | Pekko, read | |");
    System.out.println("| --- | --- | --- | --- | --- | --- |");
    for (HeapReport.Row row : HeapReport.rows(sizes)) {
      boolean held = row.oursBuilt() <= 100 && row.oursRead() <= 100;
      System.out.printf(
          Locale.ROOT,
          "| %,d | %.1f | %.1f | %.1f | %.1f | %s: at most 100 |%n",
          row.elements(),
          row.oursBuilt(),
          row.theirsBuilt(),
          row.oursRead(),
          row.theirsRead(),
          held ? "pass" : "FAIL");
    }
  }
}
