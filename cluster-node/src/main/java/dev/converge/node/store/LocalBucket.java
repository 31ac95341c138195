package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * This node's copy of one bucket: what everything is read from and every write is made on. It
 * belongs to the process, not to the cluster's ActorSystem, so a new ActorSystem finds it unharmed
 * and no dot is ever minted twice.
 *
 * <p>Where the store is durable, other nodes are shown what is {@linkplain #shared saved}, which
 * lags behind what is read here.
 *
 * <p>Thread-safe: reads take no lock, writes one per bucket.
 */
final class LocalBucket {
  /** A run of dots that does not continue what was seen is not taken in if it is longer. */
  private static final long MAX_LOOSE_RUN = 10_000_000;

  /**
   * A step from one state to the next.
   *
   * @param delta what was joined; of an awaited write, with all that was written before and not
   *     told of
   * @param base how far the writer had counted before that
   * @param after the state then
   * @param changed the keys that may show something else
   * @param came those of them that were not there before
   * @param gone those of them that are not there any more
   * @param isChange whether anything is different
   */
  record Step(
      ORMap<String, Variant> delta,
      long base,
      ORMap<String, Variant> after,
      List<String> changed,
      List<String> came,
      List<String> gone,
      boolean isChange) {
    static Step none(ORMap<String, Variant> delta, ORMap<String, Variant> state) {
      return new Step(delta, 0, state, List.of(), List.of(), List.of(), false);
    }
  }

  /**
   * What other nodes may be shown.
   *
   * @param state values and what was seen
   * @param hash of the values
   * @param isAll whether that is all that is here
   */
  record Shared(ORMap<String, Variant> state, long hash, boolean isAll) {}

  /**
   * What is to be told and saved since the last call.
   *
   * @param own writes made here that others are to be told of; null if there are none
   * @param base how far the writer had counted before those
   * @param other whatever else is to be saved; null if there is nothing
   * @param isWidened whether more was seen than the deltas say
   * @param state all of the bucket, with these in it
   * @param hash its hash
   * @param saved to complete when it is saved; null if nobody has asked
   */
  record Unsaved(
      @Nullable ORMap<String, Variant> own,
      long base,
      @Nullable ORMap<String, Variant> other,
      boolean isWidened,
      ORMap<String, Variant> state,
      long hash,
      @Nullable CompletableFuture<Void> saved) {
    private Unsaved with(ORMap<String, Variant> joined) {
      return new Unsaved(joined, base, other, isWidened, state, hash, saved);
    }
  }

  private final SizeGuard sizes;
  private final boolean isDurable;
  private volatile ORMap<String, Variant> state = Buckets.EMPTY;

  // Guarded by this:

  private long hash;
  private ORMap<String, Variant> savedState = Buckets.EMPTY;
  private long savedHash;

  private Untold untold = new Untold();
  private @Nullable ORMap<String, Variant> unsavedOther;
  private boolean isWidened;
  private @Nullable CompletableFuture<Void> whenSaved;

  /** No write of an earlier life of this node can be unknown to all; see {@link #seal}. */
  private boolean isSealed;

  private @Nullable CausalContext digested;
  private long contextDigest;

  LocalBucket(StoreLimits limits, boolean isDurable) {
    this.sizes = new SizeGuard(limits);
    this.isDurable = isDurable;
  }

  ORMap<String, Variant> state() {
    return state;
  }

  /** What other nodes may be shown. */
  synchronized Shared shared() {
    return isDurable
        ? new Shared(savedState, savedHash, savedState == state)
        : new Shared(state, hash, true);
  }

  /** Whether others may be shown all that is here. */
  boolean isAllShown() {
    return !isDurable || state == Buckets.EMPTY || shared().isAll();
  }

  /** Stands for all that {@link #shared} has; 0 if that is nothing. */
  long digest() {
    return state == Buckets.EMPTY ? 0 : digestOfAll();
  }

  private synchronized long digestOfAll() {
    Shared shared = shared();
    CausalContext context = Buckets.context(shared.state());
    if (context.isEmpty()) {
      return 0;
    }
    if (context != digested) {
      contextDigest = Digest.of(context);
      digested = context;
    }
    return Digest.mix(shared.hash()) + contextDigest;
  }

  /**
   * Makes a write.
   *
   * @param isAwaited whether its writer tells others itself
   * @throws KeyTypeMismatchException if the key shows another type
   * @throws StoreLimitException if the value would become too large
   */
  <V extends CausalCrdt<V>> Step update(
      Key<V> key, Mutation<V> mutation, Writer writer, boolean isAwaited) {
    synchronized (this) {
      ORMap<String, Variant> before =
          Buckets.widened(state, Lives.begun(Buckets.context(state), writer, isSealed));
      requireType(before.get(key.name()), key.name(), key.type());
      ORMap<String, Variant> delta =
          before.update(
              key.name(),
              v ->
                  v.update(
                      writer.replica(),
                      key.type().causal(),
                      value -> mutation.apply(value, writer)));
      ORMap<String, Variant> after = before.merge(delta);
      if (after == before) {
        return Step.none(delta, state);
      }
      sizes.check(key.name(), delta, after);
      CausalContext seen = Buckets.context(state);
      boolean isOpening =
          before != state && isSealed && seen.next(writer.replica()).sequence() == 1;
      isWidened |= before != state;
      Step step = own(before, delta, after, key.name(), writer, isAwaited);
      if (isOpening) {
        // Others learn with it that there is nothing before, so their contexts have no gap.
        untold.widen(writer.replica(), writer.life());
      }
      return step;
    }
  }

  /** Removes all that is seen under {@code key}. */
  Step remove(String key, Writer writer, boolean isAwaited) {
    synchronized (this) {
      ORMap<String, Variant> before = state;
      ORMap<String, Variant> delta = Generations.removal(before, key);
      ORMap<String, Variant> after = before.merge(delta);
      sizes.removed(key);
      return after == before
          ? Step.none(delta, after)
          : own(before, delta, after, key, writer, isAwaited);
    }
  }

  private Step own(
      ORMap<String, Variant> before,
      ORMap<String, Variant> delta,
      ORMap<String, Variant> after,
      String key,
      Writer writer,
      boolean isAwaited) {
    DotStore store = Buckets.store(delta);
    CausalContext seen = Buckets.context(before);
    // What the delta of a write has seen is alive here, or new: no need to look each up.
    Buckets.context(delta)
        .forEach(
            dot -> {
              long own = Digest.of(dot.replica(), dot.sequence());
              if (store.contains(dot)) {
                hash += own;
              } else if (seen.contains(dot)) {
                hash -= own;
              }
            });
    state = after;
    untold.add(delta, seen.next(writer.replica()).sequence() - 1);
    long base = untold.base();
    ORMap<String, Variant> told = delta;
    if (isAwaited) {
      // Whoever waits tells of all, so that nothing is told of before it.
      told = untold.joined();
      untold = new Untold();
      unsavedOther = isDurable ? joined(unsavedOther, told) : null;
    }
    List<String> one = List.of(key);
    boolean was = before.containsKey(key);
    boolean is = after.containsKey(key);
    return new Step(
        told, base, after, one, is && !was ? one : List.of(), was && !is ? one : List.of(), true);
  }

  private static ORMap<String, Variant> joined(
      @Nullable ORMap<String, Variant> pending, ORMap<String, Variant> delta) {
    return pending == null ? delta : pending.merge(delta);
  }

  /**
   * Checks what a key shows.
   *
   * @throws KeyTypeMismatchException if that is another type
   */
  static void requireType(Optional<Variant> present, String key, StoreType<?> type) {
    if (present.isEmpty() || present.get().isOnly(type.causal())) {
      return;
    }
    String shown = present.flatMap(Variant::shown).orElse(type.name());
    if (!shown.equals(type.name())) {
      throw new KeyTypeMismatchException(key, shown, type.name());
    }
  }

  // The lives of a writer: see Lives

  /**
   * Every node has said that it knows of no dot of an earlier life of {@code writer} that is not
   * known here. So what lies between was never minted, or is lost for ever: the gap is closed, and
   * the lives become one row of numbers in the context.
   */
  synchronized boolean seal(Writer writer) {
    isSealed = true;
    CausalContext context = Buckets.context(state);
    CausalContext sealed = Lives.sealed(context, writer);
    widen(sealed);
    return sealed != context;
  }

  /** Whether dots of an earlier life are here, and the gap after them is open. */
  boolean hasGap(Writer writer) {
    ORMap<String, Variant> present = state;
    return present != Buckets.EMPTY && Lives.hasGap(Buckets.context(present), writer);
  }

  /**
   * Removes what a gap that was closed has left of sequences: their roots may have been in it.
   * O(keys).
   */
  synchronized Step sweep() {
    List<Dot> garbage = new ArrayList<>(0);
    for (Map.Entry<String, DotStore> key : Buckets.store(state)) {
      garbage.addAll(Generations.garbage(key.getValue(), Buckets.context(state)));
    }
    return garbage.isEmpty() ? Step.none(Buckets.EMPTY, state) : join(Buckets.removal(garbage));
  }

  /** What was seen of {@code replica}, up to {@code last}. */
  DotRuns known(ReplicaId replica, long last) {
    return Lives.known(Buckets.context(state), replica, last);
  }

  /**
   * Takes for seen all of {@code replica} up to {@code last}, which its present life has minted
   * first, if what was seen of that here is just {@code known}; whether it is so now.
   */
  synchronized boolean close(ReplicaId replica, long last, DotRuns known) {
    CausalContext closed = Lives.closed(Buckets.context(state), replica, last, known);
    if (closed != null) {
      widen(closed);
    }
    return closed != null;
  }

  private void widen(CausalContext context) {
    if (!context.equals(Buckets.context(state))) {
      state = Buckets.widened(state, context);
      isWidened = true;
    }
  }

  // What other nodes say

  /**
   * Joins a delta that came from elsewhere. O(delta · log n). What it leaves of sequences that were
   * removed goes with it.
   *
   * @throws dev.converge.crdt.causal.DotConflictException if a dot stands for two things; nothing
   *     has changed then
   */
  synchronized Step join(ORMap<String, Variant> delta) {
    ORMap<String, Variant> before = state;
    ORMap<String, Variant> after = before.merge(delta);
    if (after == before) {
      return Step.none(delta, after);
    }
    List<Dot> garbage = new ArrayList<>(0);
    long[] change = {0};
    List<String> changed = new ArrayList<>();
    List<String> came = new ArrayList<>();
    List<String> gone = new ArrayList<>();
    DotMap<String, DotStore> old = Buckets.store(before);
    DotMap<String, DotStore> now = Buckets.store(after);
    DotMap<String, DotStore> written = Buckets.store(delta);
    CausalContext context = Buckets.context(delta);
    CausalContext seen = Buckets.context(before);
    old.forEachChangedKey(
        now,
        key -> {
          DotStore was = old.get(key);
          DotStore is = now.get(key);
          changed.add(key);
          if (was == null) {
            came.add(key);
          } else if (is == null) {
            gone.add(key);
          }
          change[0] += Digest.change(was, seen, is, written.get(key), context);
          sizes.forget(key);
          garbage.addAll(Generations.garbage(is, Buckets.context(after)));
        });
    if (!garbage.isEmpty()) {
      return join(delta.merge(Buckets.removal(garbage)));
    }
    hash += change[0];
    state = after;
    if (isDurable) {
      unsavedOther = joined(unsavedOther, delta);
    }
    return new Step(delta, 0, after, changed, came, gone, true);
  }

  /**
   * Joins what was missing of {@code page}, takes away what is dead by it, and takes over what was
   * seen there: in one step, so nobody sees a value without the write that takes another's place,
   * and no dot is here without the knowledge of which others are dead. The gap before this life of
   * {@code own} is not closed by it, which is for {@link #seal} to do.
   *
   * @param given all that was missing
   */
  synchronized Step finish(Page page, ORMap<String, Variant> given, Writer own) {
    List<Dot> dead = new ArrayList<>();
    Buckets.context(given)
        .forEach(
            dot -> {
              if (!Buckets.store(given).contains(dot)) {
                dead.add(dot);
              }
            });
    addDead(Buckets.store(state), page, dead);
    Step step = join(Buckets.delta(Buckets.store(given), dead));
    CausalContext[] context = {Buckets.context(state)};
    page.seen()
        .forEachRun(
            (replica, first, last) -> {
              boolean continues = context[0].vector().get(replica) >= first - 1;
              if (replica.equals(own.replica()) && first <= own.life() && last >= own.life()) {
                return;
              }
              if (continues || last - first < MAX_LOOSE_RUN) {
                context[0] = context[0].withRange(replica, first, last);
              }
            });
    CausalContext old = Buckets.context(state);
    widen(context[0]);
    Step swept = sweep(); // a root may be among what was seen there
    return new Step(
        step.delta(),
        0,
        state,
        both(step.changed(), swept.changed()),
        step.came(),
        both(step.gone(), swept.gone()),
        step.isChange() || old != Buckets.context(state));
  }

  private static List<String> both(List<String> some, List<String> more) {
    if (more.isEmpty()) {
      return some;
    }
    List<String> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  private static void addDead(DotStore store, Page page, List<Dot> dead) {
    store.forEachDotParts(
        (replica, sequence) -> {
          if (page.isDead(replica, sequence)) {
            dead.add(new Dot(replica, sequence));
          }
        });
  }

  // What is to be told and saved

  /** What has come since the last call; null if nothing has. For one thread. */
  @Nullable Unsaved takeUnsaved() {
    Untold own;
    Unsaved others;
    synchronized (this) {
      if (untold.isEmpty() && unsavedOther == null && !isWidened && whenSaved == null) {
        return null;
      }
      own = untold;
      others = new Unsaved(null, own.base(), unsavedOther, isWidened, state, hash, whenSaved);
      untold = new Untold();
      unsavedOther = null;
      isWidened = false;
      whenSaved = null;
    }
    return own.isEmpty() ? others : others.with(own.joined());
  }

  /** {@code taken} is saved. */
  void saved(Unsaved taken) {
    CompletableFuture<Void> asked = null;
    synchronized (this) {
      savedState = taken.state();
      savedHash = taken.hash();
      if (savedState == state) {
        asked = whenSaved; // by somebody who came after the taking
        whenSaved = null;
      }
    }
    if (taken.saved() != null) {
      taken.saved().complete(null);
    }
    if (asked != null) {
      asked.complete(null);
    }
  }

  /** {@code taken} could not be saved, and is there to be taken again. */
  synchronized void notSaved(Unsaved taken) {
    if (taken.own() != null) {
      untold.addFirst(taken.own(), taken.base());
    }
    unsavedOther = taken.other() == null ? unsavedOther : joined(unsavedOther, taken.other());
    isWidened |= taken.isWidened();
    CompletableFuture<Void> earlier = taken.saved();
    if (whenSaved == null) {
      whenSaved = earlier;
    } else if (earlier != null) {
      whenSaved.thenRun(() -> earlier.complete(null));
    }
  }

  /** Completes when all that is here now is saved; at once where nothing is. */
  synchronized CompletableFuture<Void> whenSaved() {
    if (!isDurable || savedState == state) {
      return CompletableFuture.completedFuture(null);
    }
    if (whenSaved == null) {
      whenSaved = new CompletableFuture<>();
    }
    return whenSaved;
  }

  /** The state as it was saved. Before anything else is done. */
  synchronized void load(ORMap<String, Variant> loaded) {
    state = loaded;
    hash = Digest.of(Buckets.store(loaded));
    savedState = loaded;
    savedHash = hash;
  }
}
