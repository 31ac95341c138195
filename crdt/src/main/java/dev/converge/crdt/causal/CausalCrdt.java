package dev.converge.crdt.causal;

import dev.converge.crdt.algebra.Crdt;

/**
 * A type whose state is a {@link Causal}, so that it can live in a map under the map's one context.
 *
 * <pre>{@code
 * CausalCrdt<?> value = ORSet.<String>empty().add(phone, "milk");
 * CausalContext seen = value.causal().context();          // {phone=1}
 * }</pre>
 *
 * @param <V> the implementing type
 */
public interface CausalCrdt<V> extends Crdt<V> {
  /** The state. */
  Causal<?> causal();
}
