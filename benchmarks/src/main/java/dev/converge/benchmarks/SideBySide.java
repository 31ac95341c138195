package dev.converge.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A report of rows, each measured for several sides: its arguments of the form {@code name=value},
 * of which {@code sides} and {@code rows} choose, and its table. Not thread-safe.
 *
 * @param <F> what makes a side
 */
final class SideBySide<F> {
  /** Takes the figure of one row for one side. */
  interface Measurement {
    String take() throws Exception;
  }

  private final Map<String, String> options = new TreeMap<>();
  private final Map<String, F> sides = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> table = new LinkedHashMap<>();

  /**
   * Reads the arguments.
   *
   * @param all the sides that there are, by name; all of them without the argument {@code sides}
   * @throws IllegalArgumentException if an argument has no value, or a side is not among them
   */
  SideBySide(String[] args, Map<String, F> all) {
    for (String arg : args) {
      int equals = arg.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("'" + arg + "' is not of the form name=value");
      }
      options.put(arg.substring(0, equals), arg.substring(equals + 1));
    }
    for (String side : list("sides", String.join(",", all.keySet()))) {
      F factory = all.get(side);
      if (factory == null) {
        throw new IllegalArgumentException("no side '" + side + "'; there are " + all.keySet());
      }
      sides.put(side, factory);
    }
  }

  @Nullable String option(String name) {
    return options.get(name);
  }

  String option(String name, String otherwise) {
    return options.getOrDefault(name, otherwise);
  }

  int number(String name, int otherwise) {
    return Integer.parseInt(option(name, Integer.toString(otherwise)));
  }

  /** Names with commas between them. */
  List<String> list(String name, String otherwise) {
    return List.of(option(name, otherwise).split(","));
  }

  /** The sides that were chosen, in their order. */
  Map<String, F> sides() {
    return sides;
  }

  /** Measures; a failure stands in the table. */
  void row(String row, String side, Measurement measurement) {
    String figure;
    try {
      figure = measurement.take();
    } catch (Exception e) {
      figure = "failed: " + (e.getCause() == null ? e : e.getCause());
    }
    System.err.println(side + ": " + row + ": " + figure);
    table.computeIfAbsent(row, missing -> new LinkedHashMap<>()).put(side, figure);
  }

  /** Prints the table, in Markdown. */
  void print() {
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
