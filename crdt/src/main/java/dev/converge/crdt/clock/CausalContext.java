package dev.converge.crdt.clock;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A set of dots: a version vector for what is contiguous, plus a cloud of dots beyond it.
 *
 * <p>Kept in normal form: a dot of the cloud that continues the vector is taken into it, so equal
 * sets are equal values. Immutable and thread-safe. With {@code r} replicas and {@code c} dots in
 * the cloud, {@link #contains} costs O(log r + log c), the others O(r + c) in the smaller argument.
 * See Almeida, Shoker, Baquero, <em>Delta State Replicated Data Types</em> (2018), section 7.
 */
public final class CausalContext {
  private static final CausalContext EMPTY =
      new CausalContext(VersionVector.empty(), new TreeSet<>());

  private final VersionVector vector;

  /** Disjoint from the vector, and no dot of it continues the vector. */
  private final TreeSet<Dot> cloud;

  private CausalContext(VersionVector vector, TreeSet<Dot> cloud) {
    this.vector = vector;
    this.cloud = cloud;
  }

  /** No dots. */
  public static CausalContext empty() {
    return EMPTY;
  }

  /** All dots that {@code vector} has seen. */
  public static CausalContext of(VersionVector vector) {
    return vector.isEmpty() ? EMPTY : new CausalContext(vector, new TreeSet<>());
  }

  /** All dots that {@code vector} has seen, and those of {@code cloud}. */
  public static CausalContext of(VersionVector vector, Collection<Dot> cloud) {
    return normalise(vector, new TreeSet<>(cloud));
  }

  /** Just these dots. */
  public static CausalContext ofDots(Dot... dots) {
    return of(VersionVector.empty(), List.of(dots));
  }

  /** Whether {@code dot} is in the set. */
  public boolean contains(Dot dot) {
    return vector.contains(dot) || cloud.contains(dot);
  }

  /**
   * The dot that {@code replica} would mint next: one beyond every dot of its that is in the set.
   */
  public Dot next(ReplicaId replica) {
    Dot last = cloud.floor(new Dot(replica, Long.MAX_VALUE));
    if (last != null && last.replica().equals(replica)) {
      return new Dot(replica, Math.addExact(last.sequence(), 1));
    }
    return vector.next(replica);
  }

  /** The set with {@code dot}. */
  public CausalContext with(Dot dot) {
    if (contains(dot)) {
      return this;
    }
    if (cloud.isEmpty() && vector.get(dot.replica()) + 1 == dot.sequence()) {
      return new CausalContext(vector.with(dot.replica(), dot.sequence()), cloud);
    }
    TreeSet<Dot> dots = new TreeSet<>(cloud);
    dots.add(dot);
    return normalise(vector, dots);
  }

  /** The union of both sets. */
  public CausalContext merge(CausalContext other) {
    if (this == other || other.isEmpty()) {
      return this;
    }
    if (isEmpty()) {
      return other;
    }
    VersionVector merged = vector.merge(other.vector);
    if (cloud.isEmpty() && other.cloud.isEmpty()) {
      return new CausalContext(merged, cloud);
    }
    TreeSet<Dot> dots = new TreeSet<>(cloud);
    dots.addAll(other.cloud);
    return normalise(merged, dots);
  }

  /** Whether every dot of {@code other} is in this set. */
  public boolean covers(CausalContext other) {
    if (!vector.covers(other.vector)) {
      // What the vector lacks may stand in the cloud.
      for (var e : other.vector.entries().entrySet()) {
        for (long s = vector.get(e.getKey()) + 1; s <= e.getValue(); s++) {
          if (!cloud.contains(new Dot(e.getKey(), s))) {
            return false;
          }
        }
      }
    }
    for (Dot dot : other.cloud) {
      if (!contains(dot)) {
        return false;
      }
    }
    return true;
  }

  /** How this set stands to {@code other}. */
  public Causality compare(CausalContext other) {
    boolean covers = covers(other);
    boolean covered = other.covers(this);
    if (covers) {
      return covered ? Causality.EQUAL : Causality.AFTER;
    }
    return covered ? Causality.BEFORE : Causality.CONCURRENT;
  }

  /** Whether the set has no dot. */
  public boolean isEmpty() {
    return vector.isEmpty() && cloud.isEmpty();
  }

  /** The contiguous part. */
  public VersionVector vector() {
    return vector;
  }

  /** The dots beyond the contiguous part. Unmodifiable. */
  public SortedSet<Dot> cloud() {
    return Collections.unmodifiableSortedSet(cloud);
  }

  /** Takes into the vector what continues it. {@code dots} is owned by the result. */
  private static CausalContext normalise(VersionVector vector, TreeSet<Dot> dots) {
    VersionVector v = vector;
    // In the order of replica and sequence, one pass finds every continuation.
    for (var it = dots.iterator(); it.hasNext(); ) {
      Dot dot = it.next();
      long seen = v.get(dot.replica());
      if (dot.sequence() <= seen) {
        it.remove();
      } else if (dot.sequence() == seen + 1) {
        v = v.with(dot.replica(), dot.sequence());
        it.remove();
      }
    }
    return v.isEmpty() && dots.isEmpty() ? EMPTY : new CausalContext(v, dots);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof CausalContext other
        && vector.equals(other.vector)
        && cloud.equals(other.cloud);
  }

  @Override
  public int hashCode() {
    return 31 * vector.hashCode() + cloud.hashCode();
  }

  /** {@code {node-1=3}+[node-2:7]}. */
  @Override
  public String toString() {
    return cloud.isEmpty() ? vector.toString() : vector + "+" + cloud;
  }
}
