package dev.converge.engine.conflict;

import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Deletions against updates, and creations against each other; see {@link Resolvers#deleteUpdate}
 * and {@code createCreate} there.
 */
final class LifePolicies {
  private static final String DELETE = "delete";
  private static final String UPDATE = "update";
  private static final String CREATE = "create";

  private LifePolicies() {}

  static <S, E> ConflictResolver<S, E> deleteUpdate(
      DeletePolicy policy, Function<? super E, String> key, Predicate<? super E> deletes) {
    return Keyed.of(
        policy == DeletePolicy.DELETE_WINS ? "delete-wins" : "update-wins",
        event -> Set.of(key.apply(event)),
        event -> Set.of(deletes.test(event) ? DELETE : UPDATE),
        conflict -> {
          E event = conflict.event().payload();
          boolean isDelete = deletes.test(event);
          Optional<Rival<E>> rival = conflict.among().ofKind(isDelete ? UPDATE : DELETE).latest();
          if (rival.isEmpty()) {
            return Decision.apply();
          }
          String what = key.apply(event);
          String other = rival.get().dot().toString();
          if (policy == DeletePolicy.DELETE_WINS) {
            return isDelete
                ? Decision.apply(what + ": deleted, with the change " + other)
                : Decision.discard(what + ": deleted at the same time by " + other);
          }
          return isDelete
              ? Decision.discard(what + ": stays, as the deletion had not seen " + other)
              : Decision.apply(what + ": stays, as the deletion " + other + " had not seen this");
        });
  }

  static <S, E> ConflictResolver<S, E> createCreate(
      CreatePolicy policy, Function<? super E, String> key, Predicate<? super E> creates) {
    return createCreate(
        policy == CreatePolicy.MERGE ? "create-merge" : "create-first-wins",
        key,
        creates,
        (conflict, first) -> {
          String what = key.apply(conflict.event().payload()) + ": ";
          return policy == CreatePolicy.MERGE
              ? Decision.apply(what + "created twice, merged into what " + first.dot() + " made")
              : Decision.discard(what + "created before by " + first.dot());
        });
  }

  static <S, E> ConflictResolver<S, E> createCreate(
      Function<? super E, String> key, Predicate<? super E> creates, BinaryOperator<E> merge) {
    return createCreate(
        "create-merge",
        key,
        creates,
        (conflict, first) -> {
          Rival<E> last = conflict.among().ofKind(CREATE).latest().orElseThrow();
          E mine = conflict.event().payload();
          return Decision.replace(
              merge.apply(last.effect().orElse(last.event().payload()), mine),
              key.apply(mine) + ": created twice, merged with " + last.dot());
        });
  }

  private static <S, E> ConflictResolver<S, E> createCreate(
      String name,
      Function<? super E, String> key,
      Predicate<? super E> creates,
      BiFunction<Conflict<S, E>, Rival<E>, Decision<E>> judge) {
    return Keyed.of(
        name,
        event -> Set.of(key.apply(event)),
        event -> creates.test(event) ? Set.of(CREATE) : Set.of(),
        conflict ->
            creates.test(conflict.event().payload())
                ? conflict
                    .among()
                    .ofKind(CREATE)
                    .earliest()
                    .map(first -> judge.apply(conflict, first))
                    .orElseGet(Decision::apply)
                : Decision.apply());
  }
}
