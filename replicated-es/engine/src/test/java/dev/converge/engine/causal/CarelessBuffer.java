package dev.converge.engine.causal;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Broken on purpose: looks at the order of each replica, not at what an event depends on. */
public final class CarelessBuffer<E> extends CausalBuffer<E> {
  /** An empty buffer. */
  public CarelessBuffer(int capacity, Function<Dot, @Nullable ReplicatedEvent<E>> delivered) {
    super(capacity, VersionVector.empty(), delivered);
  }

  @Override
  @Nullable Dot firstMissingCause(ReplicatedEvent<E> event) {
    return null;
  }
}
