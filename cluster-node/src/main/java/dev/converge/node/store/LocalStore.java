package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.DotConflictException;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All buckets of this node, an index of their keys in order, and who wants to know of changes.
 * Knows nothing of other nodes. Thread-safe.
 */
final class LocalStore {
  private static final Logger LOG = LoggerFactory.getLogger(LocalStore.class);

  private final StoreLimits limits;
  private final boolean isDurable;
  private final List<LocalBucket> buckets;
  private final Subscriptions subscriptions;
  private final IdleKeys idle;
  private final Contact contact;

  /** The keys that are there. Changed under the lock of the key's bucket. */
  private final NavigableSet<String> keys = new ConcurrentSkipListSet<>();

  private final AtomicInteger keyCount = new AtomicInteger();

  /** Buckets with something to tell or to save, each once; marked by 1 while they are in here. */
  private final ConcurrentLinkedQueue<Integer> changed = new ConcurrentLinkedQueue<>();

  private final AtomicIntegerArray isChanged = new AtomicIntegerArray(Buckets.COUNT);
  private volatile Runnable onChange = () -> {};

  /**
   * An empty store.
   *
   * @param isDurable whether what is here is saved, and others are shown only what is
   */
  LocalStore(StoreLimits limits, boolean isDurable, Subscriptions subscriptions) {
    this(limits, isDurable, subscriptions, StoreExpiry.NONE);
  }

  /** An empty store, of which keys may expire. */
  LocalStore(
      StoreLimits limits, boolean isDurable, Subscriptions subscriptions, StoreExpiry expiry) {
    this.idle = new IdleKeys(expiry, isDurable);
    this.contact = new Contact(expiry.peers());
    this.limits = limits;
    this.isDurable = isDurable;
    this.buckets =
        IntStream.range(0, Buckets.COUNT)
            .mapToObj(i -> new LocalBucket(limits, isDurable))
            .toList();
    this.subscriptions = subscriptions;
  }

  boolean isDurable() {
    return isDurable;
  }

  /** When keys that may expire have last changed. */
  IdleKeys idle() {
    return idle;
  }

  /** Whether others are here, as far as it matters for that. */
  Contact contact() {
    return contact;
  }

  LocalBucket bucket(int index) {
    return buckets.get(index);
  }

  /** Calls {@code action} whenever there is something new to {@linkplain #takeChanged take}. */
  void onChange(Runnable action) {
    onChange = action;
    action.run();
  }

  Optional<Entry> entry(String key) {
    return buckets.get(Buckets.of(key)).state().get(key).flatMap(v -> Entry.of(key, v));
  }

  <V extends CausalCrdt<V>> LocalBucket.Step update(
      Key<V> key, Mutation<V> mutation, Writer writer, boolean isAwaited) {
    if (keyCount.get() >= limits.keys() && !keys.contains(key.name())) {
      throw StoreLimitException.full(key.name(), limits.keys());
    }
    return change(
        Buckets.of(key.name()), bucket -> bucket.update(key, mutation, writer, isAwaited));
  }

  LocalBucket.Step remove(String key, Writer writer, boolean isAwaited) {
    return change(Buckets.of(key), bucket -> bucket.remove(key, writer, isAwaited));
  }

  /**
   * Removes a key if that still holds of it which its removal rests on: no write comes in between.
   */
  void expire(String key, Writer writer, BooleanSupplier stillHolds) {
    change(
        Buckets.of(key),
        bucket ->
            stillHolds.getAsBoolean()
                ? bucket.remove(key, writer, false)
                : LocalBucket.Step.none(Buckets.EMPTY, bucket.state()));
  }

  /** Joins a delta that came from elsewhere. */
  void join(int index, ORMap<String, Variant> delta) {
    changeByOther(index, bucket -> bucket.join(delta));
  }

  /** See {@link LocalBucket#finish}. */
  void finish(Page page, ORMap<String, Variant> given, Writer own) {
    changeByOther(page.bucket(), bucket -> bucket.finish(page, given, own));
  }

  /** See {@link LocalBucket#seal}. */
  void seal(int index, Writer writer) {
    if (buckets.get(index).seal(writer)) {
      tell(index);
      change(index, LocalBucket::sweep);
    }
  }

