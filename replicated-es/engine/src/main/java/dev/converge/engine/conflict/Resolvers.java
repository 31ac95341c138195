package dev.converge.engine.conflict;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Resolvers for common policies. All are thread-safe, and their reasons are for persons. All but
 * {@link #custom} look at the rivals and not at the state; unless they say otherwise, a judgement
 * costs them O(keys · replicas · log n), however many rivals there are.
 *
 * <p>Which of two events is later is said by the total order. A resolver cannot undo what is
 * folded: it judges the later of two, and the earlier has had its effect. So "stands over" means
 * that the handler lets a write take the place of what was there.
 */
public final class Resolvers {
  private Resolvers() {}

  /** No two events are ever in conflict: every event applies. */
  public static <S, E> ConflictResolver<S, E> none() {
    return Keyed.of(
        "none",
        event -> Set.of(),
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
  public static <S, E> ConflictResolver<S, E> lastWriterWins(Function<? super E, String> key) {
    return Keyed.of(
        "last-writer-wins",
        event -> Set.of(key.apply(event)),
        event -> Set.of(),
        conflict -> {
          Rival<E> rival = conflict.latestRival();
          return Decision.apply(rival.sharedKeys().first() + ": " + standsOver(conflict, rival));
        });
  }

  /**
   * Of concurrent writes to one thing, the first in the total order stands and the others are
   * discarded: seats, names, anything that can be given away once.
   *
   * @param key names the one thing that an event claims
   */
  public static <S, E> ConflictResolver<S, E> firstWriterWins(Function<? super E, String> key) {
    return new FirstWriterWins<>(key);
  }

  /**
   * Writes to different fields are merged; of concurrent writes to one field the last in the total
   * order stands. For handlers that set exactly the fields of an event and leave the others.
   *
   * @param fields the fields that an event sets, with their values
   */
  public static <S, E> ConflictResolver<S, E> fieldMerge(
      Function<? super E, ? extends Map<String, ?>> fields) {
    return Keyed.of(
        "field-merge",
        event -> Set.copyOf(fields.apply(event).keySet()),
        event -> Set.of(),
        conflict -> {
          Map<String, ?> mine = fields.apply(conflict.event().payload());
          StringBuilder reason = new StringBuilder();
          Set<String> names = mine.keySet();
          for (String field : names.size() == 1 ? names : new TreeSet<>(names)) {
            conflict
                .among(Set.of(field))
                .latest()
                .ifPresent(
                    rival ->
                        reason
                            .append(reason.isEmpty() ? "field " : "; field ")
                            .append(field)
                            .append(": ")
                            .append(
                                sets(rival, field, mine.get(field), fields)
                                    ? "same value as " + rival.dot()
                                    : standsOver(conflict, rival)));
          }
          return Decision.apply(reason.toString());
        });
  }

  private static <E> boolean sets(
      Rival<E> rival,
      String field,
      @Nullable Object value,
      Function<? super E, ? extends Map<String, ?>> of) {
    return rival.effect().filter(e -> Objects.equals(of.apply(e).get(field), value)).isPresent();
  }

  /**
   * Merge by intent: the list edits of both sides are combined, and entries are known by their ids,
   * so one that both sides put in is there once. An entry that one side changed while the other
   * removed it stays, with the change. For handlers that do {@link ListEdit#apply}. Costs O(rivals
   * that touch the same entries), for removals alone.
   *
   * @param list names the list, if an entity has several
   * @param edits what an event does to the list; none: it does not touch it
   * @param with the event with these edits in place of its own
   */
  public static <S, E, T> ConflictResolver<S, E> mergeByIntent(
      String list,
      Function<? super E, List<ListEdit<T>>> edits,
      BiFunction<E, List<ListEdit<T>>, E> with) {
    return new IntentMerge<>(list, edits, with);
  }

  /**
   * Of a concurrent addition and removal of one element, the addition stands.
   *
   * @param element names what is added or removed
   * @param removes whether an event is a removal; all others are additions
   */
  public static <S, E> ConflictResolver<S, E> addWins(
      Function<? super E, String> element, Predicate<? super E> removes) {
    return SetPolicies.addWins(element, removes);
  }

  /**
   * Of a concurrent addition and removal of one element, the removal stands.
   *
   * @param element names what is added or removed
   * @param removes whether an event is a removal; all others are additions
   */
  public static <S, E> ConflictResolver<S, E> removeWins(
      Function<? super E, String> element, Predicate<? super E> removes) {
    return SetPolicies.removeWins(element, removes);
  }

  /**
   * Judges deletions against concurrent updates of the same thing, and nothing else: join it with a
   * policy for concurrent updates by {@link #inTurn}.
   *
   * @param key names the one thing that an event deletes or updates
   * @param deletes whether an event is a deletion; all others are updates
   */
  public static <S, E> ConflictResolver<S, E> deleteUpdate(
      DeletePolicy policy, Function<? super E, String> key, Predicate<? super E> deletes) {
    return LifePolicies.deleteUpdate(policy, key, deletes);
  }

  /**
   * Judges concurrent creations of the same thing, and nothing else: join it with a policy for
   * updates by {@link #inTurn}.
   *
   * @param key names the one thing that an event creates or changes
   * @param creates whether an event is a creation
   */
  public static <S, E> ConflictResolver<S, E> createCreate(
      CreatePolicy policy, Function<? super E, String> key, Predicate<? super E> creates) {
    return LifePolicies.createCreate(policy, key, creates);
  }

  /**
   * Merges concurrent creations of the same thing into one event that takes the place of the later,
   * and judges nothing else.
   *
   * @param key names the one thing that an event creates or changes
   * @param creates whether an event is a creation
   * @param merge the earlier creation, as it took effect, and the later one: what takes effect
   */
  public static <S, E> ConflictResolver<S, E> createCreate(
      Function<? super E, String> key, Predicate<? super E> creates, BinaryOperator<E> merge) {
    return LifePolicies.createCreate(key, creates, merge);
  }

  /**
   * Of concurrent writes to one thing, the one with the highest priority stands, whichever came
   * first; of equal ones the last in the total order. Costs a factor of the number of priorities.
   *
   * @param key names the one thing that an event writes
   * @param priority how much an event's write counts: few different numbers
   */
  public static <S, E> ConflictResolver<S, E> byPriority(
      Function<? super E, String> key, ToIntFunction<? super E> priority) {
    return Keyed.of(
        "by-priority",
        event -> Set.of(key.apply(event)),
        event -> Set.of(String.valueOf(priority.applyAsInt(event))),
        conflict -> {
          Rivals<E> rivals = conflict.among();
          int highest = rivals.kinds().stream().mapToInt(Integer::parseInt).max().orElseThrow();
          Rival<E> other = rivals.ofKind(String.valueOf(highest)).latest().orElseThrow();
          int mine = priority.applyAsInt(conflict.event().payload());
          String what = key.apply(conflict.event().payload()) + ": ";
          if (mine < highest) {
            return Decision.discard(
                what + other.dot() + " has priority " + highest + " over " + mine);
          }
          return Decision.apply(
              what
                  + (mine > highest
                      ? "priority " + mine + " over " + highest + " of " + other.dot()
                      : standsOver(conflict, other)));
        });
  }

  /**
   * A function decides. It must be pure, and is asked again whenever the state before an event has
   * changed.
   *
   * @param keys names what an event touches
   * @param judge what becomes of an event
   */
  public static <S, E> ConflictResolver<S, E> custom(
      Function<? super E, Set<String>> keys, Function<Conflict<S, E>, Decision<E>> judge) {
    return Keyed.readingState("custom", keys, judge);
  }

  /**
   * A person decides about every conflict. Say by {@link #decidedBy} which events are decisions.
   *
   * @param keys names what an event touches
   * @param applied whether the later event takes effect until then, or is held back
   */
  public static <S, E> ConflictResolver<S, E> escalate(
      Function<? super E, Set<String>> keys, boolean applied) {
    return Keyed.of(
        "escalate",
        keys,
        event -> Set.of(),
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

  /**
   * {@code resolver}, and persons' decisions on what it escalates.
   *
   * @param decision what an event says that is such a decision; see {@link
   *     ConflictResolver#resolution}
   */
  public static <S, E> ConflictResolver<S, E> decidedBy(
      Function<? super E, Optional<Resolution>> decision, ConflictResolver<S, E> resolver) {
    return new WithDecisions<>(decision, resolver);
  }

  /**
   * Several resolvers, each about its own keys: the first that does not merely apply the event
   * decides. If all apply it, their reasons are joined.
   *
   * @throws IllegalArgumentException if there is none, or they do not agree about {@link
   *     ConflictResolver#seesDiscarded}
   */
  public static <S, E> ConflictResolver<S, E> inTurn(List<ConflictResolver<S, E>> resolvers) {
    return new InTurn<>(resolvers);
  }

  /** A resolver for each type of event. */
  public static <S, E> PerType<S, E> perType() {
    return new PerType<>();
  }

  private static <E> String standsOver(Conflict<?, E> conflict, Rival<E> rival) {
    return conflict.event().replica() + "'s later value stands over " + rival.dot();
  }
}
