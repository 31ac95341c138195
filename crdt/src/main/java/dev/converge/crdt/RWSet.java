package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;

/**
 * A set with add and remove in which, of an add and a concurrent remove of one element, the remove
 * wins: an element is in the set if somebody has added it, and nobody removed it without seeing
 * that.
 *
 * <p>For permissions, blocklists and subscriptions, where a wrong "in" is worse than a wrong "out".
 * Of an element that is not here, a removal counts too: it beats adds that it has not seen.
 *
 * <pre>{@code
 * RWSet<String> admins = RWSet.empty();
 * admins = admins.merge(admins.add(phone, "ann"));
 * RWSet<String> removed = admins.merge(admins.remove(phone, "ann"));
 * RWSet<String> added = admins.merge(admins.add(laptop, "ann"));
 * boolean in = removed.merge(added).contains("ann");      // false
 * }</pre>
 *
 * <p><b>Removal records.</b> A removal has to be remembered, as an add that it beats may still be
 * under way. The record goes when the element is added again, when {@link #clear} or the removal of
 * a key of an {@link ORMap} takes it away, or when {@link #forget} is told that the removal is
 * causally stable. So the set holds, besides its elements, at most one record for each replica and
 * each element that was ever removed and neither added again nor forgotten; without {@code forget}
 * it grows with every name that was ever removed. {@code forget} says what its caller must know.
 *
 * <p>Immutable and thread-safe. Mutators return deltas (see {@link
 * dev.converge.crdt.algebra.Crdt}). Adding, removing, asking and merging a delta cost O(delta · log
 * n). See Bieniusa et al., <em>An Optimized Conflict-free Replicated Set</em> (2012); Almeida,
 * Shoker, Baquero, <em>Delta State Replicated Data Types</em> (2018), section 7; Baquero, Almeida,
 * Shoker, <em>Pure Operation-Based Replicated Data Types</em> (2017) for causal stability.
 *
 * @param <E> the elements: immutable, with {@code equals} and {@code hashCode}
 */
public final class RWSet<E> extends RecordedSet<E, Boolean, RWSet<E>> {
  private static final CausalType<RWSet<Object>> TYPE =
      CausalType.of("rwset", DotMap.<Object, DotFun<Boolean>>none(), RWSet::new, RWSet::check);

  private RWSet(Causal<DotMap<E, DotFun<Boolean>>> causal) {
    super(causal);
  }

  /** The set to which nothing has happened. */
  public static <E> RWSet<E> empty() {
    return RWSet.<E>type().empty();
  }

  /** The type of sets in a map, and what restores one from its parts. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // It treats all elements alike.
  public static <E> CausalType<RWSet<E>> type() {
    return (CausalType) TYPE;
  }

  private static void check(DotMap<Object, DotFun<Boolean>> store) {
    Shapes.checkDotFuns(store, Switches::checkSwitches);
  }

  @Override
  RWSet<E> with(Causal<DotMap<E, DotFun<Boolean>>> state) {
    return new RWSet<>(state);
  }

  @Override
  boolean isPresent(DotFun<Boolean> writes) {
    return Switches.isOn(writes);
  }

  @Override
  boolean isGoneForGood(DotFun<Boolean> writes, CausalContext stable) {
    return Switches.isOffForGood(writes, stable);
  }

  private RWSet<E> write(ReplicaId replica, E element, boolean add) {
    Dot dot = causal.next(replica);
    return with(Causal.put(causal, element, DotFun.of(dot, add), dot));
  }

  /**
   * The delta that adds {@code element}, in the name of {@code replica}; removals that are seen
   * here are over. O(log n).
   */
  public RWSet<E> add(ReplicaId replica, E element) {
    return write(replica, element, true);
  }

  /**
   * The delta that removes {@code element}, in the name of {@code replica}, here or not: it beats
   * all adds that have not seen it. O(log n).
   */
  public RWSet<E> remove(ReplicaId replica, E element) {
    return write(replica, element, false);
  }
}
