package dev.converge.crdt.causal;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * What is alive in a causal value, by dots: a {@link DotSet}, a {@link DotFun} that says something
 * about each dot, or a {@link DotMap} of stores by key.
 *
 * <p>The causal join of stores {@code s}, {@code t} with contexts {@code c}, {@code d} keeps the
 * dots that are in both, those of {@code s} that {@code d} has not seen, and those of {@code t}
 * that {@code c} has not seen. (Almeida, Shoker, Baquero 2018, section 7.)
 *
 * <p>Immutable and thread-safe. A store's <em>shape</em> is its class and, for a map, what its
 * values are; only stores of one shape are joined.
 *
 * <pre>{@code
 * DotStore store = carts.causal().store();
 * List<Dot> alive = new ArrayList<>();
 * store.forEachDot(alive::add);
 * }</pre>
 */
public abstract sealed class DotStore permits DotSet, DotFun, DotMap {
  DotStore() {}

  /** How many dots. O(1). */
  public abstract int size();

  /** Whether there are no dots. */
  public final boolean isEmpty() {
    return size() == 0;
  }

  /** Whether {@code dot} is alive. O(log n). */
  public abstract boolean contains(Dot dot);

  /** Calls {@code action} for each dot, in no order. O(n). */
  public abstract void forEachDot(Consumer<? super Dot> action);

  /** Takes a dot by its parts. */
  @FunctionalInterface
  public interface DotParts {
    /** The dot {@code (replica, sequence)}. */
    void accept(ReplicaId replica, long sequence);
  }

  /** Calls {@code action} for each dot, in no order, and makes no object for the only dot. O(n). */
  public void forEachDotParts(DotParts action) {
    forEachDot(dot -> action.accept(dot.replica(), dot.sequence()));
  }

  /** Adds the dots to {@code index}. */
  void addTo(OneDotEach<?> index) {
    forEachDot(dot -> index.add(dot.replica(), dot.sequence()));
  }

  /**
   * Whether {@code vector} is known to have seen all dots: a quick answer that spares most callers
   * to go through them. False if it has not, or if that takes more than a look.
   */
  boolean isSurelyWithin(VersionVector vector) {
    return false;
  }

  /** The store of this shape without dots. */
  public abstract DotStore empty();

  /** The class that a store of this shape is told apart by. */
  abstract Class<?> shape();

  /** As the other, for one dot. */
  abstract DotStore apply(CausalContext context, DotStore delta, Dot dot);

  /**
   * The causal join restricted to {@code dots}, which have all been seen by {@code delta}'s side;
   * every dot that matters must be among them, others do no harm. O(dots · log n).
   *
   * @param context what this side has seen
   * @throws DotConflictException if one of {@code dots} has different contents on both sides
   */
  abstract DotStore apply(CausalContext context, DotStore delta, Collection<Dot> dots);

  /**
   * Calls the actions for the dots that only one side has, skipping parts that both share. Of a dot
   * that both have, a map compares the keys by their hash codes only.
   *
   * @throws DotConflictException if a dot is met that has different contents on both sides
   */
  abstract void forEachDifference(
      DotStore other, Consumer<? super Dot> onlyMine, Consumer<? super Dot> onlyTheirs);

  /**
   * The causal join of two stores of one shape, in O(delta · log n): either the dots that one
   * context has are gone through, if they are few, or the dots in which the stores differ. The very
   * object {@code mine} if nothing changes for it.
   */
  static <S extends DotStore> S join(
      S mine, CausalContext seenByMe, S theirs, CausalContext seenByThem) {
    if (mine == theirs) {
      return mine;
    }
    requireSameShape(mine, theirs);
    Dot one = seenByThem.only();
    if (one != null) {
      return apply(mine, seenByMe, theirs, one);
    }
    if (isFew(seenByThem, mine)) {
      return apply(mine, seenByMe, theirs, relevant(theirs, seenByThem, seenByMe));
    }
    Dot own = seenByMe.only();
    if (own != null) {
      return apply(theirs, seenByThem, mine, own);
    }
    if (isFew(seenByMe, theirs)) {
      return apply(theirs, seenByThem, mine, relevant(mine, seenByMe, seenByThem));
    }
    List<Dot> changeMine = new ArrayList<>();
    List<Dot> changeTheirs = new ArrayList<>();
    mine.forEachDifference(
        theirs,
        dot -> (seenByThem.contains(dot) ? changeMine : changeTheirs).add(dot),
        dot -> (seenByMe.contains(dot) ? changeTheirs : changeMine).add(dot));
    return changeMine.size() <= changeTheirs.size()
        ? apply(mine, seenByMe, theirs, changeMine)
        : apply(theirs, seenByThem, mine, changeTheirs);
  }

  /** Whether to go through the dots that have been seen is cheaper than to compare the stores. */
  private static boolean isFew(CausalContext seen, DotStore store) {
    long dots = seen.size();
    return dots <= 4 || dots <= store.size() / 4;
  }

  @SuppressWarnings("unchecked") // apply keeps the shape.
  private static <S extends DotStore> S apply(
      S store, CausalContext seen, S delta, List<Dot> dots) {
    return switch (dots.size()) {
      case 0 -> store;
      case 1 -> apply(store, seen, delta, dots.get(0));
      default -> (S) store.apply(seen, delta, dots);
    };
  }

  @SuppressWarnings("unchecked") // apply keeps the shape.
  private static <S extends DotStore> S apply(S store, CausalContext seen, S delta, Dot dot) {
    return (S) store.apply(seen, delta, dot);
  }

  /**
   * The dots of a delta that matter to whoever has seen {@code base}: what is new and alive, and
   * what both have seen. What is dead before it comes is left out, such as all but the last of many
   * writes to one counter.
   */
  private static List<Dot> relevant(DotStore delta, CausalContext seen, CausalContext base) {
    List<Dot> dots = new ArrayList<>(4);
    delta.forEachDot(
        dot -> {
          if (!base.contains(dot)) {
            dots.add(dot);
          }
        });
    seen.forEachCommon(base, dots::add);
    return dots;
  }

  static void requireSameShape(DotStore mine, DotStore theirs) {
    if (mine.shape() != theirs.shape()) {
      throw new IllegalArgumentException(
          "a "
              + mine.shape().getSimpleName()
              + " cannot be joined with a "
              + theirs.shape().getSimpleName()
              + ": the values are of different types");
    }
  }
}