  /** See {@link LocalBucket#close}. */
  boolean close(int index, ReplicaId replica, long last, DotRuns known) {
    LocalBucket bucket = buckets.get(index);
    ORMap<String, Variant> before = bucket.state();
    boolean isClosed = bucket.close(replica, last, known);
    if (bucket.state() != before) {
      tell(index);
      change(index, LocalBucket::sweep);
    }
    return isClosed;
  }

  private void changeByOther(int index, Function<LocalBucket, LocalBucket.Step> action) {
    try {
      change(index, action);
    } catch (DotConflictException e) {
      LOG.error(
          "Bucket {} cannot be merged with another node's: {}. This node keeps what it has.",
          index,
          e.getMessage());
    }
  }

  private LocalBucket.Step change(int index, Function<LocalBucket, LocalBucket.Step> action) {
    LocalBucket bucket = buckets.get(index);
    LocalBucket.Step step;
    synchronized (bucket) {
      step = action.apply(bucket);
      step.came().forEach(key -> keep(key, true));
      step.gone().forEach(key -> keep(key, false));
      if (!idle.isEmpty()) {
        step.changed().forEach(key -> idle.changed(key, this::known));
        step.gone().forEach(idle::gone);
      }
    }
    if (step.isChange()) {
      step.changed().forEach(subscriptions::changed);
      tell(index);
    }
    return step;
  }

  private String known(String key) {
    String found = keys.floor(key);
    return key.equals(found) ? found : key;
  }

  private void keep(String key, boolean isThere) {
    if (isThere ? keys.add(key) : keys.remove(key)) {
      keyCount.addAndGet(isThere ? 1 : -1);
    }
  }

  private void tell(int index) {
    if (isChanged.compareAndSet(index, 0, 1)) {
      changed.add(index);
      onChange.run();
    }
  }

  /** A bucket taken, and what was new in it. */
  record Taken(int bucket, LocalBucket.Unsaved unsaved) {}

  /** What has changed since the last call, each bucket once. */
  List<Taken> takeChanged() {
    List<Integer> indices = new ArrayList<>();
    for (Integer index = changed.poll(); index != null; index = changed.poll()) {
      indices.add(index);
    }
    // Only now may they come in again: a bucket twice in one list would be saved twice at once.
    List<Taken> taken = new ArrayList<>(indices.size());
    for (int index : indices) {
      isChanged.set(index, 0);
      LocalBucket.Unsaved unsaved = buckets.get(index).takeUnsaved();
      if (unsaved != null) {
        taken.add(new Taken(index, unsaved));
      }
    }
    return taken;
  }

  /** {@code taken} could not be saved; it is taken again with the next call. */
  void notSaved(List<Taken> taken) {
    for (Taken each : taken) {
      buckets.get(each.bucket()).notSaved(each.unsaved());
      if (isChanged.compareAndSet(each.bucket(), 0, 1)) {
        changed.add(each.bucket());
      }
    }
  }

  /** Completes when what the bucket holds now is saved. */
  CompletableFuture<Void> whenSaved(int index) {
    return buckets.get(index).whenSaved();
  }

  /** Puts what was saved into an empty store. */
  void load(int index, ORMap<String, Variant> state) {
    buckets.get(index).load(state);
    state.keys().forEach(key -> keep(key, true));
  }

  /** Each key that is there. */
  void forEachKey(Consumer<String> action) {
    keys.forEach(action);
  }

  /** How many keys there are. */
  int size() {
    return keyCount.get();
  }

  /**
   * The first {@code limit} keys after {@code after} that start with {@code prefix}. O(log keys +
   * limit).
   */
  List<Entry> keys(String prefix, String after, int limit) {
    List<Entry> page = new ArrayList<>();
    String from = after.compareTo(prefix) < 0 ? prefix : after;
    boolean isWithFirst = !from.equals(after) || after.isEmpty();
    for (String key : keys.tailSet(from, isWithFirst)) {
      if (!key.startsWith(prefix) || page.size() >= limit) {
        break;
      }
      entry(key).ifPresent(page::add);
    }
    return page;
  }
}
