package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.ReplicaId;

/**
 * A flag that can be switched on and off; of an {@code enable} and a concurrent {@code disable},
 * the {@code disable} wins. Off at first.
 *
 * <p>An {@code RWSet} of one element. Each switch leaves a dot until the next one that has seen it,
 * so there are at most as many as replicas, and nothing needs to be forgotten by hand.
 *
 * <pre>{@code
 * DisableWinsFlag sharing = DisableWinsFlag.empty();
 * sharing = sharing.merge(sharing.enable(phone));
 * DisableWinsFlag off = sharing.merge(sharing.disable(phone));
 * DisableWinsFlag again = sharing.merge(sharing.enable(laptop));
 * boolean on = off.merge(again).isEnabled();              // false
 * }</pre>
 *
 * <p>Immutable and thread-safe. Mutators return deltas (see {@link
 * dev.converge.crdt.algebra.Crdt}). With {@code w} concurrent writes, all operations cost O(w). Can
 * live in an {@link ORMap}: removing its key takes away all switches seen there, and an {@code
 * enable} concurrent with that removal shows. See Almeida, Shoker, Baquero, <em>Delta State
 * Replicated Data Types</em> (2018), section 7.
 */
public final class DisableWinsFlag extends CausalValue<DisableWinsFlag, DotFun<Boolean>> {
  private static final CausalType<DisableWinsFlag> TYPE =
      CausalType.of(
          "dwflag", DotFun.<Boolean>none(), DisableWinsFlag::new, Switches::checkSwitches);

  private DisableWinsFlag(Causal<DotFun<Boolean>> causal) {
    super(causal);
  }

  /** The flag that nobody has touched: off. */
  public static DisableWinsFlag empty() {
    return TYPE.empty();
  }

  /** The type of flags in a map, and what restores one from its parts. */
  public static CausalType<DisableWinsFlag> type() {
    return TYPE;
  }

  @Override
  DisableWinsFlag with(Causal<DotFun<Boolean>> state) {
    return new DisableWinsFlag(state);
  }

  private DisableWinsFlag write(ReplicaId replica, boolean on) {
    return with(Causal.delta(DotFun.of(causal.next(replica), on), dotsIn(store())));
  }

  /** The delta that switches the flag on, in the name of {@code replica}. */
  public DisableWinsFlag enable(ReplicaId replica) {
    return write(replica, true);
  }

  /** The delta that switches the flag off, in the name of {@code replica}. */
  public DisableWinsFlag disable(ReplicaId replica) {
    return write(replica, false);
  }

  /** Whether the flag is on: somebody has switched it on, and nobody off without seeing that. */
  public boolean isEnabled() {
    return Switches.isOn(store());
  }

  /** {@code enabled} or {@code disabled}. */
  @Override
  public String toString() {
    return isEnabled() ? "enabled" : "disabled";
  }
}
