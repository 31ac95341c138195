package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.util.Optional;

/**
 * A last-writer-wins register inside a map: it shows the write that is last by (hybrid time,
 * replica id).
 *
 * <p>Concurrent writes stay side by side, unseen, until a later write or a removal has seen them.
 * They have to: a register that kept only the winner could not tell, when the winner is removed,
 * what of the others the removal had seen, and replicas would part. So after a removal a register
 * can show an older write, one that the removal had not seen. For a register on its own, {@link
 * LWWRegister} is smaller.
 *
 * <pre>{@code
 * ORMap<String, CausalLWWRegister<String>> names = ORMap.empty(CausalLWWRegister.type());
 * HybridTimestamp time = new HybridTimestamp(1_000, 0);
 * names = names.merge(names.update("user-1", r -> r.set(phone, time, "Ann")));
 * String name = names.get("user-1").flatMap(CausalLWWRegister::value).orElse("?");   // Ann
 * }</pre>
 *
 * <p>Immutable and thread-safe. Mutators return deltas. With {@code w} concurrent writes, all
 * operations cost O(w).
 *
 * @param <T> the value: immutable, with {@code equals} by meaning
 */
public final class CausalLWWRegister<T>
    extends CausalValue<CausalLWWRegister<T>, DotFun<Timestamped<T>>> {
  private static final CausalType<CausalLWWRegister<Object>> TYPE =
      CausalType.of(
          "lwwregister", DotFun.<Timestamped<Object>>none(), CausalLWWRegister::new, Writes::check);

  private CausalLWWRegister(Causal<DotFun<Timestamped<T>>> causal) {
    super(causal);
  }

  /** The register that nobody has written. */
  public static <T> CausalLWWRegister<T> empty() {
    return CausalLWWRegister.<T>type().empty();
  }

  /** The type of registers in a map, and what restores one from its parts. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // It treats all values alike.
  public static <T> CausalType<CausalLWWRegister<T>> type() {
    return (CausalType) TYPE;
  }

  @Override
  CausalLWWRegister<T> with(Causal<DotFun<Timestamped<T>>> state) {
    return new CausalLWWRegister<>(state);
  }

  /**
   * The delta that writes {@code value}, in the name of {@code replica}. It shows only if {@code
   * time} is later than {@link #time}: let the clock observe that first.
   */
  public CausalLWWRegister<T> set(ReplicaId replica, HybridTimestamp time, T value) {
    Dot dot = causal.next(replica);
    Timestamped<T> write = new Timestamped<>(time, value);
    return with(Causal.delta(DotFun.of(dot, write), Writes.overwritten(store(), dot, write)));
  }

  /** What the last write wrote; empty if there is none. */
  public Optional<T> value() {
    var last = Writes.last(store());
    return last == null ? Optional.empty() : Optional.of(last.getValue().value());
  }

  /** When the last write was made; empty if there is none. */
  public Optional<HybridTimestamp> time() {
    var last = Writes.last(store());
    return last == null ? Optional.empty() : Optional.of(last.getValue().time());
  }

  /** Who made the last write; empty if there is none. */
  public Optional<ReplicaId> writer() {
    var last = Writes.last(store());
    return last == null ? Optional.empty() : Optional.of(last.getKey().replica());
  }

  /** The value and its time. */
  @Override
  public String toString() {
    var last = Writes.last(store());
    return last == null ? "(unwritten)" : last.getValue().toString();
  }
}
