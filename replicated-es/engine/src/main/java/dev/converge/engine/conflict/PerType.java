package dev.converge.engine.conflict;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Puts together a resolver for each type of event. An event is judged by the first that was given
 * for a type of its own. Events of different types are rivals if they share a conflict key; a
 * resolver that is given for several types, as one object, can tell the kinds of all of them.
 *
 * <pre>{@code
 * Resolvers.<State, Event>perType()
 *     .on(Renamed.class, Resolvers.lastWriterWins(event -> "name"))
 *     .on(Booked.class, Resolvers.firstWriterWins(event -> ((Booked) event).seat()))
 *     .otherwise(Resolvers.none());
 * }</pre>
 *
 * <p>Mutable until {@link #otherwise}; not for several threads.
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
public final class PerType<S, E> {
  private final List<Class<? extends E>> types = new ArrayList<>();
  private final List<ConflictResolver<S, E>> resolvers = new ArrayList<>();

  PerType() {}

  /** {@code resolver} judges events of {@code type} that no type given before fits. */
  public PerType<S, E> on(Class<? extends E> type, ConflictResolver<S, E> resolver) {
    types.add(type);
    resolvers.add(resolver);
    return this;
  }

  /**
   * The whole, in which {@code resolver} judges all other events.
   *
   * @throws IllegalArgumentException if the resolvers do not agree about {@link
   *     ConflictResolver#seesDiscarded}
   */
  public ConflictResolver<S, E> otherwise(ConflictResolver<S, E> resolver) {
    List<ConflictResolver<S, E>> all = new ArrayList<>(resolvers);
    all.add(resolver);
    return new ByType<>(List.copyOf(types), all);
  }

  private static final class ByType<S, E> implements ConflictResolver<S, E> {
    private final List<Class<? extends E>> types;
    private final List<Part<S, E>> parts = new ArrayList<>();

    ByType(List<Class<? extends E>> types, List<ConflictResolver<S, E>> resolvers) {
      InTurn.requireAlike(resolvers);
      this.types = types;
      resolvers.forEach(one -> parts.add(new Part<>(resolvers.indexOf(one), one)));
    }

    private Part<S, E> of(E event) {
      for (int i = 0; i < types.size(); i++) {
        if (types.get(i).isInstance(event)) {
          return parts.get(i);
        }
      }
      return parts.get(types.size());
    }

    @Override
    public Set<String> conflictKeys(E event) {
      return of(event).resolver().conflictKeys(event);
    }

    @Override
    public Decision<E> decide(Conflict<S, E> conflict) {
      return of(conflict.event().payload()).decide(conflict).orElseGet(Decision::apply);
    }

    @Override
    public boolean seesDiscarded() {
      return parts.get(0).resolver().seesDiscarded();
    }

    @Override
    public Set<String> kinds(E event) {
      return of(event).kinds(event);
    }

    @Override
    public boolean readsState() {
      return parts.stream().anyMatch(part -> part.resolver().readsState());
    }

    @Override
    public Optional<Resolution> resolution(E event) {
      return of(event).resolver().resolution(event);
    }

    @Override
    public String toString() {
      return parts.stream().map(Part::resolver).toList().toString();
    }
  }
}
