package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.DotConflictException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All buckets of this node, and who wants to know of changes. Knows nothing of other nodes.
 * Thread-safe.
 */
final class LocalStore {
  private static final Logger LOG = LoggerFactory.getLogger(LocalStore.class);

  private final List<LocalBucket> buckets;
  private final Subscriptions subscriptions;

  LocalStore(StoreLimits limits, Subscriptions subscriptions) {
    this.buckets =
        IntStream.range(0, Buckets.COUNT).mapToObj(i -> new LocalBucket(limits)).toList();
    this.subscriptions = subscriptions;
  }

  LocalBucket bucket(int index) {
    return buckets.get(index);
  }

  Optional<Entry> entry(String key) {
    return buckets.get(Buckets.of(key)).state().get(key).flatMap(v -> Entry.of(key, v));
  }

  <V extends CausalCrdt<V>> LocalBucket.Step update(
      Key<V> key, Mutation<V> mutation, Writer writer) {
    LocalBucket.Step step = buckets.get(Buckets.of(key.name())).update(key, mutation, writer);
    if (step.isChange()) {
      subscriptions.changed(key.name());
    }
    return step;
  }

  LocalBucket.Step remove(String key) {
    LocalBucket.Step step = buckets.get(Buckets.of(key)).remove(key);
    if (step.isChange()) {
      subscriptions.changed(key);
    }
    return step;
  }

  /** Joins what another node or the Replicator has; whether that brought something new. */
  boolean join(int index, ORMap<String, Variant> other) {
    LocalBucket.Step step;
    try {
      step = buckets.get(index).join(other);
    } catch (DotConflictException e) {
      LOG.error(
          "Bucket {} cannot be merged with another node's: {}. This node keeps what it has.",
          index,
          e.getMessage());
      return false;
    }
    if (step.isChange()) {
      subscriptions.changed(step.before(), step.after());
    }
    return step.isChange();
  }

  /**
   * The first {@code limit} keys after {@code after} that start with {@code prefix}. O(keys · log
   * limit).
   */
  List<Entry> keys(String prefix, String after, int limit) {
    PriorityQueue<String> first = new PriorityQueue<>(Comparator.<String>reverseOrder());
    for (LocalBucket bucket : buckets) {
      for (String key : bucket.state().keys()) {
        boolean fits = key.startsWith(prefix) && (after.isEmpty() || key.compareTo(after) > 0);
        if (fits && (first.size() < limit || key.compareTo(first.element()) < 0)) {
          first.add(key);
          if (first.size() > limit) {
            first.remove();
          }
        }
      }
    }
    return first.stream().sorted().flatMap(key -> entry(key).stream()).toList();
  }
}
