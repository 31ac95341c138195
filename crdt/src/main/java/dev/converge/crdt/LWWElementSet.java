package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;

/**
 * A set with add and remove in which time decides: an element is in the set if the last write about
 * it, by (hybrid time, replica id), is an add.
 *
 * <p>For presence and likes, where what was done last is what is meant, and nothing depends on it.
 * A clock that runs ahead wins; where that matters, take an {@link ORSet} or an {@link RWSet}.
 *
 * <pre>{@code
 * LWWElementSet<String> online = LWWElementSet.empty();
 * online = online.merge(online.add(phone, new HybridTimestamp(1_000, 0), "ann"));
 * LWWElementSet<String> left = online.merge(
 *     online.remove(phone, new HybridTimestamp(2_000, 0), "ann"));
 * LWWElementSet<String> back = online.merge(
 *     online.add(laptop, new HybridTimestamp(2_001, 0), "ann"));
 * boolean in = left.merge(back).contains("ann");          // true
 * }</pre>
 *
 * <p><b>Removal records.</b> A removal has to be remembered with its time, as an older add may
 * still be under way. The record goes when a later add replaces it, when {@link #clear} or the
 * removal of a key of an {@link ORMap} takes it away, or when {@link #forget} is told that the
 * removal is causally stable. So the set holds, besides its elements, a record of every element
 * that was ever removed and neither added again nor forgotten (more than one only after concurrent
 * removals, at most one for each replica). {@code forget} says what its caller must know; with it,
 * writers must let their clocks observe what they merge, or a write with an older time than a
 * forgotten removal shows.
 *
 * <p>Immutable and thread-safe. Mutators return deltas (see {@link
 * dev.converge.crdt.algebra.Crdt}). Adding, removing, asking and merging a delta cost O(delta · log
 * n). See Shapiro et al., <em>A Comprehensive Study of Convergent and Commutative Replicated Data
 * Types</em> (2011), section 3.3.3; Kulkarni et al. (2014) for the time.
 *
 * @param <E> the elements: immutable, with {@code equals} and {@code hashCode}
 */
public final class LWWElementSet<E> extends RecordedSet<E, Timestamped<Boolean>, LWWElementSet<E>> {
  private static final CausalType<LWWElementSet<Object>> TYPE =
      CausalType.of(
          "lwwset",
          DotMap.<Object, DotFun<Timestamped<Boolean>>>none(),
          LWWElementSet::new,
          LWWElementSet::check);

  private LWWElementSet(Causal<DotMap<E, DotFun<Timestamped<Boolean>>>> causal) {
    super(causal);
  }

  /** The set to which nothing has happened. */
  public static <E> LWWElementSet<E> empty() {
    return LWWElementSet.<E>type().empty();
  }

  /** The type of sets in a map, and what restores one from its parts. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // It treats all elements alike.
  public static <E> CausalType<LWWElementSet<E>> type() {
    return (CausalType) TYPE;
  }

  private static void check(DotMap<Object, DotFun<Timestamped<Boolean>>> store) {
    Shapes.checkDotFuns(
        store,
        writes -> {
          Writes.check(writes);
          for (var e : writes) {
            Shapes.require(
                e.getValue() instanceof Timestamped<?> t && t.value() instanceof Boolean,
                () -> "the write " + e + " is neither true nor false");
          }
        });
  }

  @Override
  LWWElementSet<E> with(Causal<DotMap<E, DotFun<Timestamped<Boolean>>>> state) {
    return new LWWElementSet<>(state);
  }

  @Override
  boolean isPresent(DotFun<Timestamped<Boolean>> writes) {
    var last = Writes.last(writes);
    return last != null && last.getValue().value();
  }

  @Override
  boolean isGoneForGood(DotFun<Timestamped<Boolean>> writes, CausalContext stable) {
    var last = Writes.last(writes);
    return last != null && !last.getValue().value() && stable.contains(last.getKey());
  }

  private LWWElementSet<E> write(ReplicaId replica, HybridTimestamp time, E element, boolean add) {
    Dot dot = causal.next(replica);
    Timestamped<Boolean> write = new Timestamped<>(time, add);
    return with(
        Causal.put(
            causal,
            element,
            DotFun.of(dot, write),
            dot,
            Writes.overwritten(store().get(element), dot, write)));
  }

  /**
   * The delta that adds {@code element} at {@code time}, in the name of {@code replica}. It shows
   * only if {@code time} is later than what has been written about the element: let the clock
   * observe that first. O(log n).
   */
  public LWWElementSet<E> add(ReplicaId replica, HybridTimestamp time, E element) {
    return write(replica, time, element, true);
  }

  /**
   * The delta that removes {@code element} at {@code time}, in the name of {@code replica}, here or
   * not: it beats all adds that are older. O(log n).
   */
  public LWWElementSet<E> remove(ReplicaId replica, HybridTimestamp time, E element) {
    return write(replica, time, element, false);
  }
}
