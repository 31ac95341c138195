package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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
 * <p>Memory: all events, and O(log n) states.
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
public final class IndexedFold<S, E> {
  private final EntityModel<S, E> model;
  private final boolean commutes;
  private final Timeline<S, E> timeline = new Timeline<>();
  private final Map<Dot, Entry<S, E>> byDot = new HashMap<>();
  private final ConflictIndex<S, E> conflicts;
  private final OriginIndex<S, E> origins = new OriginIndex<>();
  private final Checkpoints<S, E> checkpoints = new Checkpoints<>();
  private final Resolutions<S, E> resolutions;
  private final Judge<S, E> judge;

  /** The state after the first {@link #settled} entries; not valid while that is negative. */
  private S state;

  private int settled;

  /** Of the timeline, so many from the start are final. */
  private int finals;

  private HybridTimestamp finalTime = HybridTimestamp.ZERO;
  private final List<Dot> tooLate = new ArrayList<>();

  // What is still to do. Empty, unless the last fold failed.
  private final ArrayDeque<Entry<S, E>> unindexed = new ArrayDeque<>();
  private final TreeSet<Entry<S, E>> toJudge = new TreeSet<>();
  private @Nullable FoldException failure;

  private long refolds;
  private long earlyStops;

  /** A fold of no events. */
  public IndexedFold(EntityModel<S, E> model) {
    this(model, FoldOptions.DEFAULT);
  }

  /** A fold of no events. */
  public IndexedFold(EntityModel<S, E> model, FoldOptions options) {
    this.model = model;
    this.commutes = model.commutes();
    Caller<S, E> user = new Caller<>(model, options);
    this.conflicts = new ConflictIndex<>(user.resolver().seesDiscarded());
    this.resolutions = new Resolutions<>(conflicts, byDot::get);
    this.judge = new Judge<>(user, conflicts, origins, resolutions);
    this.state = model.emptyState();
  }

