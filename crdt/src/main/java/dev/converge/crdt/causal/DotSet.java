package dev.converge.crdt.causal;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.persistent.PersistentSet;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A set of dots that are alive, and nothing else about them.
 *
 * <p>Nearly all elements of a set have one dot, so a set of one is the dot's parts and nothing else
 * (24 bytes): that decides what a large set weighs.
 *
 * <pre>{@code
 * DotSet dots = DotSet.of(Dot.of(phone, 1), Dot.of(laptop, 1));
 * int size = dots.size();                                 // 2
 * }</pre>
 */
public abstract sealed class DotSet extends DotStore {
  private static final DotSet EMPTY = new Many(PersistentSet.empty());

  private DotSet() {}

  /** No dots. */
  public static DotSet none() {
    return EMPTY;
  }

  /** This dot. */
  public static DotSet of(Dot dot) {
    return new One(dot.replica(), dot.sequence());
  }

  /**
   * The dot {@code (replica, sequence)}. It keeps the very id, so pass one object for one replica.
   *
   * @throws IllegalArgumentException if the sequence number is below 1
   */
  public static DotSet of(ReplicaId replica, long sequence) {
    if (sequence < 1) {
      throw new IllegalArgumentException("a dot's sequence number starts at 1, not " + sequence);
    }
    return new One(replica, sequence);
  }

  /** These dots. */
  public static DotSet of(Dot... dots) {
    return of(List.of(dots));
  }

  /** These dots. */
  public static DotSet of(Collection<Dot> dots) {
    return ofSet(PersistentSet.copyOf(dots));
  }

  private static DotSet ofSet(PersistentSet<Dot> set) {
    if (set.isEmpty()) {
      return EMPTY;
    }
    return set.size() == 1 ? of(set.iterator().next()) : new Many(set);
  }

  /** The dots, in no order. */
  public abstract Stream<Dot> stream();

  /** The dots, in no order. Unmodifiable; made anew at each call. */
  public abstract List<Dot> dots();

  abstract PersistentSet<Dot> set();

  private DotSet without(Dot dot) {
    if (!contains(dot)) {
      return this;
    }
    return this instanceof One ? EMPTY : ofSet(set().remove(dot));
  }

  @Override
  public final DotSet empty() {
    return EMPTY;
  }

  @Override
  final Class<?> shape() {
    return DotSet.class;
  }

  @Override
  final DotSet apply(CausalContext context, DotStore delta, Dot dot) {
    requireSameShape(this, delta);
    if (!delta.contains(dot)) {
      return without(dot);
    }
    if (contains(dot) || context.contains(dot)) {
      return this;
    }
    if (!isEmpty()) {
      return ofSet(set().add(dot));
    }
    return delta instanceof One one ? one : of(dot);
  }

  @Override
  final DotSet apply(CausalContext context, DotStore delta, Collection<Dot> relevant) {
    requireSameShape(this, delta);
    // First those that go: of a set of one that is replaced, no larger one is made in between.
    DotSet result = this;
    for (Dot dot : relevant) {
      result = delta.contains(dot) ? result : result.without(dot);
    }
    for (Dot dot : relevant) {
      result = delta.contains(dot) ? result.apply(context, delta, dot) : result;
    }
    return result;
  }

  @Override
  final void forEachDifference(
      DotStore other, Consumer<? super Dot> onlyMine, Consumer<? super Dot> onlyTheirs) {
    set().forEachDifference(((DotSet) other).set(), onlyMine, onlyTheirs);
  }

  /** {@code [node-1:3]}. */
  @Override
  public final String toString() {
    return set().toString();
  }

  /** One dot. */
  private static final class One extends DotSet {
    private final ReplicaId replica;
    private final long sequence;

    One(ReplicaId replica, long sequence) {
      this.replica = Objects.requireNonNull(replica, "replica");
      this.sequence = sequence;
    }

    private Dot dot() {
      return new Dot(replica, sequence);
    }

    @Override
    public Stream<Dot> stream() {
      return Stream.of(dot());
    }

    @Override
    public List<Dot> dots() {
      return List.of(dot());
    }

    @Override
    PersistentSet<Dot> set() {
      return PersistentSet.of(dot());
    }

    @Override
    public int size() {
      return 1;
    }

    @Override
    public boolean contains(Dot dot) {
      return sequence == dot.sequence()
          && (replica == dot.replica() || replica.equals(dot.replica()));
    }

    @Override
    public void forEachDot(Consumer<? super Dot> action) {
      action.accept(dot());
    }

    @Override
    public void forEachDotParts(DotParts action) {
      action.accept(replica, sequence);
    }

    @Override
    void addTo(OneDotEach<?> index) {
      index.add(replica, sequence);
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof One other
          && sequence == other.sequence
          && (replica == other.replica || replica.equals(other.replica));
    }

    @Override
    public int hashCode() {
      return dot().hashCode();
    }
  }

  /** No dots, or two and more. */
  private static final class Many extends DotSet {
    private final PersistentSet<Dot> dots;

    Many(PersistentSet<Dot> dots) {
      this.dots = dots;
    }

    @Override
    public Stream<Dot> stream() {
      return dots.stream();
    }

    @Override
    public List<Dot> dots() {
      return dots.stream().toList();
    }

    @Override
    PersistentSet<Dot> set() {
      return dots;
    }

    @Override
    public int size() {
      return dots.size();
    }

    @Override
    public boolean contains(Dot dot) {
      return dots.contains(dot);
    }

    @Override
    public void forEachDot(Consumer<? super Dot> action) {
      dots.forEach(action);
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof Many other && dots.equals(other.dots);
    }

    @Override
    public int hashCode() {
      return dots.hashCode();
    }
  }
}
