package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.List;

/**
 * Deltas of this node's own writes that others have not been told of. They are joined by whoever
 * takes them, which is not the one who writes. Not thread-safe: guarded by its bucket's lock until
 * it is taken.
 */
final class Untold {
  /** So many deltas wait to be joined; nobody may take them for long. */
  private static final int MAX_WAITING = 1_024;

  private final List<ORMap<String, Variant>> deltas = new ArrayList<>(1);
  private long base;

  boolean isEmpty() {
    return deltas.isEmpty();
  }

  /** How far the writer had counted before the first of them. */
  long base() {
    return base;
  }

  /**
   * Adds the latest.
   *
   * @param counted how far the writer had counted before it
   */
  void add(ORMap<String, Variant> delta, long counted) {
    if (deltas.isEmpty()) {
      base = counted;
    }
    deltas.add(delta);
    if (deltas.size() >= MAX_WAITING) {
      joined();
    }
  }

  /** Adds what was taken before all of these, and could not be told of. */
  void addFirst(ORMap<String, Variant> delta, long counted) {
    deltas.add(0, delta);
    base = counted;
  }

  /**
   * They have seen all numbers of {@code replica} up to {@code last} too; nothing if none waits.
   */
  void widen(ReplicaId replica, long last) {
    if (!isEmpty()) {
      ORMap<String, Variant> all = joined();
      deltas.set(0, Buckets.widened(all, Buckets.context(all).withRange(replica, 1, last)));
    }
  }

  /** All of them as one, which there is. */
  ORMap<String, Variant> joined() {
    ORMap<String, Variant> all = deltas.get(0);
    for (ORMap<String, Variant> delta : deltas.subList(1, deltas.size())) {
      all = all.merge(delta);
    }
    deltas.clear();
    deltas.add(all);
    return all;
  }
}
