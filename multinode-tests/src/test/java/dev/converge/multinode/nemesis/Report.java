package dev.converge.multinode.nemesis;

import dev.converge.multinode.history.Anomaly;
import dev.converge.multinode.history.Fault;
import dev.converge.multinode.history.Operation;
import dev.converge.multinode.history.Operation.Action;
import dev.converge.multinode.history.Operation.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What happened in some runs, on one page of Markdown. Pure. */
final class Report {
  private static final int MOST_ANOMALIES = 20;

  private Report() {}

  static String of(String title, List<NemesisRun.Result> runs) {
    List<Operation> operations =
        runs.stream().flatMap(run -> run.history().operations().stream()).toList();
    List<Fault> faults = runs.stream().flatMap(run -> run.history().faults().stream()).toList();
    List<Anomaly> anomalies = runs.stream().flatMap(run -> run.anomalies().stream()).toList();
    StringBuilder text = new StringBuilder("# " + title + "\n\n");
    text.append(
        "| seed | time, s | operations | faults | anomalies |\n| --- | --- | --- | --- | --- |\n");
    for (NemesisRun.Result run : runs) {
      long micros = run.history().operations().stream().mapToLong(Operation::to).max().orElse(0);
      row(
          text,
          run.seed(),
          micros / 1_000_000,
          run.history().operations().size(),
          run.history().faults().size(),
          run.anomalies().size());
    }
    text.append("\n| operation | acknowledged | refused | unknown |\n| --- | --- | --- | --- |\n");
    for (Action action : Action.values()) {
      row(
          text,
          action.name().toLowerCase(Locale.ROOT).replace('_', ' '),
          count(operations, action, Outcome.OK),
          count(operations, action, Outcome.REFUSED),
          count(operations, action, Outcome.UNKNOWN));
    }
    Map<String, Long> kinds =
        faults.stream()
            .collect(Collectors.groupingBy(Fault::kind, TreeMap::new, Collectors.counting()));
    text.append("\n| fault | times |\n| --- | --- |\n");
    kinds.forEach((kind, times) -> row(text, kind, times));
    text.append("\nAnomalies: ").append(anomalies.size()).append("\n");
    anomalies.stream()
        .limit(MOST_ANOMALIES)
        .forEach(
            it -> text.append("- ").append(it.kind()).append(": ").append(it.what()).append('\n'));
    return text.toString();
  }

  private static long count(List<Operation> operations, Action action, Outcome outcome) {
    return operations.stream()
        .filter(it -> it.action() == action && it.outcome() == outcome)
        .count();
  }

  private static void row(StringBuilder text, Object... cells) {
    for (Object cell : cells) {
      text.append("| ").append(cell).append(' ');
    }
    text.append("|\n");
  }
}
