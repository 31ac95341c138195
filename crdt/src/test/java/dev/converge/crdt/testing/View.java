package dev.converge.crdt.testing;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The operations that a replica has seen, and which of them had seen which: all that a
 * specification may look at.
 *
 * @param <O> the operations
 */
public final class View<O> {
  private final List<Event<O>> visible;

  /** By event, the ids of the events that its origin had seen when it made it. */
  private final Map<Integer, BitSet> pasts;

  View(List<Event<O>> visible, Map<Integer, BitSet> pasts) {
    this.visible = visible;
    this.pasts = pasts;
  }

  /** The visible operations, those of one replica in their order. */
  public List<Event<O>> events() {
    return visible;
  }

  /** The visible operations for which {@code filter} holds. */
  public Stream<Event<O>> events(Predicate<O> filter) {
    return visible.stream().filter(e -> filter.test(e.operation()));
  }

  /** Whether {@code later}'s origin had seen {@code earlier}: happened-before. */
  public boolean before(Event<O> earlier, Event<O> later) {
    BitSet past = pasts.get(later.id());
    return past != null && past.get(earlier.id());
  }

  /** Whether a visible operation for which {@code filter} holds had seen {@code event}. */
  public boolean isFollowedBy(Event<O> event, Predicate<O> filter) {
    return visible.stream().anyMatch(e -> filter.test(e.operation()) && before(event, e));
  }

  /** What {@code event}'s origin had seen when it made it. */
  public View<O> seenBy(Event<O> event) {
    List<Event<O>> past = new ArrayList<>();
    visible.stream().filter(e -> before(e, event)).forEach(past::add);
    return new View<>(past, pasts);
  }
}
