package dev.converge.crdt.algebra;

/**
 * A value that replicas change apart and bring together again: an element of a join semilattice.
 *
 * <p>For all {@code a}, {@code b}, {@code c}:
 *
 * <ul>
 *   <li>idempotent: {@code a.merge(a)} equals {@code a};
 *   <li>commutative: {@code a.merge(b)} equals {@code b.merge(a)};
 *   <li>associative: {@code a.merge(b).merge(c)} equals {@code a.merge(b.merge(c))};
 *   <li>identity: the empty value merged with {@code a} is {@code a}.
 * </ul>
 *
 * <p>So replicas that have merged the same values, in whatever order, grouping and number, are
 * equal: nothing needs to arrive in order or only once.
 *
 * <p>A <em>mutator</em> of a type never changes its receiver; it returns a <em>delta</em>: a small
 * value of the same type whose merge with the receiver has the effect of the operation.
 *
 * <pre>{@code
 * GCounter delta = counter.increment(replica, 5);
 * counter = counter.merge(delta);     // here
 * send(delta);                        // and, sooner or later, everywhere else
 * }</pre>
 *
 * <p>Implementations are immutable and thread-safe, and {@code equals} says whether two values are
 * the same point of the lattice. See Shapiro et al., <em>Conflict-free Replicated Data Types</em>
 * (2011); Almeida, Shoker, Baquero, <em>Delta State Replicated Data Types</em> (2018).
 *
 * @param <S> the implementing type
 */
public interface Crdt<S> {
  /** The least value that includes both: the join. */
  S merge(S other);
}
