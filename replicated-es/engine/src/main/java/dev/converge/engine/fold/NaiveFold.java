package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.conflict.Resolution;
import dev.converge.engine.conflict.Rival;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The specification of the fold, made to be read: sort, decide, apply. Everything faster is tested
 * against it. Costs O(n²).
 */
public final class NaiveFold<S, E> {
  private final EntityModel<S, E> model;
  private final ConflictResolver<S, E> resolver;
  private final Caller<S, E> user;
  private final List<Folded<E>> history = new ArrayList<>();
  private final Map<OriginId, Execution> requests = new HashMap<>();
  private S state;

  private NaiveFold(EntityModel<S, E> model, FoldOptions options) {
    this.model = model;
    this.user = new Caller<>(model, options);
    this.resolver = user.resolver();
    this.state = model.emptyState();
  }

  /**
   * What a set of events comes to.
   *
   * @param state the state after all of them
   * @param history the events in the order of the fold, with what became of them
   * @param conflicts those that wait for a person, in the order of the fold
   */
  public record Result<S, E>(S state, List<Folded<E>> history, List<Escalation> conflicts) {}

  /**
   * Folds a set of events.
   *
   * @param events in any order, each dot once, with everything that they depend on
   * @throws FoldException if the handler or the resolver throws
   */
  public static <S, E> Result<S, E> fold(
      EntityModel<S, E> model, Collection<ReplicatedEvent<E>> events) {
    return fold(model, events, FoldOptions.DEFAULT);
  }

  /** As {@link #fold(EntityModel, Collection)}, with options. */
  public static <S, E> Result<S, E> fold(
      EntityModel<S, E> model, Collection<ReplicatedEvent<E>> events, FoldOptions options) {
    NaiveFold<S, E> fold = new NaiveFold<>(model, options);
    events.stream().sorted(ReplicatedEvent.TOTAL_ORDER).forEach(fold::next);
    return new Result<>(fold.state, fold.history, fold.openConflicts());
  }

  private void next(ReplicatedEvent<E> event) {
    Dot first = counted(event);
    List<Rival<E>> rivals = first == null ? rivals(event) : List.of();
    Decision<E> decision = first == null ? decide(event, rivals) : duplicate(event, first);
    List<Dot> concurrentWith = rivals.stream().map(Rival::dot).toList();
    Optional<E> effect = decision.effectOf(event.payload());
    if (effect.isPresent()) {
      state = user.apply(state, effect.get(), event, decision, () -> concurrentWith);
    }
    history.add(new Folded<>(event, decision, concurrentWith, first, false));
  }

  /** The event that counts for the request behind {@code event}, if that is another. */
  private @Nullable Dot counted(ReplicatedEvent<E> event) {
    OriginId origin = event.originId();
    if (origin == null) {
      return null;
    }
    Execution counts = requests.get(origin.request());
    if (counts == null
        || !OriginIndex.remembers(model.rememberRequestsMillis(), counts.time(), event.time())) {
      counts = new Execution(origin.execution(), event.dot(), event.time(), new HashMap<>());
      requests.put(origin.request(), counts);
    }
    return origin.execution().equals(counts.name())
        ? counts.events().putIfAbsent(origin.number(), event.dot())
        : counts.first();
  }

  /** The execution that counts for a request, with its events so far by their numbers. */
  private record Execution(
      String name, Dot first, HybridTimestamp time, Map<Integer, Dot> events) {}

  /** The decision on an event whose request had come before. */
  static <E> Decision<E> duplicate(ReplicatedEvent<E> event, Dot first) {
    OriginId request = event.originId() == null ? null : event.originId().request();
    return Decision.discard("the request " + request + " already counts as " + first);
  }

  private Decision<E> decide(ReplicatedEvent<E> event, List<Rival<E>> rivals) {
    Resolution resolution = resolution(event);
    if (resolution != null) {
      return Escalation.judge(event, resolution, escalation(resolution.conflict()));
    }
    S before = state;
    return rivals.isEmpty()
        ? Decision.apply()
        : user.decide(event, () -> new PlainConflict<>(resolver, before, event, rivals));
  }

  private List<Rival<E>> rivals(ReplicatedEvent<E> event) {
    List<Rival<E>> rivals = new ArrayList<>();
    if (model.commutes()) {
      return rivals;
    }
    SortedSet<String> keys = user.keys(event);
    for (Folded<E> other : history) {
      boolean counts =
          other.duplicateOf() == null
              && (resolver.seesDiscarded() || !(other.decision() instanceof Decision.Discard));
      if (counts && event.concurrentWith(other.event())) {
        SortedSet<String> shared = new TreeSet<>(keys);
        shared.retainAll(user.keys(other.event()));
        if (!shared.isEmpty()) {
          rivals.add(new Rival<>(other.event(), other.decision(), shared));
        }
      }
    }
    rivals.sort(Comparator.comparing(Rival::dot));
    return rivals;
  }

  private @Nullable Resolution resolution(ReplicatedEvent<E> event) {
    return model.commutes() ? null : user.resolution(event);
  }

  /** The conflict with this id as it stands after all that is folded so far, or null. */
  private @Nullable Escalation escalation(Dot id) {
    for (Folded<E> conflict : history) {
      if (conflict.dot().equals(id) && conflict.decision() instanceof Decision.Escalate<E> why) {
        return Escalation.of(id, why, conflict.concurrentWith(), decisionsOn(id));
      }
    }
    return null;
  }

  private List<Escalation.Standing> decisionsOn(Dot conflict) {
    List<Escalation.Standing> standing = new ArrayList<>();
    for (Folded<E> other : history) {
      Resolution resolution = resolution(other.event());
      if (resolution != null
          && resolution.sides().contains(conflict)
          && other.event().context().contains(conflict)
          && other.decision() instanceof Decision.Apply) {
        standing.add(new Escalation.Standing(other.event(), resolution));
      }
    }
    return standing;
  }

  private List<Escalation> openConflicts() {
    List<Escalation> open = new ArrayList<>();
    for (Folded<E> folded : history) {
      Escalation escalation = escalation(folded.dot());
      if (escalation != null && escalation.isOpen()) {
        open.add(escalation);
      }
    }
    return open;
  }
}
