package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * A value whose type is chosen by whoever writes it first: what a map of values of different types
 * holds.
 *
 * <p>If two replicas choose different types at the same time, both values are kept; all replicas
 * show the same one, that of the smallest creation dot, and the others are shadowed until they are
 * removed. A type that has been chosen leaves a mark (a dot) beside its value, so a set whose
 * elements are all gone is an empty set and not nothing.
 *
 * <pre>{@code
 * ORMap<String, Variant> data = ORMap.empty(Variant.type());
 * data = data.merge(data.update("hits",
 *     v -> v.update(replica, CausalPNCounter.type(), c -> c.increment(replica, 5))));
 * }</pre>
 *
 * <p>Immutable and thread-safe. Mutators return deltas. With {@code t} types and {@code m} marks
 * (one a type, more only after concurrent creation), its own operations cost O(t + m).
 */
public final class Variant extends CausalValue<Variant, DotMap<String, DotStore>> {
  /** The key of the marks; no type can have this name. */
  public static final String MARKS = "@created";

  private static final CausalType<Variant> TYPE =
      CausalType.of("variant", DotMap.<String, DotStore>none(), Variant::new, Variant::check);

  private Variant(Causal<DotMap<String, DotStore>> causal) {
    super(causal);
  }

  /** The value that nobody has written. */
  public static Variant empty() {
    return TYPE.empty();
  }

  /**
   * The type of variants in a map, and what restores one from its parts. It checks the marks; the
   * values under the names of types are for {@link CausalType#check} of those types.
   */
  public static CausalType<Variant> type() {
    return TYPE;
  }

  private static void check(DotMap<String, DotStore> store) {
    for (Map.Entry<?, DotStore> e : store) {
      Shapes.require(
          e.getKey() instanceof String, () -> "the name of a type is not text: " + e.getKey());
    }
    DotStore marks = store.get(MARKS);
    Shapes.require(
        marks == null || marks instanceof DotFun<?>,
        () -> "the marks of a variant are no dots with names");
    if (marks instanceof DotFun<?> fun) {
      for (Map.Entry<Dot, ?> e : fun) {
        Shapes.require(e.getValue() instanceof String, () -> "the mark " + e + " names no type");
      }
    }
  }

  @Override
  Variant with(Causal<DotMap<String, DotStore>> state) {
    return new Variant(state);
  }

  private DotFun<String> marks() {
    return Causal.at(causal, MARKS, DotFun.<String>none()).store();
  }

  private boolean isMarked(String name) {
    for (Map.Entry<Dot, String> e : marks()) {
      if (e.getValue().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The delta that changes the value of {@code type}, and marks the type as chosen if it is not.
   *
   * @param mutation given the value, or the empty one, returns the delta of the change
   */
  public <V extends CausalCrdt<V>> Variant update(
      ReplicaId replica, CausalType<V> type, UnaryOperator<V> mutation) {
    if (isMarked(type.name())) {
      // Without a mark to merge, the delta keeps what it comes to.
      V change = mutation.apply(type.at(causal, type.name()));
      return with(Causal.nested(causal, type.name(), change.causal()));
    }
    Variant mark = mark(replica, type);
    Variant marked = merge(mark);
    V delta = mutation.apply(type.at(marked.causal, type.name()));
    return mark.merge(with(Causal.nested(marked.causal, type.name(), delta.causal())));
  }

  /** The delta that marks {@code type} as chosen: an empty value of that type. */
  public Variant mark(ReplicaId replica, CausalType<?> type) {
    Shapes.require(!type.name().equals(MARKS), () -> "no type can be named " + MARKS);
    DotStore mark = DotFun.of(causal.next(replica), type.name());
    return with(Causal.delta(DotMap.of(MARKS, mark), List.of()));
  }

  /** The delta that removes the value of {@code type}, as far as it is seen here. */
  public Variant remove(CausalType<?> type) {
    List<Dot> dots = new ArrayList<>();
    marks()
        .forEach(
            (dot, name) -> {
              if (name.equals(type.name())) {
                dots.add(dot);
              }
            });
    DotStore value = store().get(type.name());
    if (value != null) {
      value.forEachDot(dots::add);
    }
    return with(Causal.delta(DotMap.none(), dots));
  }

  /** The value of {@code type}, shown or shadowed; empty if that type has not been chosen. */
  public <V extends CausalCrdt<V>> Optional<V> get(CausalType<V> type) {
    return isMarked(type.name()) || store().containsKey(type.name())
        ? Optional.of(type.at(causal, type.name()))
        : Optional.empty();
  }

  /** Whether that type has been chosen once, and no other. O(1), where {@link #types} sorts. */
  public boolean isOnly(CausalType<?> type) {
    DotStore marks = store().get(MARKS);
    return marks != null
        && marks.size() == 1
        && isMarked(type.name())
        && store().keyCount() == (store().containsKey(type.name()) ? 2 : 1);
  }

  /** The name of the type that all replicas show; empty if there is none. */
  public Optional<String> shown() {
    return types().stream().findFirst();
  }

  /** The names of the chosen types: first the one shown, then the shadowed ones. */
  public List<String> types() {
    Map<String, Dot> creation = new TreeMap<>();
    marks().forEach((dot, name) -> creation.merge(name, dot, Variant::smaller));
    for (Map.Entry<String, DotStore> e : store()) {
      // Without a mark (a removal took it, and missed a concurrent write) the value speaks.
      if (!e.getKey().equals(MARKS) && !creation.containsKey(e.getKey())) {
        e.getValue().forEachDot(dot -> creation.merge(e.getKey(), dot, Variant::smaller));
      }
    }
    return creation.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Dot smaller(Dot a, Dot b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  /** {@code type=store} of each type, the shown one first. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String name : types()) {
      DotStore value = store().get(name);
      text.append(text.isEmpty() ? "" : ", shadowed ").append(name).append('=');
      text.append(value == null ? "(empty)" : value);
    }
    return text.isEmpty() ? "(unwritten)" : text.toString();
  }
}
