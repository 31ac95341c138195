package dev.converge.engine.fold;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The events in memory, in the total order, folded on top of those that were released: what is to
 * be judged again, from which checkpoint, and until where.
 */
final class Tail<S, E> {
  private final boolean commutes;
  private final ConflictIndex<S, E> conflicts;
  private final Resolutions<S, E> resolutions;
  private final Judge<S, E> judge;
  private final Timeline<S, E> timeline = new Timeline<>();
  private final Checkpoints<S, E> checkpoints = new Checkpoints<>();

  /** The state before the first entry. */
  private S base;

  /** The state after the first {@link #settled} entries; not valid while that is negative. */
  private S state;

  private int settled;

  // What is still to do. Empty, unless the last fold failed.
  private final ArrayDeque<Entry<S, E>> unindexed = new ArrayDeque<>();
  private final TreeSet<Entry<S, E>> toJudge = new TreeSet<>();
  private @Nullable FoldException failure;

  private long refolds;
  private long earlyStops;

  Tail(
      S base,
      Collection<Entry<S, E>> kept,
      boolean commutes,
      ConflictIndex<S, E> conflicts,
      Resolutions<S, E> resolutions,
      Judge<S, E> judge) {
    this.base = base;
    this.state = base;
    this.unindexed.addAll(kept);
    this.commutes = commutes;
    this.conflicts = conflicts;
    this.resolutions = resolutions;
    this.judge = judge;
  }

  /** Takes in sorted entries; {@link #settle} folds them. */
  void insert(List<Entry<S, E>> fresh) {
    timeline.insert(fresh);
    unindexed.addAll(fresh);
    fresh.forEach(this::judgeLater);
  }

  /** An entry may have to be judged otherwise. */
  void judgeLater(Entry<S, E> entry) {
    if (!entry.toJudge) {
      entry.toJudge = true;
      toJudge.add(entry);
    }
  }

  /** Folds what is new. If user code throws, {@link #requireFolded} tells. */
  void settle() {
    failure = null;
    try {
      if (commutes
          && settled >= 0
          && !toJudge.isEmpty()
          && toJudge.stream().allMatch(Entry::isFresh)) {
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
      if (commutes) {
        unindexed.clear();
        return;
      }
      if (entry.isFresh()) {
        judge.index(entry);
      } else {
        judge.indexSettled(entry);
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
      now = checkpoint == null ? base : Objects.requireNonNull(checkpoint.checkpoint);
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

  /**
   * Takes the first entries away: all but their effect.
   *
   * @param count of them, from 1, all folded
   */
  List<Entry<S, E>> removeFirst(int count) {
    base = stateAfter(count);
    Entry<S, E> last = timeline.get(count - 1);
    checkpoints.dropUpTo(last);
    settled -= count;
    return timeline.removeFirst(count);
  }

  private S stateAfter(int count) {
    if (count == timeline.size()) {
      return state;
    }
    Entry<S, E> last = timeline.get(count - 1);
    Entry<S, E> checkpoint = last.checkpoint == null ? checkpoints.before(last) : last;
    S now = checkpoint == null ? base : Objects.requireNonNull(checkpoint.checkpoint);
    for (int i = checkpoint == null ? 0 : timeline.position(checkpoint) + 1; i < count; i++) {
      now = judge.apply(timeline.get(i), now);
    }
    return now;
  }

  void requireFolded() {
    if (failure != null) {
      throw failure;
    }
  }

  /** The state before the first entry. */
  S base() {
    return base;
  }

  /** The state after all entries. */
  S state() {
    requireFolded();
    return state;
  }

  int size() {
    return timeline.size();
  }

  Entry<S, E> get(int position) {
    return timeline.get(position);
  }

  FoldCounters counters() {
    return new FoldCounters(
        judge.applied(), judge.judged(), refolds, earlyStops, checkpoints.size());
  }
}
