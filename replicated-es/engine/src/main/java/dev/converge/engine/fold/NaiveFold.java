package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Conflict;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Rival;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The specification of the fold, made to be read: sort, decide, apply. Everything faster is tested
 * against it. Costs O(n²).
 */
public final class NaiveFold {
  private NaiveFold() {}

  /**
   * What a set of events comes to.
   *
   * @param state the state after all of them
   * @param history the events in the order of the fold, with what became of them
   */
  public record Result<S, E>(S state, List<Folded<E>> history) {}

  /**
   * Folds a set of events.
   *
   * @param events in any order, each dot once, with everything that they depend on
   * @throws FoldException if the handler or the resolver throws
   */
  public static <S, E> Result<S, E> fold(
      EntityModel<S, E> model, Collection<ReplicatedEvent<E>> events) {
    List<ReplicatedEvent<E>> sorted = new ArrayList<>(events);
    sorted.sort(ReplicatedEvent.TOTAL_ORDER);
    S state = model.emptyState();
    List<Folded<E>> history = new ArrayList<>();
    Map<OriginId, Dot> origins = new HashMap<>();
    for (ReplicatedEvent<E> event : sorted) {
      Dot first = event.originId() == null ? null : origins.get(event.originId());
      List<Rival<E>> rivals = first == null ? rivals(model, event, history) : List.of();
      Decision<E> decision = Decision.apply();
      if (first != null) {
        decision = duplicate(event, first);
      } else if (!rivals.isEmpty()) {
        try {
          decision = model.conflicts().decide(new PlainConflict<>(state, event, rivals));
        } catch (RuntimeException e) {
          throw new FoldException(event.dot(), "the conflict resolver", e);
        }
      }
      if (event.originId() != null) {
        origins.putIfAbsent(event.originId(), event.dot());
      }
      List<Dot> concurrentWith = rivals.stream().map(Rival::dot).toList();
      var effect = decision.effectOf(event.payload());
      if (effect.isPresent()) {
        try {
          state =
              model.apply(state, effect.get(), EventContext.of(event, decision, concurrentWith));
        } catch (RuntimeException e) {
          throw new FoldException(event.dot(), "the event handler", e);
        }
      }
      history.add(new Folded<>(event, decision, concurrentWith, first, false));
    }
    return new Result<>(state, history);
  }

  /** The decision on an event whose origin id had come before. */
  static <E> Decision<E> duplicate(ReplicatedEvent<E> event, Dot first) {
    return Decision.discard("the request " + event.originId() + " already counts as " + first);
  }

  private static <S, E> List<Rival<E>> rivals(
      EntityModel<S, E> model, ReplicatedEvent<E> event, List<Folded<E>> earlier) {
    List<Rival<E>> rivals = new ArrayList<>();
    if (model.commutes()) {
      return rivals;
    }
    ConflictResolver<S, E> resolver = model.conflicts();
    for (Folded<E> other : earlier) {
      boolean counts =
          other.duplicateOf() == null
              && (resolver.seesDiscarded() || !(other.decision() instanceof Decision.Discard));
      if (counts && event.concurrentWith(other.event())) {
        SortedSet<String> shared = new TreeSet<>(resolver.conflictKeys(event.payload()));
        shared.retainAll(resolver.conflictKeys(other.event().payload()));
        if (!shared.isEmpty()) {
          rivals.add(new Rival<>(other.event(), other.decision(), shared));
        }
      }
    }
    rivals.sort(Comparator.comparing(Rival::dot));
    return rivals;
  }

  private record PlainConflict<S, E>(S state, ReplicatedEvent<E> event, List<Rival<E>> all)
      implements Conflict<S, E> {
    @Override
    public List<Rival<E>> rivals() {
      return List.copyOf(all);
    }

    @Override
    public Rival<E> earliestRival() {
      return all.stream()
          .min(Comparator.comparing(Rival::event, ReplicatedEvent.TOTAL_ORDER))
          .orElseThrow();
    }

    @Override
    public Rival<E> latestRival() {
      return all.stream()
          .max(Comparator.comparing(Rival::event, ReplicatedEvent.TOTAL_ORDER))
          .orElseThrow();
    }
  }
}
