package dev.converge.engine.conflict;

import dev.converge.engine.event.ReplicatedEvent;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Resolvers for common policies. All are stateless and thread-safe. */
public final class Resolvers {
  private Resolvers() {}

  /** No two events are ever in conflict: every event applies. */
  public static <S, E> ConflictResolver<S, E> none() {
    return new Keyed<>(
        event -> Set.of(),
        conflict -> {
          throw new AssertionError("events without conflict keys have no rivals");
        });
  }

  /**
   * Of concurrent writes to one thing, the last in the total order stands. For handlers in which a
   * write overwrites what was there: as events are folded in that order, the later one applies.
   *
   * @param key names the one thing that an event writes
   */
  public static <S, E> ConflictResolver<S, E> lastWriterWins(Function<E, String> key) {
    return new Keyed<>(
        event -> Set.of(key.apply(event)),
        conflict -> {
          Rival<E> rival = conflict.latestRival();
          return Decision.apply(
              rival.sharedKeys().first()
                  + ": "
                  + conflict.event().replica()
                  + "'s later value stands over "
                  + rival.dot());
        });
  }

  /**
   * Of concurrent writes to one thing, the first in the total order stands and the others are
   * discarded: seats, names, anything that can be given away once.
   *
   * @param key names the one thing that an event claims
   */
  public static <S, E> ConflictResolver<S, E> firstWriterWins(Function<E, String> key) {
    return new Keyed<>(
        event -> Set.of(key.apply(event)),
        conflict -> {
          Rival<E> winner = conflict.earliestRival();
          return Decision.discard(
              winner.sharedKeys().first() + ": " + winner.dot() + " came first");
        });
  }

  /**
   * Writes to different fields are merged; of concurrent writes to one field the last in the total
   * order stands. For handlers that set exactly the fields of an event and leave the others.
   *
   * @param fields the fields that an event sets, with their values
   */
  public static <S, E> ConflictResolver<S, E> fieldMerge(
      Function<E, ? extends Map<String, ?>> fields) {
    return new Keyed<>(
        event -> Set.copyOf(fields.apply(event).keySet()),
        conflict -> {
          Map<String, ?> mine = fields.apply(conflict.event().payload());
          StringBuilder reason = new StringBuilder();
          for (String field : sharedFields(conflict)) {
            Rival<E> rival = latestOn(field, conflict.rivals());
            boolean same =
                rival
                    .effect()
                    .filter(e -> Objects.equals(fields.apply(e).get(field), mine.get(field)))
                    .isPresent();
            reason.append(reason.isEmpty() ? "" : "; ").append("field ").append(field).append(": ");
            if (same) {
              reason.append("same value as ").append(rival.dot());
            } else {
              reason
                  .append(conflict.event().replica())
                  .append("'s later value stands over ")
                  .append(rival.dot());
            }
          }
          return Decision.apply(reason.toString());
        });
  }

  /**
   * A person decides about every conflict.
   *
   * @param keys names what an event touches
   * @param applied whether the later event takes effect until then, or is held back
   */
  public static <S, E> ConflictResolver<S, E> escalate(
      Function<E, Set<String>> keys, boolean applied) {
    return new Keyed<>(
        keys,
        conflict -> {
          Rival<E> rival = conflict.latestRival();
          return new Decision.Escalate<>(
              String.join(", ", rival.sharedKeys())
                  + ": "
                  + conflict.event().dot()
                  + " and "
                  + rival.dot()
                  + " do not know of each other",
              applied);
        });
  }

  private static <S, E> Set<String> sharedFields(Conflict<S, E> conflict) {
    Set<String> shared = new TreeSet<>();
    conflict.rivals().forEach(rival -> shared.addAll(rival.sharedKeys()));
    return shared;
  }

  private static <E> Rival<E> latestOn(String key, List<Rival<E>> rivals) {
    return rivals.stream()
        .filter(rival -> rival.sharedKeys().contains(key))
        .max((a, b) -> ReplicatedEvent.TOTAL_ORDER.compare(a.event(), b.event()))
        .orElseThrow();
  }

  private record Keyed<S, E>(
      Function<E, Set<String>> keys, Function<Conflict<S, E>, Decision<E>> judge)
      implements ConflictResolver<S, E> {
    @Override
    public Set<String> conflictKeys(E event) {
      return keys.apply(event);
    }

    @Override
    public Decision<E> decide(Conflict<S, E> conflict) {
      return judge.apply(conflict);
    }
  }
}
