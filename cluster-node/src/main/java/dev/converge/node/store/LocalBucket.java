package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.CausalCrdt;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * This node's copy of one bucket: what everything is read from and every write is made on. It
 * belongs to the process, not to the cluster's ActorSystem, so a new ActorSystem finds it unharmed
 * and no dot is ever minted twice.
 *
 * <p>Thread-safe: reads take no lock, writes one per bucket.
 */
final class LocalBucket {
  /**
   * A step from one state to the next.
   *
   * @param before the state
   * @param delta what was joined to it
   * @param after the state then; {@code before} itself if that had all of it
   */
  record Step(
      ORMap<String, Variant> before, ORMap<String, Variant> delta, ORMap<String, Variant> after) {
    boolean isChange() {
      return before != after;
    }
  }

  private final SizeGuard sizes;
  private volatile ORMap<String, Variant> state = Buckets.EMPTY;

  /** Local writes that nobody has been told of yet, joined. Guarded by this. */
  private @Nullable ORMap<String, Variant> pending;

  LocalBucket(StoreLimits limits) {
    this.sizes = new SizeGuard(limits);
  }

  ORMap<String, Variant> state() {
    return state;
  }

  /**
   * Makes a write.
   *
   * @throws KeyTypeMismatchException if the key shows another type
   * @throws StoreLimitException if the value or the bucket would become too large
   */
  <V extends CausalCrdt<V>> Step update(Key<V> key, Mutation<V> mutation, Writer writer) {
    synchronized (this) {
      ORMap<String, Variant> before = state;
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
      if (after != before) {
        sizes.check(before, key.name(), delta, after);
        state = after;
      }
      return new Step(before, delta, after);
    }
  }

  /**
   * Checks what a key shows.
   *
   * @throws KeyTypeMismatchException if that is another type
   */
  static void requireType(Optional<Variant> present, String key, StoreType<?> type) {
    String shown = present.flatMap(Variant::shown).orElse(type.name());
    if (!shown.equals(type.name())) {
      throw new KeyTypeMismatchException(key, shown, type.name());
    }
  }

  /** Removes all that is seen under {@code key}. */
  Step remove(String key) {
    synchronized (this) {
      ORMap<String, Variant> before = state;
      ORMap<String, Variant> delta = before.remove(key);
      state = before.merge(delta);
      sizes.removed(key);
      return new Step(before, delta, state);
    }
  }

  /**
   * Joins what came from elsewhere. O(difference · log n).
   *
   * @throws dev.converge.crdt.causal.DotConflictException if a dot stands for two things; nothing
   *     has changed then
   */
  Step join(ORMap<String, Variant> other) {
    synchronized (this) {
      ORMap<String, Variant> before = state;
      ORMap<String, Variant> merged = before.merge(other);
      // If the other has all of this, take its object: one in both places, instead of two equal
      // ones.
      state = other.merge(before) == other ? other : merged;
      if (merged == before) {
        return new Step(before, other, before);
      }
      sizes.forget();
      return new Step(before, other, state);
    }
  }

  /**
   * Keeps a local write for the next {@link #takePending}; whether it is the first, so that
   * somebody has to be told.
   */
  synchronized boolean keep(ORMap<String, Variant> delta) {
    boolean first = pending == null;
    pending = pending == null ? delta : pending.merge(delta);
    return first;
  }

  /** The local writes since the last call, joined; null if there are none. */
  synchronized @Nullable ORMap<String, Variant> takePending() {
    ORMap<String, Variant> taken = pending;
    pending = null;
    return taken;
  }
}
