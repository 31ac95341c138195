package dev.converge.engine.fold;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fold of a growing set of events: the answers of {@link NaiveFold}, without starting from the
 * beginning each time. Single-threaded, mutable.
 *
 * <p>An event later than all others costs one call of the handler. A late one goes to its place,
 * and the fold is redone from the nearest checkpoint before it; a whole batch is put in first and
 * folded once. A re-fold ends early at a checkpoint whose state came out as before, and goes on
 * only at the next event that could see a difference: one that is new, or shares a conflict key
 * with an event whose decision is new. With n events held and d of them later than a late one, that
 * costs at most 1.25 · d + 16 calls of the handler and O(n) moves of references. A model that
 * {@linkplain EntityModel#commutes commutes} is not folded again at all, unless an origin id moved.
 *
 * <p>Memory: all events that were not {@linkplain #release released}, and O(log n) states; of those
 * released, what {@link FoldCheckpoint} lists.
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
public final class IndexedFold<S, E> {
  private final EntityModel<S, E> model;
  private final FoldOptions options;
  private final Map<Dot, Entry<S, E>> byDot = new HashMap<>();
  private final ConflictIndex<S, E> conflicts;
  private final OriginIndex<S, E> origins;
  private final Resolutions<S, E> resolutions;
  private final Judge<S, E> judge;
  private final Released<S, E> released;
  private final Tail<S, E> tail;

  /** Of the tail, so many from the start are final. */
  private int finals;

  private HybridTimestamp finalTime = HybridTimestamp.ZERO;
  private final List<Dot> tooLate = new ArrayList<>();

  /** A fold of no events. */
  public IndexedFold(EntityModel<S, E> model) {
    this(model, FoldOptions.DEFAULT);
  }

  /** A fold of no events. */
  public IndexedFold(EntityModel<S, E> model, FoldOptions options) {
    this(model, options, FoldCheckpoint.empty(model));
  }

  /** A fold that goes on from a checkpoint. */
  public IndexedFold(EntityModel<S, E> model, FoldOptions options, FoldCheckpoint<S, E> start) {
    this.model = model;
    this.options = options;
    Caller<S, E> user = new Caller<>(model, options);
    this.conflicts = new ConflictIndex<>(user.resolver().seesDiscarded());
    this.origins = new OriginIndex<>(model.rememberRequestsMillis());
    start.requests().forEach(origins::remember);
    this.resolutions = new Resolutions<>(conflicts, byDot::get);
    start.conflicts().forEach(resolutions::hold);
    this.judge = new Judge<>(user, conflicts, resolutions);
    this.released = new Released<>(start);
    this.tail =
        new Tail<>(start.state(), released.kept(), model.commutes(), conflicts, resolutions, judge);
    tail.settle();
  }

  /**
   * Takes in a whole batch, then folds once. Events held already, or released, are passed over. If
   * the handler or the resolver throws, the events are held all the same, and {@link #state} says
   * so.
   *
   * @param batch in any order; with what is held, it has everything that it depends on, and later
   *     events of a replica have later times. None that {@linkplain #needsTail needs} more than is
   *     in memory, or what it lacks is gone for good
   * @throws IllegalArgumentException if an event contradicts one that is held; nothing is changed
   */
  public void insert(Collection<ReplicatedEvent<E>> batch) {
    Map<Dot, Entry<S, E>> added = new HashMap<>();
    for (ReplicatedEvent<E> event : batch) {
      Entry<S, E> held = byDot.getOrDefault(event.dot(), added.get(event.dot()));
      if (held == null && !released.vector().contains(event.dot())) {
        added.put(event.dot(), new Entry<>(event));
      } else if (held != null && !held.event.hash().equals(event.hash())) {
        throw new IllegalArgumentException(
            "two events have the dot " + event.dot() + ": " + held.event + " and " + event);
      }
    }
    if (added.isEmpty()) {
      return;
    }
    List<Entry<S, E>> fresh = new ArrayList<>(added.values());
    Collections.sort(fresh);
    byDot.putAll(added);
    tail.insert(fresh);
    for (Entry<S, E> entry : fresh) {
      if (entry.event.time().compareTo(finalTime) <= 0) {
        tooLate.add(entry.event.dot());
        finals++;
      }
      origins.add(entry).forEach(tail::judgeLater);
    }
    tail.settle();
  }

  /**
   * Whether an event, not held yet, could meet something that was dropped from memory: its place is
   * before what was released, or its context is ignorant of an event that was dropped. Then it must
   * not be inserted before a fold {@linkplain #from from an older checkpoint} has taken the place
   * of this one. Costs O(replicas + cloud), and a call of the resolver for the event's keys.
   *
   * @param floor what every event to come counts as seen
   */
  public boolean needsTail(ReplicatedEvent<E> event, VersionVector floor) {
    if (released.isEmpty() || model.commutes()) {
      return false;
    }
    return !released.isBefore(event)
        || (!released.isSeenBy(event.context(), floor) && judge.meetsOthers(event));
  }

  /** Whether an own event with this context could meet something that was dropped from memory. */
  public boolean needsTail(CausalContext context, VersionVector floor) {
    return !model.commutes() && !released.isSeenBy(context, floor);
  }

  /**
   * Lets final events that every replica has leave memory: their effect stays, and of themselves
   * only what {@link FoldCheckpoint} lists. Answers stay those of a fold that keeps all, except
   * that {@link #history} and {@link #find(Dot)} no longer reach them. Costs O(events held), and at
   * most one call of the handler for each event released.
   *
   * @param stable the events that every replica has
   * @param others the contexts of events that are on their way into this fold
   * @throws FoldException if the handler or the resolver threw; nothing is released then
   */
  public void release(VersionVector stable, Collection<CausalContext> others) {
    tail.requireFolded();
    int count = 0;
    while (count < finals && stable.contains(tail.get(count).event.dot())) {
      count++;
    }
    if (count > 0) {
      List<Entry<S, E>> leaving = tail.removeFirst(count);
      finals -= count;
      for (Entry<S, E> entry : leaving) {
        resolutions.release(entry);
        origins.release(entry);
        byDot.remove(entry.event.dot());
        released.add(entry);
      }
      origins.forget(released.time());
    }
    conflicts.drop(released.drop(seenByAll(others)));
    resolutions.forget(released.dropped());
  }

  /** What every event that may still be judged has seen of the released. */
  private VersionVector seenByAll(Collection<CausalContext> others) {
    VersionVector seen = released.vector();
    for (CausalContext context : others) {
      seen = context.vector().covers(seen) ? seen : seen.meet(context.vector());
    }
    for (int i = 0; i < tail.size(); i++) {
      Entry<S, E> entry = tail.get(i);
      VersionVector vector = entry.event.context().vector();
      if (entry.meetsOthers() && !vector.covers(seen)) {
        seen = seen.meet(vector);
      }
    }
    return seen;
  }

  /** What was released so far comes to, to be stored. Costs O(what it lists). */
  public FoldCheckpoint<S, E> checkpoint() {
    return released.checkpoint(tail.base(), origins.released(), resolutions.held());
  }

  /** Of these events, those that need an older checkpoint than {@code start}. */
  public List<ReplicatedEvent<E>> unservedBy(
      FoldCheckpoint<S, E> start, Collection<ReplicatedEvent<E>> events) {
    IndexedFold<S, E> fold = new IndexedFold<>(model, options, start);
    return events.stream()
        .filter(event -> !start.vector().contains(event.dot()))
        .filter(event -> fold.needsTail(event, VersionVector.empty()))
        .toList();
  }

  /**
   * A fold of the same events that starts earlier, so that more of them are in memory.
   *
   * @param older a checkpoint from before this fold's, that {@linkplain FoldCheckpoint#serves
   *     serves} each of the events
   * @param events all after that checkpoint that this fold has had, in any order; those that the
   *     checkpoint covers are passed over
   */
  public IndexedFold<S, E> from(FoldCheckpoint<S, E> older, Collection<ReplicatedEvent<E>> events) {
    IndexedFold<S, E> fold = new IndexedFold<>(model, options, older);
    fold.insert(events);
    fold.tooLate.addAll(tooLate);
    // After a start nothing is known of frontiers; but what a checkpoint covers, is final.
    fold.finalTime = finalTime.max(released.time());
    while (fold.finals < fold.tail.size() && wasFinal(fold.tail.get(fold.finals).event)) {
      fold.finals++;
    }
    return fold;
  }

  private boolean wasFinal(ReplicatedEvent<E> event) {
    return event.time().compareTo(finalTime) <= 0 || released.vector().contains(event.dot());
  }

  private Folded<E> folded(Entry<S, E> entry) {
    return new Folded<>(
        entry.event,
        entry.decision(),
        judge.concurrentWith(entry),
        entry.duplicateOf(),
        entry.event.time().compareTo(finalTime) <= 0);
  }

  /**
   * The state after all events. O(1).
   *
   * @throws FoldException if the handler or the resolver threw
   */
  public S state() {
    return tail.state();
  }

  /** How many events it holds. */
  public int size() {
    return tail.size();
  }

  /** The dots of the events that were released. */
  public VersionVector releasedVector() {
    return released.vector();
  }

  /** How many events were released. */
  public long released() {
    return released.size();
  }

  /** How many different conflict keys the events in memory touch, with those kept. */
  public int indexedKeys() {
    return conflicts.size();
  }

  /** Of the events released, how many are kept as rivals of others. */
  public int kept() {
    return released.kept().size();
  }

  /**
   * Events {@code from} to {@code from + limit} in the order of the fold, with what became of them.
   * Those that were released are not in memory: a page starts behind them at the earliest, as
   * {@link HistoryPage#from} says.
   *
   * @param from a position, from 0; beyond the end the page is empty
   * @param limit how many at most, from 1
   * @throws FoldException if the handler or the resolver threw
   * @throws IllegalArgumentException if an argument is out of range
   */
  public HistoryPage<E> history(int from, int limit) {
    if (from < 0 || limit < 1) {
      throw new IllegalArgumentException(
          "a page of history starts at 0 or later and has room for 1 or more: from "
              + from
              + ", limit "
              + limit);
    }
    tail.requireFolded();
    int gone = Math.toIntExact(released.size());
    int start = Math.min(Math.max(from, gone), gone + tail.size());
    int end = (int) Math.min((long) start + limit, (long) gone + tail.size());
    List<Folded<E>> page = new ArrayList<>(end - start);
    for (int i = start; i < end; i++) {
      page.add(folded(tail.get(i - gone)));
    }
    return new HistoryPage<>(page, start, gone + tail.size());
  }

  /**
   * What became of one event.
   *
   * @throws FoldException if the handler or the resolver threw
   */
  public Optional<Folded<E>> find(Dot dot) {
    tail.requireFolded();
    return Optional.ofNullable(byDot.get(dot)).map(this::folded);
  }

  /**
   * The events that wait for a person, in the order of the fold. Costs O(escalated), and the sides
   * of those about which something was decided.
   *
   * @throws FoldException if the handler or the resolver threw
   */
  public List<Folded<E>> escalated() {
    tail.requireFolded();
    return resolutions.openEvents(this::folded);
  }

  /**
   * The conflicts that wait for a person, in the order of the fold, with their sides. Costs
   * O(escalated · sides).
   *
   * @throws FoldException if the handler or the resolver threw
   */
  public List<Escalation> openConflicts() {
    tail.requireFolded();
    return resolutions.open();
  }

  /**
   * What has become of a conflict, open or settled. One that left memory settled is not known.
   *
   * @param id the dot of the escalated event
   * @throws FoldException if the handler or the resolver threw
   */
  public Optional<Escalation> conflict(Dot id) {
    tail.requireFolded();
    return resolutions.find(id);
  }

  /**
   * The events of a conflict's sides, in dot order, with what became of them; empty if it is not
   * known, or left memory settled. Costs O(sides).
   *
   * @param id the dot of the escalated event
   * @throws FoldException if the handler or the resolver threw
   */
  public List<Judged<E>> sides(Dot id) {
    tail.requireFolded();
    return resolutions.sides(id);
  }

  /**
   * Events at or before {@code time} are final: none to come can be ordered before them, so what
   * became of them stays. An earlier time than before changes nothing. Costs O(log n), and what is
   * newly final.
   *
   * @return the events that have become final by this, with their outcome, in the order of the fold
   * @throws FoldException if the handler or the resolver threw
   */
  public List<Folded<E>> finalUpTo(HybridTimestamp time) {
    tail.requireFolded();
    finalTime = finalTime.max(time);
    List<Folded<E>> fresh = new ArrayList<>();
    while (finals < tail.size() && tail.get(finals).event.time().compareTo(finalTime) <= 0) {
      fresh.add(folded(tail.get(finals++)));
    }
    return fresh;
  }

  /**
   * The events that came although they are ordered before what was final: some replica did not keep
   * its promise. They are folded like all others, as an event is never refused; to be reported.
   */
  public List<Dot> cameTooLate() {
    return List.copyOf(tooLate);
  }

  /** As {@link dev.converge.engine.replica.EntityView#find(OriginId)}. O(1). */
  public Optional<Dot> find(OriginId originId) {
    return Optional.ofNullable(origins.last(originId));
  }

  /** The work done so far. */
  public FoldCounters counters() {
    return tail.counters();
  }
}
