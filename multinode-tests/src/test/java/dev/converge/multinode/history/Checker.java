package dev.converge.multinode.history;

import dev.converge.multinode.history.Anomaly.Kind;
import dev.converge.multinode.history.Operation.Action;
import dev.converge.multinode.history.Operation.Level;
import dev.converge.multinode.history.Operation.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds the broken promises in a history. What was removed, or may have been, need be nowhere; no
 * fault excuses anything, as every node's disk outlives it. O(operations · elements of a key).
 */
public final class Checker {
  private final List<Operation> operations;
  private final Map<String, Operation> adds = new HashMap<>();
  private final Set<String> removed = new HashSet<>();
  private final List<Anomaly> anomalies = new ArrayList<>();

  private Checker(List<Operation> operations) {
    this.operations = operations;
    for (Operation operation : operations) {
      if (operation.action() == Action.ADD) {
        adds.put(element(operation), operation);
      } else if (operation.action() == Action.REMOVE && operation.outcome() != Outcome.REFUSED) {
        removed.add(element(operation));
      }
    }
  }

  /**
   * The broken promises.
   *
   * @param operations in the order in which they began
   * @param nodes all of whom must have been read at the end
   */
  public static List<Anomaly> check(List<Operation> operations, Collection<String> nodes) {
    Checker checker = new Checker(operations);
    checker.eachAnswer();
    checker.sessions();
    checker.majorities();
    checker.finality();
    checker.ends(nodes);
    return checker.anomalies;
  }

  private static String element(Operation operation) {
    return operation.key() + " " + operation.value();
  }

  private void found(Kind kind, String what) {
    anomalies.add(new Anomaly(kind, what));
  }

  private static String where(Operation operation) {
    return "%s of %s by session %d at %s, %.3f s"
        .formatted(
            operation.action(),
            operation.key(),
            operation.session(),
            operation.node(),
            operation.from() / 1e6);
  }

  /** Nothing is there twice, and nothing that nobody has added. */
  private void eachAnswer() {
    for (Operation answer : operations) {
      if (answer.action() != Action.HISTORY && answer.outcome() == Outcome.OK) {
        Set<String> once = new HashSet<>();
        for (String element : answer.seen()) {
          Operation add = adds.get(answer.key() + " " + element);
          if (add == null || add.outcome() == Outcome.REFUSED || add.from() > answer.to()) {
            found(Kind.INVENTED, element + " in " + where(answer));
          }
          if (!once.add(element)) {
            found(Kind.DOUBLED, element + " in " + where(answer));
          }
        }
      }
    }
  }

  /** What a session has seen or written, it sees from then on, where it asks for that. */
  private void sessions() {
    Map<String, Set<String>> known = new HashMap<>();
    for (Operation operation : operations) {
      if (operation.isOfStore()
          || operation.outcome() != Outcome.OK
          || operation.level() == Level.LOCAL
          || operation.action() == Action.HISTORY
          || operation.action() == Action.LAST_READ
          || isMajorityRead(operation)) {
        continue;
      }
      Set<String> sees =
          known.computeIfAbsent(
              operation.session() + " " + operation.key(), session -> new HashSet<>());
      if (operation.action() == Action.ADD) {
        sees.add(operation.value());
      }
      requireSeen(Kind.SESSION, operation, sees);
      sees.addAll(operation.seen());
    }
  }

  private static boolean isMajorityRead(Operation operation) {
    return operation.action() == Action.READ && operation.level() == Level.MAJORITY;
  }

  private void requireSeen(Kind kind, Operation read, Collection<String> elements) {
    Set<String> seen = new HashSet<>(read.seen());
    for (String element : elements) {
      if (!seen.contains(element) && !removed.contains(read.key() + " " + element)) {
        found(kind, element + " is not in " + where(read));
      }
    }
  }

  private void majorities() {
    Map<String, List<Operation>> written = new HashMap<>();
    for (Operation add : adds.values()) {
      if (add.level() == Level.MAJORITY && add.outcome() == Outcome.OK) {
        written.computeIfAbsent(add.key(), key -> new ArrayList<>()).add(add);
      }
    }
    for (Operation read : operations) {
      if (isMajorityRead(read) && read.outcome() == Outcome.OK) {
        List<String> before = new ArrayList<>();
        for (Operation add : written.getOrDefault(read.key(), List.of())) {
          if (add.to() < read.from()) {
            before.add(add.value());
          }
        }
        requireSeen(Kind.MAJORITY, read, before);
      }
    }
  }

  /** Of all that was seen of a key's final events, the shorter is the beginning of the longer. */
  private void finality() {
    Map<String, Operation> longest = new HashMap<>();
    List<Operation> reads =
        operations.stream()
            .filter(it -> it.action() == Action.HISTORY && it.outcome() == Outcome.OK)
            .toList();
    for (Operation read : reads) {
      longest.merge(read.key(), read, (a, b) -> a.seen().size() >= b.seen().size() ? a : b);
    }
    for (Operation read : reads) {
      Operation most = longest.get(read.key());
      if (most != null && !most.seen().subList(0, read.seen().size()).equals(read.seen())) {
        found(
            Kind.FINAL_CHANGED,
            where(read) + " " + difference(read.seen(), most.seen()) + " in " + where(most));
      }
    }
  }

  private static String difference(List<String> less, List<String> more) {
    int at = 0;
    while (less.get(at).equals(more.get(at))) {
      at++;
    }
    return "has at place " + at + " " + less.get(at) + ", which is " + more.get(at);
  }

  private void ends(Collection<String> nodes) {
    Map<String, Map<String, Operation>> byKey = new TreeMap<>();
    for (Operation operation : operations) {
      byKey.computeIfAbsent(operation.key(), key -> new TreeMap<>());
      if (operation.action() == Action.LAST_READ && operation.outcome() == Outcome.OK) {
        byKey.get(operation.key()).put(operation.node(), operation);
      }
    }
    byKey.forEach(
        (key, reads) -> {
          Set<String> digests = new HashSet<>();
          for (String node : nodes) {
            Operation read = reads.get(node);
            if (read == null) {
              found(Kind.UNREAD, key + " at " + node);
            } else {
              digests.add(read.value());
              lost(read);
            }
          }
          if (digests.size() > 1) {
            found(Kind.DIFFERENT, key + " at " + nodes);
          }
        });
  }

  private void lost(Operation last) {
    Set<String> there = new HashSet<>(last.seen());
    for (Operation add : adds.values()) {
      if (add.key().equals(last.key())
          && add.outcome() == Outcome.OK
          && !there.contains(add.value())
          && !removed.contains(element(add))) {
        found(
            Kind.LOST,
            add.value() + ", acknowledged to " + where(add) + ", is not at " + last.node());
      }
    }
  }
}
