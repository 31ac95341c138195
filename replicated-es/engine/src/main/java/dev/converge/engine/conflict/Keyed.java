package dev.converge.engine.conflict;

import java.util.Set;
import java.util.function.Function;

/** A resolver put together from its parts. Its name says which policy it is, in error messages. */
final class Keyed<S, E> implements ConflictResolver<S, E> {
  private final String name;
  private final Function<? super E, Set<String>> keys;
  private final Function<? super E, Set<String>> kinds;
  private final Function<Conflict<S, E>, Decision<E>> judge;
  private final boolean readsState;

  private Keyed(
      String name,
      Function<? super E, Set<String>> keys,
      Function<? super E, Set<String>> kinds,
      Function<Conflict<S, E>, Decision<E>> judge,
      boolean readsState) {
    this.name = name;
    this.keys = keys;
    this.kinds = kinds;
    this.judge = judge;
    this.readsState = readsState;
  }

  /** A resolver that looks at the rivals, not at the state. */
  static <S, E> ConflictResolver<S, E> of(
      String name,
      Function<? super E, Set<String>> keys,
      Function<? super E, Set<String>> kinds,
      Function<Conflict<S, E>, Decision<E>> judge) {
    return new Keyed<>(name, keys, kinds, judge, false);
  }

  /** A resolver that may look at the state. */
  static <S, E> ConflictResolver<S, E> readingState(
      String name,
      Function<? super E, Set<String>> keys,
      Function<Conflict<S, E>, Decision<E>> judge) {
    return new Keyed<>(name, keys, event -> Set.of(), judge, true);
  }

  @Override
  public Set<String> conflictKeys(E event) {
    return keys.apply(event);
  }

  @Override
  public Decision<E> decide(Conflict<S, E> conflict) {
    return judge.apply(conflict);
  }

  @Override
  public Set<String> kinds(E event) {
    return kinds.apply(event);
  }

  @Override
  public boolean readsState() {
    return readsState;
  }

  @Override
  public String toString() {
    return name;
  }
}
