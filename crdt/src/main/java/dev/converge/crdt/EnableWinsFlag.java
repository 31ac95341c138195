package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.clock.ReplicaId;

/**
 * A flag that can be switched on and off; of an {@code enable} and a concurrent {@code disable},
 * the {@code enable} wins. Off at first.
 *
 * <p>An {@code ORSet} of one element. Keeps no tombstones; in an {@link ORMap}, a flag that is off
 * leaves nothing under its key.
 *
 * <pre>{@code
 * EnableWinsFlag flag = EnableWinsFlag.empty();
 * flag = flag.merge(flag.enable(phone));
 * EnableWinsFlag off = flag.merge(flag.disable());
 * EnableWinsFlag again = flag.merge(flag.enable(laptop));
 * boolean on = off.merge(again).isEnabled();              // true
 * }</pre>
 *
 * <p>Immutable and thread-safe. Mutators return deltas (see {@link
 * dev.converge.crdt.algebra.Crdt}). With {@code w} concurrent writes, all operations cost O(w). See
 * Almeida, Shoker, Baquero, <em>Delta State Replicated Data Types</em> (2018), section 7.
 */
public final class EnableWinsFlag extends CausalValue<EnableWinsFlag, DotSet> {
  private static final CausalType<EnableWinsFlag> TYPE =
      CausalType.of("ewflag", DotSet.none(), EnableWinsFlag::new, store -> {});

  private EnableWinsFlag(Causal<DotSet> causal) {
    super(causal);
  }

  /** The flag that nobody has touched: off. */
  public static EnableWinsFlag empty() {
    return TYPE.empty();
  }

  /** The type of flags in a map, and what restores one from its parts. */
  public static CausalType<EnableWinsFlag> type() {
    return TYPE;
  }

  @Override
  EnableWinsFlag with(Causal<DotSet> state) {
    return new EnableWinsFlag(state);
  }

  /** The delta that switches the flag on, in the name of {@code replica}. */
  public EnableWinsFlag enable(ReplicaId replica) {
    return with(Causal.delta(DotSet.of(causal.next(replica)), dotsIn(store())));
  }

  /** The delta that switches the flag off: it takes away what has been switched on as seen here. */
  public EnableWinsFlag disable() {
    return clear();
  }

  /** Whether the flag is on. */
  public boolean isEnabled() {
    return !store().isEmpty();
  }

  /** {@code enabled} or {@code disabled}. */
  @Override
  public String toString() {
    return isEnabled() ? "enabled" : "disabled";
  }
}
