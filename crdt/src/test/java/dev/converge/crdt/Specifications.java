package dev.converge.crdt;

import dev.converge.crdt.Subjects.Kind;
import dev.converge.crdt.Subjects.Op;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.testing.Event;
import dev.converge.crdt.testing.History;
import dev.converge.crdt.testing.View;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What each type should show, said over the visible operations and their happened-before. */
final class Specifications {
  private Specifications() {}

  static Predicate<Op> is(Kind kind) {
    return op -> op.is(kind);
  }

  static Predicate<Op> on(String key) {
    return op -> op.key().equals(key);
  }

  static Predicate<Op> of(String element) {
    return op -> op.element().equals(element);
  }

  private static BigInteger signed(Op op) {
    return op.is(Kind.DECREMENT) ? op.by().negate() : op.by();
  }

  private static final Predicate<Op> CHANGE = is(Kind.INCREMENT).or(is(Kind.DECREMENT));

  /** The sum of what all have added and taken away. */
  static BigInteger sum(View<Op> view) {
    return view.events(CHANGE)
        .map(e -> signed(e.operation()))
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  /** The elements that were ever added. */
  static Set<String> everAdded(View<Op> view) {
    return view.events(is(Kind.ADD)).map(e -> e.operation().element()).collect(Collectors.toSet());
  }

  /** The elements with an add that no removal has seen: add wins. */
  static Set<String> added(View<Op> view, Predicate<Op> scope, Predicate<Op> removesAll) {
    return view.events(scope.and(is(Kind.ADD)))
        .filter(
            add -> {
              Predicate<Op> removesThis =
                  scope.and(is(Kind.REMOVE)).and(of(add.operation().element()));
              return !view.isFollowedBy(add, removesThis.or(removesAll));
            })
        .map(add -> add.operation().element())
        .collect(Collectors.toSet());
  }

  static Set<String> added(View<Op> view) {
    return added(view, op -> true, is(Kind.CLEAR));
  }

  /** The last of {@code writes}, by (time, replica), of those that no removal has seen. */
  static Optional<Event<Op>> lastWrite(View<Op> view, Predicate<Op> writes, Predicate<Op> removes) {
    return view.events(writes)
        .filter(write -> !view.isFollowedBy(write, removes))
        .max(
            Comparator.<Event<Op>, HybridTimestamp>comparing(Event::time)
                .thenComparing(Event::replica));
  }

  static Optional<String> lastWritten(View<Op> view, Predicate<Op> scope, Predicate<Op> removes) {
    return lastWrite(view, scope.and(is(Kind.SET)), removes)
        .map(write -> write.operation().element());
  }

  static Optional<String> lastWritten(View<Op> view) {
    return lastWritten(view, op -> true, is(Kind.CLEAR));
  }

  /**
   * For each writer, the sum of its changes since the last removal it had seen when it made them; a
   * removal takes away all of that sum or, if it has missed the writer's last change, nothing.
   * Empty if no writer has a sum.
   */
  static Optional<BigInteger> counted(View<Op> view, Predicate<Op> scope, Predicate<Op> removes) {
    BigInteger total = null;
    for (int writer = 0; writer < History.REPLICAS.size(); writer++) {
      int origin = writer;
      List<Event<Op>> own =
          view.events(scope.and(CHANGE)).filter(e -> e.origin() == origin).toList();
      BigInteger sum = BigInteger.ZERO;
      for (int i = 0; i < own.size(); i++) {
        boolean removed = i > 0 && view.seenBy(own.get(i)).isFollowedBy(own.get(i - 1), removes);
        sum = (removed ? BigInteger.ZERO : sum).add(signed(own.get(i).operation()));
      }
      if (!own.isEmpty() && !view.isFollowedBy(own.get(own.size() - 1), removes)) {
        total = (total == null ? BigInteger.ZERO : total).add(sum);
      }
    }
    return Optional.ofNullable(total);
  }

  static BigInteger counted(View<Op> view) {
    return counted(view, op -> true, is(Kind.CLEAR)).orElse(BigInteger.ZERO);
  }

  /**
   * The rights of each replica: what it added and was given, less what it took and gave. A
   * decrement or transfer counts if its origin, by what it had seen, had the rights to it.
   */
  static SortedMap<ReplicaId, BigInteger> rights(View<Op> view) {
    Set<Event<Op>> counting = new HashSet<>();
    // Causes have smaller numbers than effects.
    List<Event<Op>> ordered = new ArrayList<>(view.events());
    ordered.sort(Comparator.comparing(Event::id));
    for (Event<Op> e : ordered) {
      BigInteger had =
          balances(counting.stream().filter(c -> view.before(c, e)).toList())
              .getOrDefault(e.replica(), BigInteger.ZERO);
      if (e.operation().is(Kind.INCREMENT) || had.compareTo(e.operation().by()) >= 0) {
        counting.add(e);
      }
    }
    SortedMap<ReplicaId, BigInteger> rights = balances(counting);
    rights.values().removeIf(amount -> amount.signum() == 0);
    return rights;
  }

  private static SortedMap<ReplicaId, BigInteger> balances(Collection<Event<Op>> counting) {
    SortedMap<ReplicaId, BigInteger> balances = new TreeMap<>();
    for (Event<Op> e : counting) {
      BigInteger by = e.operation().by();
      boolean adds = e.operation().is(Kind.INCREMENT);
      balances.merge(e.replica(), adds ? by : by.negate(), BigInteger::add);
      if (e.operation().is(Kind.TRANSFER)) {
        balances.merge(Subjects.receiver(e), by, BigInteger::add);
      }
    }
    return balances;
  }

  /** For each key that was ever touched, what is under it, if anything. */
  static <V> Map<String, V> byKey(
      View<Op> view, Function<Op, String> key, Function<String, Optional<V>> under) {
    Map<String, V> result = new HashMap<>();
    view.events().stream()
        .map(e -> key.apply(e.operation()))
        .distinct()
        .forEach(k -> under.apply(k).ifPresent(v -> result.put(k, v)));
    return result;
  }

  private static Predicate<Op> removesKey(String key) {
    return is(Kind.REMOVE_KEY).and(on(key));
  }

  static Map<String, Set<String>> mapOfSets(View<Op> view) {
    return byKey(
        view,
        Op::key,
        k -> Optional.of(added(view, on(k), removesKey(k))).filter(set -> !set.isEmpty()));
  }

  static Map<String, BigInteger> mapOfCounters(View<Op> view) {
    return byKey(view, Op::key, k -> counted(view, on(k), removesKey(k)));
  }

  static Map<String, String> mapOfRegisters(View<Op> view) {
    return byKey(view, Op::key, k -> lastWritten(view, on(k), removesKey(k)));
  }

  static Map<String, Map<String, BigInteger>> mapOfMaps(View<Op> view) {
    return byKey(
        view,
        Op::key,
        k ->
            Optional.of(
                    byKey(
                        view,
                        Op::element,
                        inner -> {
                          Predicate<Op> scope = on(k).and(of(inner));
                          Predicate<Op> removes = scope.and(is(Kind.REMOVE)).or(removesKey(k));
                          return counted(view, scope, removes);
                        }))
                .filter(map -> !map.isEmpty()));
  }

  /** Key, then type, then value; a type is there if its mark or something of its value is. */
  static Map<String, Map<String, Object>> mapOfVariants(View<Op> view) {
    Predicate<Op> set = is(Kind.ADD).or(is(Kind.REMOVE));
    return byKey(
        view,
        Op::key,
        k -> {
          Predicate<Op> gone = removesKey(k);
          Map<String, Object> types = new HashMap<>();
          Optional<BigInteger> count = counted(view, on(k), gone);
          if (count.isPresent() || isMarked(view, on(k).and(CHANGE), gone)) {
            types.put("pncounter", count.orElse(BigInteger.ZERO));
          }
          Set<String> elements = added(view, on(k), gone);
          if (!elements.isEmpty() || isMarked(view, on(k).and(set), gone)) {
            types.put("orset", elements);
          }
          Optional<String> written = lastWritten(view, on(k), gone);
          if (written.isPresent() || isMarked(view, on(k).and(is(Kind.SET)), gone)) {
            types.put("lwwregister", written);
          }
          return types.isEmpty() ? Optional.empty() : Optional.of(types);
        });
  }

  /** An update makes a mark if it sees none alive; a mark is alive until a removal has seen it. */
  private static boolean isMarked(View<Op> view, Predicate<Op> updates, Predicate<Op> removes) {
    List<Event<Op>> marks = new ArrayList<>();
    view.events(updates)
        .forEach(
            update -> {
              View<Op> past = view.seenBy(update);
              boolean marked =
                  marks.stream()
                      .anyMatch(m -> view.before(m, update) && !past.isFollowedBy(m, removes));
              if (!marked) {
                marks.add(update);
              }
            });
    return marks.stream().anyMatch(mark -> !view.isFollowedBy(mark, removes));
  }
}
