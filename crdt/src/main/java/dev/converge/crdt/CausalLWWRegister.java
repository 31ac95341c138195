package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
 * <p>Immutable and thread-safe. Mutators return deltas. With {@code w} concurrent writes, all
 * operations cost O(w).
 *
 * @param <T> the value: immutable, with {@code equals} by meaning
 */
public final class CausalLWWRegister<T>
    extends CausalValue<CausalLWWRegister<T>, DotFun<Timestamped<T>>> {
  private static final CausalType<CausalLWWRegister<Object>> TYPE =
      CausalType.of(
          "lwwregister",
          DotFun.<Timestamped<Object>>none(),
          CausalLWWRegister::new,
          CausalLWWRegister::check);

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

  private static void check(DotFun<?> store) {
    for (Map.Entry<Dot, ?> e : store) {
      Shapes.require(e.getValue() instanceof Timestamped, "the write " + e + " has no time");
    }
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
    List<Dot> overwritten = new ArrayList<>(1);
    for (Map.Entry<Dot, Timestamped<T>> e : store()) {
      // What is later by the order stays, or the order would not be the only judge.
      if (compare(e.getKey(), e.getValue(), dot, write) < 0) {
        overwritten.add(e.getKey());
      }
    }
    return with(Causal.delta(DotFun.of(dot, write), overwritten));
  }

  private static int compare(Dot d, Timestamped<?> a, Dot e, Timestamped<?> b) {
    int byTime = a.time().compareTo(b.time());
    return byTime != 0 ? byTime : d.compareTo(e);
  }

  private Map.@Nullable Entry<Dot, Timestamped<T>> last() {
    Map.Entry<Dot, Timestamped<T>> last = null;
    for (Map.Entry<Dot, Timestamped<T>> e : store()) {
      if (last == null || compare(e.getKey(), e.getValue(), last.getKey(), last.getValue()) > 0) {
        last = e;
      }
    }
    return last;
  }

  /** What the last write wrote; empty if there is none. */
  public Optional<T> value() {
    var last = last();
    return last == null ? Optional.empty() : Optional.of(last.getValue().value());
  }

  /** When the last write was made; empty if there is none. */
  public Optional<HybridTimestamp> time() {
    var last = last();
    return last == null ? Optional.empty() : Optional.of(last.getValue().time());
  }

  /** Who made the last write; empty if there is none. */
  public Optional<ReplicaId> writer() {
    var last = last();
    return last == null ? Optional.empty() : Optional.of(last.getKey().replica());
  }

  /** The value and its time. */
  @Override
  public String toString() {
    var last = last();
    return last == null ? "(unwritten)" : last.getValue().toString();
  }
}
