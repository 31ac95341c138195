package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The fold of a growing set of events. Single-threaded, mutable.
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
public final class IndexedFold<S, E> {
  private final EntityModel<S, E> model;
  private final Map<Dot, ReplicatedEvent<E>> events = new TreeMap<>();
  private NaiveFold.Result<S, E> result;

  /** A fold of no events. */
  public IndexedFold(EntityModel<S, E> model) {
    this.model = model;
    this.result = NaiveFold.fold(model, List.of());
  }

  /** Takes in a whole batch, then folds once. */
  public void insert(List<ReplicatedEvent<E>> batch) {
    for (ReplicatedEvent<E> event : batch) {
      events.put(event.dot(), event);
    }
    result = NaiveFold.fold(model, events.values());
  }

  /** The state after all events. */
  public S state() {
    return result.state();
  }

  /** How many events it holds. */
  public int size() {
    return events.size();
  }

  /** Events {@code from} to {@code from + limit} in the order of the fold. */
  public HistoryPage<E> history(int from, int limit) {
    int start = Math.min(from, events.size());
    int end = (int) Math.min((long) start + limit, events.size());
    return new HistoryPage<>(
        new ArrayList<>(result.history().subList(start, end)), start, events.size());
  }

  /** What became of one event. */
  public Optional<Folded<E>> find(Dot dot) {
    return result.history().stream().filter(f -> f.dot().equals(dot)).findFirst();
  }

  /** The event that counts for a request. */
  public Optional<Dot> find(OriginId originId) {
    return result.history().stream()
        .filter(f -> originId.equals(f.event().originId()) && f.duplicateOf() == null)
        .map(Folded::dot)
        .findFirst();
  }
}
