package dev.converge.engine.conflict;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Several resolvers: the first that does not merely apply the event decides. */
final class InTurn<S, E> implements ConflictResolver<S, E> {
  private final List<Part<S, E>> parts = new ArrayList<>();

  InTurn(List<ConflictResolver<S, E>> resolvers) {
    requireAlike(resolvers);
    resolvers.forEach(resolver -> parts.add(new Part<>(parts.size(), resolver)));
  }

  /** Whether discarded events count is asked for all together, so all must say the same. */
  static <S, E> void requireAlike(List<ConflictResolver<S, E>> resolvers) {
    if (resolvers.stream().map(ConflictResolver::seesDiscarded).distinct().count() != 1) {
      throw new IllegalArgumentException(
          "resolvers used together must be one or more, and agree about seesDiscarded(): "
              + resolvers);
    }
  }

  @Override
  public Set<String> conflictKeys(E event) {
    Set<String> keys = new HashSet<>();
    parts.forEach(part -> keys.addAll(part.resolver().conflictKeys(event)));
    return keys;
  }

  @Override
  public Decision<E> decide(Conflict<S, E> conflict) {
    List<String> reasons = new ArrayList<>();
    for (Part<S, E> part : parts) {
      Optional<Decision<E>> decision = part.decide(conflict);
      if (decision.isPresent()) {
        if (!(decision.get() instanceof Decision.Apply)) {
          return decision.get();
        }
        decision.get().why().ifPresent(reasons::add);
      }
    }
    return reasons.isEmpty() ? Decision.apply() : Decision.apply(String.join("; ", reasons));
  }

  @Override
  public boolean seesDiscarded() {
    return parts.get(0).resolver().seesDiscarded();
  }

  @Override
  public Set<String> kinds(E event) {
    Set<String> kinds = new HashSet<>();
    parts.forEach(part -> kinds.addAll(part.kinds(event)));
    return kinds;
  }

  @Override
  public boolean readsState() {
    return parts.stream().anyMatch(part -> part.resolver().readsState());
  }

  @Override
  public Optional<Resolution> resolution(E event) {
    return parts.stream()
        .map(part -> part.resolver().resolution(event))
        .flatMap(Optional::stream)
        .findFirst();
  }

  @Override
  public String toString() {
    return parts.stream().map(Part::resolver).toList().toString();
  }
}
