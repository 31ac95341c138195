package dev.converge.crdt.clock;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Per replica, the highest contiguous sequence number seen: the "vector clock" of many texts.
 *
 * <p>A replica that is absent stands at 0. Immutable and thread-safe. With {@code r} replicas,
 * look-ups cost O(log r), everything else O(r); {@code r} is the number of replicas, so small. See
 * Parker et al., <em>Detection of Mutual Inconsistency in Distributed Systems</em> (1983).
 */
public final class VersionVector {
  private static final VersionVector EMPTY = new VersionVector(new TreeMap<>());

  /** Never holds 0. */
  private final TreeMap<ReplicaId, Long> entries;

  private VersionVector(TreeMap<ReplicaId, Long> entries) {
    this.entries = entries;
  }

  /** Nothing seen. */
  public static VersionVector empty() {
    return EMPTY;
  }

  /**
   * A vector with these entries; zeros are left out.
   *
   * @throws IllegalArgumentException if an entry is negative
   */
  public static VersionVector of(Map<ReplicaId, Long> entries) {
    TreeMap<ReplicaId, Long> copy = new TreeMap<>();
    entries.forEach(
        (replica, sequence) -> {
          if (sequence < 0) {
            throw new IllegalArgumentException(
                "a version vector's entries are not negative: " + replica + "=" + sequence);
          }
          if (sequence > 0) {
            copy.put(replica, sequence);
          }
        });
    return copy.isEmpty() ? EMPTY : new VersionVector(copy);
  }

  /** The highest contiguous sequence number seen of {@code replica}, 0 if none. */
  public long get(ReplicaId replica) {
    return entries.getOrDefault(replica, 0L);
  }

  /** Whether {@code dot} has been seen. */
  public boolean contains(Dot dot) {
    return dot.sequence() <= get(dot.replica());
  }

  /** The dot that {@code replica} would mint next. */
  public Dot next(ReplicaId replica) {
    return new Dot(replica, Math.addExact(get(replica), 1));
  }

  /** This vector with {@code replica} at least at {@code sequence}. */
  public VersionVector with(ReplicaId replica, long sequence) {
    if (sequence <= get(replica)) {
      return this;
    }
    TreeMap<ReplicaId, Long> copy = new TreeMap<>(entries);
    copy.put(replica, sequence);
    return new VersionVector(copy);
  }

  /** The least vector that has seen all that either has. */
  public VersionVector merge(VersionVector other) {
    if (this == other || other.entries.isEmpty()) {
      return this;
    }
    if (entries.isEmpty()) {
      return other;
    }
    TreeMap<ReplicaId, Long> copy = new TreeMap<>(entries);
    other.entries.forEach((replica, sequence) -> copy.merge(replica, sequence, Math::max));
    return new VersionVector(copy);
  }

  /** The greatest vector that both have seen. */
  public VersionVector meet(VersionVector other) {
    TreeMap<ReplicaId, Long> copy = new TreeMap<>();
    entries.forEach(
        (replica, sequence) -> {
          long least = Math.min(sequence, other.get(replica));
          if (least > 0) {
            copy.put(replica, least);
          }
        });
    return copy.isEmpty() ? EMPTY : new VersionVector(copy);
  }

  /** Whether this has seen all that {@code other} has. */
  public boolean covers(VersionVector other) {
    for (Map.Entry<ReplicaId, Long> e : other.entries.entrySet()) {
      if (e.getValue() > get(e.getKey())) {
        return false;
      }
    }
    return true;
  }

  /** How this stands to {@code other}. */
  public Causality compare(VersionVector other) {
    boolean covers = covers(other);
    boolean covered = other.covers(this);
    if (covers) {
      return covered ? Causality.EQUAL : Causality.AFTER;
    }
    return covered ? Causality.BEFORE : Causality.CONCURRENT;
  }

  /** Whether nothing has been seen. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** The entries by replica, none of them 0. Unmodifiable. */
  public SortedMap<ReplicaId, Long> entries() {
    return Collections.unmodifiableSortedMap(entries);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof VersionVector other && entries.equals(other.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  /** {@code {node-1=3, node-2=1}}. */
  @Override
  public String toString() {
    return entries.toString();
  }
}
