package dev.converge.node.store;

/**
 * One operation on a value, as a pure function: it may run under a lock, so it must be quick and
 * must not call the store.
 *
 * @param <V> the type of the value
 */
@FunctionalInterface
public interface Mutation<V> {
  /**
   * Returns the delta of the operation, not the new value.
   *
   * @param value the present value; the type's empty one if there is none
   * @param writer in whose name, and when
   */
  V apply(V value, Writer writer);
}
