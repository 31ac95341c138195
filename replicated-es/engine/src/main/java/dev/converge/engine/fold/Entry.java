package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Resolution;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** An event in the fold, with what is known of it so far. Ordered by the total order. */
final class Entry<S, E> implements Comparable<Entry<S, E>> {
  final ReplicatedEvent<E> event;
  final long sequence;

  /** The packed form of its time. */
  final long time;

  private final boolean hasCloud;

  /** Unmodifiable. Empty until the entry is in the conflict index; so are the next three. */
  SortedSet<String> keys = Collections.emptySortedSet();

  Set<String> kinds = Set.of();

  /** What the keys name, in their order. */
  List<ConflictIndex.Touched<S, E>> touched = List.of();

  /** By the index's number of a replica: what the context's vector has of it. */
  long[] seen = {};

  /** Whether the index counts this as a rival of later events. */
  boolean counted;

  /** By the index of requests: the event that counts in place of this one, or null. */
  @Nullable Dot insteadOf;

  /** What the event says, if it is a person's decision. */
  @Nullable Resolution resolution;

  /** Whether it is among those to judge, whatever else has changed. */
  boolean toJudge;

  /** Whether the resolver was asked, which may answer otherwise when the state has changed. */
  boolean asked;

  /** What the resolver looked up for its decision, if that is all that it looked at. */
  @Nullable Lookup<S, E> lookups;

  /** Null until judged for the first time. */
  private @Nullable Decision<E> decision;

  private @Nullable Dot duplicateOf;

  /** The state after this entry, where a checkpoint stands. */
  @Nullable S checkpoint;

  Entry(ReplicatedEvent<E> event) {
    this.event = event;
    this.sequence = event.dot().sequence();
    this.time = event.time().packed();
    this.hasCloud = !event.context().cloud().isEmpty();
  }

  /** An entry on which was decided before. */
  Entry(Judged<E> judged) {
    this(judged.event());
    decide(judged.decision(), judged.duplicateOf());
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
    if (changed) { // else the object stays as well, by which others know that nothing has changed
      this.decision = decision;
      this.duplicateOf = duplicateOf;
    }
    return changed;
  }

  /** Whether what the event's author had not seen can matter to it: rivals, or a conflict. */
  boolean meetsOthers() {
    return !keys.isEmpty() || resolution != null;
  }

  Judged<E> judged() {
    return new Judged<>(event, decision(), duplicateOf);
  }

  /** Whether later events meet this one as a rival. */
  boolean counts(boolean seesDiscarded) {
    return duplicateOf == null && (seesDiscarded || !(decision instanceof Decision.Discard));
  }

  /** Whether it is a decision of a person that stands. */
  boolean stands() {
    return resolution != null && duplicateOf == null && decision instanceof Decision.Apply;
  }

  /** The last dot of a replica that the context's vector covers. */
  long seen(int replica) {
    return replica < seen.length ? seen[replica] : 0;
  }

  /** Whether the event's author had seen {@code other}, beyond the context's vector. */
  boolean isKnownByCloud(Entry<S, E> other) {
    return hasCloud && event.context().contains(other.event.dot());
  }

  @Override
  public int compareTo(Entry<S, E> other) {
    int byTime = Long.compare(time, other.time);
    return byTime != 0 ? byTime : event.dot().compareTo(other.event.dot());
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