  /**
   * Takes in a whole batch, then folds once. Events held already are passed over. If the handler or
   * the resolver throws, the events are held all the same, and {@link #state} says so.
   *
   * @param batch in any order; with what is held, it has everything that it depends on, and later
   *     events of a replica have later times
   * @throws IllegalArgumentException if an event contradicts one that is held; nothing is changed
   */
  public void insert(Collection<ReplicatedEvent<E>> batch) {
    Map<Dot, Entry<S, E>> added = new HashMap<>();
    for (ReplicatedEvent<E> event : batch) {
      Entry<S, E> held = byDot.getOrDefault(event.dot(), added.get(event.dot()));
      if (held == null) {
        added.put(event.dot(), new Entry<>(event));
      } else if (!held.event.hash().equals(event.hash())) {
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
    timeline.insert(fresh);
    unindexed.addAll(fresh);
    for (Entry<S, E> entry : fresh) {
      if (entry.event.time().compareTo(finalTime) <= 0) {
        tooLate.add(entry.event.dot());
        finals++;
      }
      judgeLater(entry);
      origins.add(entry).forEach(this::judgeLater);
    }
    settle();
  }

  private void judgeLater(Entry<S, E> entry) {
    if (!entry.toJudge) {
      entry.toJudge = true;
      toJudge.add(entry);
    }
  }

  private void settle() {
    failure = null;
    try {
      if (commutes && settled >= 0 && toJudge.stream().allMatch(Entry::isFresh)) {
        addOnTop();
      } else {
        indexKeys();
        while (!toJudge.isEmpty()) {
          refold(toJudge.first());
        }
      }
      conflicts.settled();
      settled = timeline.size();
      checkpoints.thin(timeline::position, timeline.size());
    } catch (FoldException e) {
      failure = e;
    }
  }

  /** The handler commutes: in which order does not matter. */
  private void addOnTop() {
    Entry<S, E> first = toJudge.first();
    boolean late = timeline.position(first) < settled;
    if (late) {
      checkpoints.dropFrom(first);
    }
    settled = -1;
    for (Entry<S, E> entry : toJudge) {
      judge.judge(entry, state);
      state = judge.apply(entry, state);
    }
    toJudge.forEach(entry -> entry.toJudge = false);
    toJudge.clear();
    unindexed.clear();
    Entry<S, E> last = timeline.get(timeline.size() - 1);
    Entry<S, E> before = checkpoints.before(last);
    int at = timeline.size() - 1;
    if (last.checkpoint == null
        && Checkpoints.isDue(before == null ? -1 : timeline.position(before), at, at + 1)) {
      checkpoints.add(last, state);
    }
  }

  /** Asks what the new events touch. One for which that throws stays, to be tried again. */
  private void indexKeys() {
    for (Entry<S, E> entry = unindexed.peek(); entry != null; entry = unindexed.peek()) {
      if (!commutes) {
        judge.index(entry);
      }
      unindexed.remove();
    }
  }

  /** Folds again from {@code first} until the end, or until nothing can differ any more. */
  private void refold(Entry<S, E> first) {
    int start = timeline.position(first);
    S now;
    int last;
    Entry<S, E> checkpoint = checkpoints.before(first);
    last = checkpoint == null ? -1 : timeline.position(checkpoint);
    if (start == settled) {
      now = state;
    } else {
      refolds++;
      now = checkpoint == null ? model.emptyState() : Objects.requireNonNull(checkpoint.checkpoint);
      for (int i = last + 1; i < start; i++) {
        now = judge.apply(timeline.get(i), now);
      }
    }
    settled = -1;
    for (int i = start; i < timeline.size(); i++) {
      Entry<S, E> entry = timeline.get(i);
      try {
        if (judge.mayDiffer(entry)) {
          judge.judge(entry, now);
        }
        now = judge.apply(entry, now);
      } catch (FoldException e) {
        // The next attempt starts here. What is folded before this place stays.
        judgeLater(entry);
        throw e;
      }
      if (entry.toJudge) {
        entry.toJudge = false;
        toJudge.remove(entry);
      }
      if (entry.checkpoint != null) {
        last = i;
        if (entry.checkpoint.equals(now)) {
          if (skipFrom(entry)) {
            return;
          }
        } else {
          entry.checkpoint = now;
        }
      } else if (Checkpoints.isDue(last, i, timeline.size())) {
        checkpoints.add(entry, now);
        last = i;
      }
    }
    state = now;
  }

  /** The state after {@code entry} is as before: whether the next that can differ is far away. */
  private boolean skipFrom(Entry<S, E> entry) {
    Entry<S, E> next = earlier(toJudge.higher(entry), resolutions.nextDecision(entry));
    if (next != null && checkpoints.before(next) == entry) {
      return false;
    }
    next = earlier(next, conflicts.nextChanged(entry));
    if (next == null) {
      earlyStops++;
      return true;
    }
    if (checkpoints.before(next) == entry) {
      return false;
    }
    earlyStops++;
    judgeLater(next);
    return true;
  }

  private static <S, E> @Nullable Entry<S, E> earlier(
      @Nullable Entry<S, E> a, @Nullable Entry<S, E> b) {
    return a == null || (b != null && b.compareTo(a) < 0) ? b : a;
  }

  private Folded<E> folded(Entry<S, E> entry) {
    return new Folded<>(
        entry.event,
        entry.decision(),
        judge.concurrentWith(entry),
        entry.duplicateOf(),
        entry.event.time().compareTo(finalTime) <= 0);
  }

  private void requireFolded() {
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * The state after all events. O(1).
   *
   * @throws FoldException if the handler or the resolver threw
   */
  public S state() {
    requireFolded();
    return state;
  }

  /** How many events it holds. */
  public int size() {
    return timeline.size();
  }

  /**
   * Events {@code from} to {@code from + limit} in the order of the fold, with what became of them.
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
    requireFolded();
    int start = Math.min(from, timeline.size());
    int end = (int) Math.min((long) start + limit, timeline.size());
    List<Folded<E>> page = new ArrayList<>(end - start);
    for (int i = start; i < end; i++) {
      page.add(folded(timeline.get(i)));
    }
    return new HistoryPage<>(page, start, timeline.size());
  }

  /**
   * What became of one event.
   *
   * @throws FoldException if the handler or the resolver threw
   */
  public Optional<Folded<E>> find(Dot dot) {
    requireFolded();
    return Optional.ofNullable(byDot.get(dot)).map(this::folded);
  }

  /**
   * The events that wait for a person, in the order of the fold. Costs O(escalated), and the sides
   * of those about which something was decided.
   *
   * @throws FoldException if the handler or the resolver threw
   */
  public List<Folded<E>> escalated() {
    requireFolded();
    return resolutions.openEntries().stream().map(this::folded).toList();
  }

  /**
   * The conflicts that wait for a person, in the order of the fold, with their sides. Costs
   * O(escalated · sides).
   *
   * @throws FoldException if the handler or the resolver threw
   */
  public List<Escalation> openConflicts() {
    requireFolded();
    return resolutions.open();
  }

  /**
   * What has become of a conflict, open or settled.
   *
   * @param id the dot of the escalated event
   * @throws FoldException if the handler or the resolver threw
   */
  public Optional<Escalation> conflict(Dot id) {
    requireFolded();
    return Optional.ofNullable(resolutions.find(byDot.get(id)));
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
    requireFolded();
    finalTime = finalTime.max(time);
    List<Folded<E>> fresh = new ArrayList<>();
    while (finals < timeline.size()
        && timeline.get(finals).event.time().compareTo(finalTime) <= 0) {
      fresh.add(folded(timeline.get(finals++)));
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

  /** The event that counts for a request. O(1). */
  public Optional<Dot> find(OriginId originId) {
    return Optional.ofNullable(origins.first(originId)).map(entry -> entry.event.dot());
  }

  /** The work done so far. */
  public FoldCounters counters() {
    return new FoldCounters(
        judge.applied(), judge.judged(), refolds, earlyStops, checkpoints.size());
  }
}
