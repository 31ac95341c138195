package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** An event in the fold, with what is known of it so far. Ordered by the total order. */
final class Entry<S, E> implements Comparable<Entry<S, E>> {
  final ReplicatedEvent<E> event;

  /** Unmodifiable. Empty until the entry is in the conflict index. */
  SortedSet<String> keys = Collections.emptySortedSet();

  /** Null until judged for the first time. */
  private @Nullable Decision<E> decision;

  private @Nullable Dot duplicateOf;

  /** The state after this entry, where a checkpoint stands. */
  @Nullable S checkpoint;

  Entry(ReplicatedEvent<E> event) {
    this.event = event;
  }

  boolean isFresh() {
    return decision == null;
  }

  Decision<E> decision() {
    return Objects.requireNonNull(decision, "judged in the total order, so before it is looked at");
  }

  @Nullable Dot duplicateOf() {
    return duplicateOf;
  }

  /** Sets what was decided; true if that is new or different. */
  boolean decide(Decision<E> decision, @Nullable Dot duplicateOf) {
    boolean changed =
        !decision.equals(this.decision) || !Objects.equals(duplicateOf, this.duplicateOf);
    this.decision = decision;
    this.duplicateOf = duplicateOf;
    return changed;
  }

  /** Whether later events meet this one as a rival. */
  boolean counts(boolean seesDiscarded) {
    return duplicateOf == null && (seesDiscarded || !(decision instanceof Decision.Discard));
  }

  @Override
  public int compareTo(Entry<S, E> other) {
    return ReplicatedEvent.TOTAL_ORDER.compare(event, other.event);
  }

  // Identity is equality: one entry per dot in one fold, and compareTo agrees.
  @Override
  public boolean equals(@Nullable Object o) {
    return this == o;
  }

  @Override
  public int hashCode() {
    return event.dot().hashCode();
  }
}
