package dev.converge.engine.replica;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.FoldCheckpoint;
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.IndexedFold;
import dev.converge.engine.fold.TailNeeded;
import dev.converge.engine.sync.EventLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is held: the log and its fold, which have left memory up to the same vector, and what an
 * event would need of that.
 */
final class Held<S, E> {
  private EventLog<E> log;
  private IndexedFold<S, E> fold;

  /** What every event to come counts as seen, wherever it is made. */
  private VersionVector floor = VersionVector.empty();

  private final List<Dot> ignorant = new ArrayList<>();

  Held(EntityModel<S, E> model, FoldOptions options, FoldCheckpoint<S, E> start) {
    this.log = new EventLog<>(start.vector(), start.time());
    this.fold = new IndexedFold<>(model, options, start);
  }

  EventLog<E> log() {
    return log;
  }

  IndexedFold<S, E> fold() {
    return fold;
  }

  List<Dot> ignorant() {
    return List.copyOf(ignorant);
  }

  /** Takes note of how far all replicas are, and gives what became final by it. */
  List<Folded<E>> advance(EntityFrontier frontier, List<CausalContext> onTheirWay) {
    List<Folded<E>> finals = fold.finalUpTo(frontier.finalTime());
    floor = floor.merge(frontier.floor());
    fold.release(frontier.stable(), onTheirWay);
    log.release(fold.releasedVector());
    return finals;
  }

  /** What an event to come would need of what has left memory, or null. */
  @Nullable TailNeeded lackedBy(ReplicatedEvent<E> event) {
    return fold.needsTail(event, floor) ? needed(event, floor) : null;
  }

  boolean lackedBy(CausalContext context) {
    return fold.needsTail(context, floor);
  }

  /** For an event to come. */
  void requireTail(ReplicatedEvent<E> event) {
    require(lackedBy(event));
  }

  /** For an event of the journal: it was made before what is the floor today. */
  void requireTailOfStored(ReplicatedEvent<E> event) {
    require(fold.needsTail(event, VersionVector.empty()) ? neededByStored(event) : null);
  }

  private static void require(@Nullable TailNeeded lacked) {
    if (lacked != null) {
      throw new TailNeededException(lacked);
    }
  }

  void noteIfIgnorant(ReplicatedEvent<E> event) {
    if (fold.needsTail(event, VersionVector.empty())) {
      ignorant.add(event.dot());
    }
  }

  void restore(FoldCheckpoint<S, E> older, Collection<ReplicatedEvent<E>> rows) {
    EventLog<E> longer = log.from(older.vector(), older.time(), rows);
    for (ReplicatedEvent<E> event : fold.unservedBy(older, longer.events())) {
      if (!ignorant.contains(event.dot())) {
        throw new TailNeededException(neededByStored(event));
      }
    }
    fold = fold.from(older, longer.events());
    log = longer;
  }

  private static <E> TailNeeded neededByStored(ReplicatedEvent<E> event) {
    return needed(event, VersionVector.empty());
  }

  private static <E> TailNeeded needed(ReplicatedEvent<E> event, VersionVector counted) {
    return new TailNeeded(
        event.dot(), event.time(), event.context().merge(CausalContext.of(counted)));
  }
}
