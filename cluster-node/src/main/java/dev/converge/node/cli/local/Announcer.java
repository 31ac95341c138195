package dev.converge.node.cli.local;

import dev.converge.node.cli.local.Effect.Say;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Puts what a supervisor has to say into words. Stateless. */
final class Announcer {
  private static final Map<Integer, String> SIGNALS =
      Map.of(
          129, "SIGHUP", 130, "SIGINT", 131, "SIGQUIT", 134, "SIGABRT", 135, "SIGBUS", 136,
          "SIGFPE", 137, "SIGKILL", 139, "SIGSEGV", 143, "SIGTERM");
  private static final int TAIL = 8;

  private final LocalLayout layout;

  Announcer(LocalLayout layout) {
    this.layout = layout;
  }

  String starting() {
    return String.format(
        "Starting %d node%s with data in %s; each logs to its node.log there.",
        layout.nodes(), layout.nodes() == 1 ? "" : "s", layout.data());
  }

  String started(int node, long pid) {
    return layout.name(node) + " started, process " + pid;
  }

  /**
   * The lines for {@code said}.
   *
   * @param tail the last lines that the node concerned has left
   * @param millis since the beginning
   */
  List<String> lines(Say said, List<String> tail, long millis) {
    if (said instanceof Effect.SayReady r) {
      return List.of(
          String.format(
              "%s ready%s at %s", layout.name(r.node()), again(r.again()), url(r.node())));
    } else if (said instanceof Effect.SayUp u) {
      return u.again() ? List.of("All nodes are ready again.") : up(millis);
    } else if (said instanceof Effect.SayDied d) {
      String line =
          String.format(
              "%s %s%s; starting it again in %s",
              layout.name(d.node()),
              ended(d.exit()),
              d.wasReady() ? "" : " before it was ready",
              seconds(d.delayMillis()));
      return d.wasReady() ? List.of(line) : withTail(line, d.node(), tail);
    } else if (said instanceof Effect.SayGaveUp g) {
      String line =
          String.format(
              "%s %s before it was ready, %d times in a row; it is not started again",
              layout.name(g.node()), ended(g.exit()), g.attempts());
      return withTail(line, g.node(), tail);
    } else if (said instanceof Effect.SayKilled k) {
      return List.of(
          String.format(
              "%s has not stopped within %s and is killed",
              layout.name(k.node()), seconds(k.limitMillis())));
    }
    return List.of(said instanceof Effect.SayStopping ? "Stopping." : "All nodes have stopped.");
  }

  private List<String> up(long millis) {
    String urls = layout.urls().stream().map(URI::toString).collect(Collectors.joining("  "));
    return List.of(
        "The cluster is up after " + seconds(millis) + ": " + urls,
        "Console: " + layout.url(1) + "/   Stop: Ctrl-C");
  }

  private List<String> withTail(String line, int node, List<String> tail) {
    List<String> last = tail.subList(Math.max(0, tail.size() - TAIL), tail.size());
    if (last.isEmpty()) {
      return List.of(line + " (it left no reason; see " + layout.logFile(node) + ")");
    }
    List<String> lines = new java.util.ArrayList<>(List.of(line + ". Its last lines:"));
    last.forEach(l -> lines.add("    " + l));
    return lines;
  }

  /** How a process ended, from its exit code. */
  static String ended(int exit) {
    String signal = SIGNALS.get(exit);
    return signal != null ? "was ended by " + signal : "ended with exit code " + exit;
  }

  private URI url(int node) {
    return layout.url(node);
  }

  private static String again(boolean again) {
    return again ? " again" : "";
  }

  private static String seconds(long millis) {
    return millis % 1000 == 0
        ? millis / 1000 + " s"
        : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }
}
