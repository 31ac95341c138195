package dev.converge.engine.conflict;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A resolver, and what persons decide about its escalations. */
record WithDecisions<S, E>(
    Function<? super E, Optional<Resolution>> decision, ConflictResolver<S, E> resolver)
    implements ConflictResolver<S, E> {
  @Override
  public Set<String> conflictKeys(E event) {
    return resolver.conflictKeys(event);
  }

  @Override
  public Decision<E> decide(Conflict<S, E> conflict) {
    return resolver.decide(conflict);
  }

  @Override
  public boolean seesDiscarded() {
    return resolver.seesDiscarded();
  }

  @Override
  public Set<String> kinds(E event) {
    return resolver.kinds(event);
  }

  @Override
  public boolean readsState() {
    return resolver.readsState();
  }

  @Override
  public Optional<Resolution> resolution(E event) {
    return decision.apply(event);
  }

  @Override
  public String toString() {
    return resolver.toString();
  }
}
