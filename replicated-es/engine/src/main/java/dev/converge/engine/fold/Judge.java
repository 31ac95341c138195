package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides about one entry, and applies it: the step that a fold repeats. */
final class Judge<S, E> {
  private final Caller<S, E> user;
  private final ConflictIndex<S, E> conflicts;
  private final Resolutions<S, E> resolutions;
  private final boolean readsState;
  private long applied;
  private long judged;

  Judge(Caller<S, E> user, ConflictIndex<S, E> conflicts, Resolutions<S, E> resolutions) {
    this.user = user;
    this.conflicts = conflicts;
    this.resolutions = resolutions;
    this.readsState = user.resolver().readsState();
  }

  /** Asks what a new entry touches and says, and puts it where others find it. */
  void index(Entry<S, E> entry) {
    entry.keys = user.keys(entry.event);
    entry.kinds = entry.keys.isEmpty() ? Set.of() : user.kinds(entry.event);
    entry.resolution = user.resolution(entry.event);
    conflicts.add(entry);
    if (entry.resolution != null) {
      resolutions.add(entry, entry.resolution);
    }
  }

  /** As {@link #index}, for an entry that was judged before, and left memory as a rival only. */
  void indexSettled(Entry<S, E> entry) {
    entry.keys = user.keys(entry.event);
    entry.kinds = entry.keys.isEmpty() ? Set.of() : user.kinds(entry.event);
    conflicts.addSettled(entry);
  }

  /** Whether an event not here yet touches something, or decides. If that throws: yes. */
  boolean meetsOthers(ReplicatedEvent<E> event) {
    try {
      return !user.keys(event).isEmpty() || user.resolution(event) != null;
    } catch (FoldException e) {
      return true;
    }
  }

  /** Whether an entry may be judged otherwise than before. */
  boolean mayDiffer(Entry<S, E> entry) {
    return entry.toJudge
        || (entry.asked && readsState)
        || entry.resolution != null
        || conflicts.mayHaveChanged(entry);
  }

  /** Decides about an entry, all before it being decided. */
  void judge(Entry<S, E> entry, S before) {
    Dot duplicateOf = entry.insteadOf;
    boolean hasRival = false;
    if (duplicateOf == null && entry.lookups != null) {
      Lookup.Again again = entry.lookups.check(entry, conflicts);
      if (again == Lookup.Again.SAME) {
        return;
      }
      hasRival = again == Lookup.Again.OTHER;
    }
    Decision<E> decision;
    entry.asked = false;
    entry.lookups = null;
    if (duplicateOf != null) {
      decision = NaiveFold.duplicate(entry.event, duplicateOf);
    } else if (entry.resolution != null) {
      decision = resolutions.judge(entry, entry.resolution);
    } else if (hasRival || conflicts.hasRival(entry.touched, null, entry)) {
      judged++;
      entry.asked = true;
      Lookup.Notes<S, E> notes = new Lookup.Notes<>();
      S state = readsState ? before : null;
      decision =
          user.decide(entry.event, () -> new IndexedConflict<>(state, entry, conflicts, notes));
      entry.lookups = readsState ? null : notes.taken();
    } else {
      decision = Decision.apply();
    }
    if (entry.decide(decision, duplicateOf)) {
      conflicts.decided(entry);
      resolutions.judged(entry);
    }
  }

  /** The state after an entry that is decided. */
  S apply(Entry<S, E> entry, S before) {
    Optional<E> effect = entry.decision().effectOf(entry.event.payload());
    if (effect.isEmpty()) {
      return before;
    }
    applied++;
    return user.apply(
        before, effect.get(), entry.event, entry.decision(), () -> concurrentWith(entry));
  }

  /** The dots of an entry's rivals. */
  List<Dot> concurrentWith(Entry<S, E> entry) {
    return entry.duplicateOf() != null ? List.of() : conflicts.dots(entry);
  }

  /** Calls of the handler so far. */
  long applied() {
    return applied;
  }

  /** Calls of the resolver so far. */
  long judged() {
    return judged;
  }
}
