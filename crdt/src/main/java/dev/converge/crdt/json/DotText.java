package dev.converge.crdt.json;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Dots, times and causal contexts as text.
 *
 * <p>A dot is {@code node-1:7}, or {@code node-1~1f:7} with an incarnation; a time is {@code
 * 1763712000000.5}; a context is runs of dots in order, {@code node-1:1-7} or {@code node-1:9}. No
 * number is a JSON number, so none loses digits in a language whose numbers are floating-point.
 *
 * <p>A reader of one document; it makes one object of each replica. Not thread-safe.
 */
final class DotText {
  private final Map<String, ReplicaId> replicas = new HashMap<>();

  static List<String> write(CausalContext context) {
    TreeMap<ReplicaId, List<String>> runs = new TreeMap<>();
    context
        .vector()
        .forEach(
            (replica, last) ->
                runs.computeIfAbsent(replica, r -> new ArrayList<>()).add(run(replica, 1, last)));
    Dot first = null;
    Dot last = null;
    for (Dot dot : context.cloud()) {
      if (first == null || last == null || !continues(last, dot)) {
        addRun(runs, first, last);
        first = dot;
      }
      last = dot;
    }
    addRun(runs, first, last);
    List<String> all = new ArrayList<>();
    runs.values().forEach(all::addAll);
    return all;
  }

  private static boolean continues(Dot last, Dot dot) {
    return last.replica().equals(dot.replica()) && last.sequence() + 1 == dot.sequence();
  }

  private static void addRun(
      Map<ReplicaId, List<String>> runs, @Nullable Dot first, @Nullable Dot last) {
    if (first != null && last != null) {
      runs.computeIfAbsent(first.replica(), r -> new ArrayList<>())
          .add(run(first.replica(), first.sequence(), last.sequence()));
    }
  }

  static String run(ReplicaId replica, long from, long to) {
    return replica + ":" + from + (to > from ? "-" + to : "");
  }

  ReplicaId replica(String text) {
    return replicas.computeIfAbsent(text, ReplicaId::parse);
  }

  private static long number(String digits) {
    long number = digits.isEmpty() ? -1 : Long.parseLong(digits);
    if (!Long.toString(number).equals(digits)) {
      throw new NumberFormatException("not a whole number as it is written: " + shown(digits));
    }
    return number;
  }

  private static int colon(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no dot: " + shown(text) + "; one is node-1:7");
    }
    return colon;
  }

  Dot dot(String text) {
    int colon = colon(text);
    return new Dot(replica(text.substring(0, colon)), number(text.substring(colon + 1)));
  }

  /**
   * Consecutive dots.
   *
   * @param from the first, at least 1
   * @param to the last
   */
  record Run(ReplicaId replica, long from, long to) {}

  /** {@code node-1:1-7}, or {@code node-1:9} for one. */
  Run run(String text) {
    int colon = colon(text);
    int dash = text.indexOf('-', colon);
    long from = number(text.substring(colon + 1, dash < 0 ? text.length() : dash));
    long to = dash < 0 ? from : number(text.substring(dash + 1));
    if (from < 1 || to < from || (dash > 0 && to == from)) {
      throw new IllegalArgumentException(
          "the run " + shown(text) + " is none; one is node-1:1-7, or node-1:9");
    }
    return new Run(replica(text.substring(0, colon)), from, to);
  }

  static HybridTimestamp time(String text) {
    int point = text.indexOf('.');
    if (point < 0) {
      throw new IllegalArgumentException("no time: " + shown(text) + "; one is 1763712000000.5");
    }
    long counter = number(text.substring(point + 1));
    if (counter > HybridTimestamp.MAX_COUNTER) {
      throw new IllegalArgumentException("the counter of a time is at most 65535: " + shown(text));
    }
    return new HybridTimestamp(number(text.substring(0, point)), (int) counter);
  }

  /** Reads runs in order, none of which touches the one before. */
  CausalContext context(List<String> runs, int maxCloud) {
    CausalContext context = CausalContext.empty();
    long beyond = 0;
    ReplicaId before = null;
    long last = 0;
    for (String text : runs) {
      Run run = run(text);
      ReplicaId replica = run.replica();
      long from = run.from();
      long to = run.to();
      boolean same = before != null && replica.equals(before);
      boolean inOrder = same ? from - 1 > last : before == null || before.compareTo(replica) < 0;
      if (!inOrder) {
        throw new IllegalArgumentException(
            "the run " + shown(text) + " is out of order, or touches the one before");
      }
      // What is contiguous is one number in memory; the rest takes a bit for each dot.
      if (from > 1 && to - from >= maxCloud - beyond) {
        throw new IllegalArgumentException(
            "more than the " + maxCloud + " dots that are allowed beyond the contiguous ones");
      }
      beyond += from > 1 ? to - from + 1 : 0;
      context = context.withRange(replica, from, to);
      before = replica;
      last = to;
    }
    return context;
  }

  /** Text of a stranger, as far as it belongs into a message. */
  static String shown(String text) {
    return "'" + (text.length() <= 80 ? text : text.substring(0, 80) + "...") + "'";
  }
}
