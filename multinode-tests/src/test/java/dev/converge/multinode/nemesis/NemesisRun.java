package dev.converge.multinode.nemesis;

import dev.converge.multinode.MultiNode;
import dev.converge.multinode.history.Anomaly;
import dev.converge.multinode.history.Checker;
import dev.converge.multinode.history.HistoryFile;
import dev.converge.multinode.suite.Databases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One history: faults and load from a seed on nodes that run, then quiet, then the check. */
final class NemesisRun {
  private static final Duration QUIET_LIMIT = Duration.ofMinutes(2);

  private NemesisRun() {}

  /**
   * What came of it.
   *
   * @param file where the history is
   */
  record Result(long seed, Path file, HistoryFile.Content history, List<Anomaly> anomalies) {}

  static Result run(
      MultiNode group, @Nullable Databases databases, long seed, Duration time, Path file)
      throws InterruptedException {
    Map<String, String> addresses = new HashMap<>();
    for (String node : group.names()) {
      addresses.put(node, "http://127.0.0.1:" + group.servicePort(node));
    }
    try (Recorder recorder = new Recorder(file)) {
      Workload workload = new Workload(addresses, recorder, seed);
      workload.start();
      try {
        new Nemesis(group, databases, recorder, seed).run(time);
      } finally {
        workload.stop();
      }
      group.heal();
      awaitQuiet(group, workload);
      for (String key : workload.keys()) {
        for (String node : group.names()) {
          workload.recordLast(node, key);
        }
      }
    }
    HistoryFile.Content history = HistoryFile.read(file);
    return new Result(seed, file, history, Checker.check(history.operations(), group.names()));
  }

  /** If replicas do not come to the same in time, the last reads show it. */
  private static void awaitQuiet(MultiNode group, Workload workload) {
    try {
      Set<String> keys = workload.keys();
      group.await(
          "all replicas show the same of " + keys,
          QUIET_LIMIT,
          () -> {
            for (String key : keys) {
              Workload.Last first = workload.last(group.names().get(0), key);
              for (String node : group.names()) {
                if (!workload.last(node, key).equals(first)) {
                  return false;
                }
              }
            }
            return true;
          });
    } catch (AssertionError e) {
      System.out.println(e.getMessage());
    }
  }
}
