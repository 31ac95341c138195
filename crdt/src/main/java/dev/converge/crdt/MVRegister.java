package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * A register that loses no concurrent write: writes that have not seen each other stand side by
 * side as <em>siblings</em>, until someone who sees them all writes again.
 *
 * <p>For values where a person or a rule must choose, not a clock. A write replaces the siblings
 * that its writer has seen, and no others; so the conflict is resolved by writing.
 *
 * <pre>{@code
 * MVRegister<String> name = MVRegister.empty();
 * MVRegister<String> onPhone = name.merge(name.set(phone, "Ann"));
 * MVRegister<String> onLaptop = name.merge(name.set(laptop, "Anne"));
 *
 * MVRegister<String> both = onPhone.merge(onLaptop);            // siblings: Anne, Ann
 * both = both.merge(both.set(phone, "Anne"));                   // resolved, everywhere
 * }</pre>
 *
 * <p>Immutable and thread-safe. Mutators return deltas (see {@link
 * dev.converge.crdt.algebra.Crdt}). With {@code w} siblings, all operations cost O(w); {@code w} is
 * at most the number of replicas. Can live in an {@link ORMap}. See DeCandia et al.,
 * <em>Dynamo</em> (2007), section 4.4; Shapiro et al., <em>A Comprehensive Study of Convergent and
 * Commutative Replicated Data Types</em> (2011), specification 10; Almeida, Shoker, Baquero,
 * <em>Delta State Replicated Data Types</em> (2018), section 7.
 *
 * @param <T> the value: immutable, with {@code equals} by meaning
 */
public final class MVRegister<T> extends CausalValue<MVRegister<T>, DotFun<T>> {
  private static final CausalType<MVRegister<Object>> TYPE =
      CausalType.of("mvregister", DotFun.none(), MVRegister::new, store -> {});

  private MVRegister(Causal<DotFun<T>> causal) {
    super(causal);
  }

  /** The register that nobody has written. */
  public static <T> MVRegister<T> empty() {
    return MVRegister.<T>type().empty();
  }

  /** The type of registers in a map, and what restores one from its parts. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // It treats all values alike.
  public static <T> CausalType<MVRegister<T>> type() {
    return (CausalType) TYPE;
  }

  @Override
  MVRegister<T> with(Causal<DotFun<T>> state) {
    return new MVRegister<>(state);
  }

  /**
   * The delta that writes {@code value}, in the name of {@code replica}, over all siblings that are
   * seen here.
   */
  public MVRegister<T> set(ReplicaId replica, T value) {
    DotFun<T> write = DotFun.of(causal.next(replica), Objects.requireNonNull(value, "value"));
    return with(Causal.delta(write, dotsIn(store())));
  }

  /**
   * The siblings, those that are equal once: none if nobody has written, one if there is no
   * conflict. Unmodifiable, and in the same order at all replicas: that of their dots.
   */
  public Set<T> values() {
    TreeMap<Dot, T> byDot = new TreeMap<>();
    for (Map.Entry<Dot, T> e : store()) {
      byDot.put(e.getKey(), e.getValue());
    }
    return Collections.unmodifiableSet(new LinkedHashSet<>(byDot.values()));
  }

  /** Whether there are siblings that differ. */
  public boolean hasConflict() {
    return values().size() > 1;
  }

  /** The siblings, {@code [Ann, Anne]}. */
  @Override
  public String toString() {
    return values().toString();
  }
}
