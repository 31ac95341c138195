package dev.converge.engine.conflict;

import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Additions against removals; see {@link Resolvers#addWins} and {@link Resolvers#removeWins}. */
final class SetPolicies {
  private static final String ADD = "add";
  private static final String REMOVE = "remove";

  private SetPolicies() {}

  static <S, E> ConflictResolver<S, E> addWins(
      Function<? super E, String> element, Predicate<? super E> removes) {
    return Keyed.of(
        "add-wins",
        event -> Set.of(element.apply(event)),
        event -> Set.of(removes.test(event) ? REMOVE : ADD),
        conflict -> {
          String what = element.apply(conflict.event().payload()) + ": ";
          if (!removes.test(conflict.event().payload())) {
            return conflict
                .among()
                .ofKind(REMOVE)
                .latest()
                .map(
                    r ->
                        Decision.<E>apply(
                            what + "stays, as the removal " + r.dot() + " had not seen this"))
                .orElseGet(Decision::apply);
          }
          return conflict
              .among()
              .ofKind(ADD)
              .latest()
              .map(r -> Decision.<E>discard(what + "stays, as the removal had not seen " + r.dot()))
              .orElseGet(Decision::apply);
        });
  }

  static <S, E> ConflictResolver<S, E> removeWins(
      Function<? super E, String> element, Predicate<? super E> removes) {
    return Keyed.of(
        "remove-wins",
        event -> Set.of(element.apply(event)),
        event -> Set.of(removes.test(event) ? REMOVE : ADD),
        conflict -> {
          String what = element.apply(conflict.event().payload()) + ": ";
          if (removes.test(conflict.event().payload())) {
            return conflict
                .among()
                .ofKind(ADD)
                .latest()
                .map(r -> Decision.<E>apply(what + "removed, with the addition " + r.dot()))
                .orElseGet(Decision::apply);
          }
          return conflict
              .among()
              .ofKind(REMOVE)
              .latest()
              .map(r -> Decision.<E>discard(what + "removed at the same time by " + r.dot()))
              .orElseGet(Decision::apply);
        });
  }
}
