package dev.converge.crdt.clock;

import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.persistent.PersistentMap;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of dots: a version vector for what is contiguous, plus a cloud of dots beyond it.
 *
 * <p>Kept in normal form: a dot of the cloud that continues the vector is taken into it, so equal
 * sets are equal values. Immutable and thread-safe. With {@code r} replicas and {@code c} dots in
 * the cloud, {@link #contains}, {@link #next} and {@link #with} cost O(log r + log c) (and O(r) for
 * an array of numbers to copy); {@link #merge} costs that for each dot in the cloud of the
 * argument, so a delta's small context is merged cheaply into a large one. See Almeida, Shoker,
 * Baquero, <em>Delta State Replicated Data Types</em> (2018), section 7.
 *
 * <pre>{@code
 * CausalContext seen = CausalContext.ofDots(Dot.of(phone, 1), Dot.of(phone, 3));
 * VersionVector contiguous = seen.vector();               // {phone=1}
 * Dot next = seen.next(phone);                            // phone:4
 * boolean gap = !seen.contains(Dot.of(phone, 2));         // true
 * }</pre>
 */
public final class CausalContext implements Crdt<CausalContext> {
  private static final CausalContext EMPTY =
      new CausalContext(VersionVector.empty(), PersistentMap.empty());

  private final VersionVector vector;

  /** Disjoint from the vector, and no dot of it continues the vector. No set in it is empty. */
  private final PersistentMap<ReplicaId, SequenceSet> cloud;

  private CausalContext(VersionVector vector, PersistentMap<ReplicaId, SequenceSet> cloud) {
    this.vector = vector;
    this.cloud = cloud;
  }

  /** No dots. */
  public static CausalContext empty() {
    return EMPTY;
  }

  /** All dots that {@code vector} has seen. */
  public static CausalContext of(VersionVector vector) {
    return vector.isEmpty() ? EMPTY : new CausalContext(vector, PersistentMap.empty());
  }

  /** All dots that {@code vector} has seen, and those of {@code cloud}. */
  public static CausalContext of(VersionVector vector, Collection<Dot> cloud) {
    CausalContext context = of(vector);
    for (Dot dot : cloud) {
      context = context.with(dot);
    }
    return context;
  }

  /** Just these dots. */
  public static CausalContext ofDots(Dot... dots) {
    return of(VersionVector.empty(), List.of(dots));
  }

  /** Whether {@code dot} is in the set. */
  public boolean contains(Dot dot) {
    return vector.contains(dot) || isInCloud(dot.replica(), dot.sequence());
  }

  private boolean isInCloud(ReplicaId replica, long sequence) {
    SequenceSet beyond = cloud.get(replica);
    return beyond != null && beyond.contains(sequence);
  }

  /**
   * The dot that {@code replica} would mint next: one beyond every dot of its that is in the set.
   *
   * @throws ArithmeticException if there is none, after 2<sup>63</sup>−1 dots
   */
  public Dot next(ReplicaId replica) {
    SequenceSet beyond = cloud.get(replica);
    return beyond == null ? vector.next(replica) : new Dot(replica, Math.addExact(beyond.max(), 1));
  }

  /** The set with {@code dot}. */
  public CausalContext with(Dot dot) {
    ReplicaId replica = dot.replica();
    if (contains(dot)) {
      return this;
    }
    if (dot.sequence() - 1 == vector.get(replica)) {
      return absorbing(vector.with(replica, dot.sequence()), cloud, replica);
    }
    SequenceSet beyond = cloud.get(replica);
    SequenceSet wider = (beyond == null ? SequenceSet.EMPTY : beyond).with(dot.sequence());
    return new CausalContext(vector, cloud.put(replica, wider));
  }

  /**
   * The set with all dots of {@code replica} from {@code first} to {@code last}. O((last − first) /
   * 64 · log n), and O(log n) where they continue the vector.
   *
   * @throws IllegalArgumentException if {@code first} is below 1, or above {@code last}
   */
  public CausalContext withRange(ReplicaId replica, long first, long last) {
    if (first < 1 || first > last) {
      throw new IllegalArgumentException("no sequence numbers: " + first + " to " + last);
    }
    long seen = vector.get(replica);
    if (first - 1 <= seen) {
      return last <= seen ? this : withVector(vector.with(replica, last));
    }
    SequenceSet beyond = cloud.get(replica);
    SequenceSet wider = (beyond == null ? SequenceSet.EMPTY : beyond).withRange(first, last);
    return wider == beyond ? this : new CausalContext(vector, cloud.put(replica, wider));
  }

  /** Takes into the vector, which has grown for {@code replica}, what the cloud has of it. */
  private static CausalContext absorbing(
      VersionVector grown, PersistentMap<ReplicaId, SequenceSet> cloud, ReplicaId replica) {
    SequenceSet beyond = cloud.get(replica);
    if (beyond == null) {
      return new CausalContext(grown, cloud);
    }
    long last = grown.get(replica);
    while (beyond.contains(last + 1)) {
      last++;
      beyond = beyond.withoutLowest(last);
    }
    return new CausalContext(
        grown.with(replica, last),
        beyond.size() == 0 ? cloud.remove(replica) : cloud.put(replica, beyond));
  }

  /** The union of both sets. */
  @Override
  public CausalContext merge(CausalContext other) {
    if (this == other || other.isEmpty()) {
      return this;
    }
    if (isEmpty()) {
      return other;
    }
    CausalContext result = withVector(vector.merge(other.vector));
    for (Map.Entry<ReplicaId, SequenceSet> e : other.cloud) {
      result = result.withAll(e.getKey(), e.getValue(), other.vector);
    }
    return result;
  }

  /** With a vector that covers the present one. */
  private CausalContext withVector(VersionVector grown) {
    if (grown == vector) {
      return this;
    }
    CausalContext result = new CausalContext(grown, cloud);
    for (Map.Entry<ReplicaId, SequenceSet> e : cloud) {
      ReplicaId replica = e.getKey();
      long last = grown.get(replica);
      if (last > vector.get(replica)) {
        SequenceSet beyond = e.getValue().above(vector.get(replica), last);
        result = absorbing(result.vector, result.cloud.put(replica, beyond), replica);
      }
    }
    return result;
  }

  /** With the part {@code beyond} of another context's cloud, whose vector is {@code theirs}. */
  private CausalContext withAll(ReplicaId replica, SequenceSet beyond, VersionVector theirs) {
    SequenceSet mine = cloud.get(replica);
    if (mine == beyond) {
      return this;
    }
    if (mine == null && vector.get(replica) == theirs.get(replica)) {
      return new CausalContext(vector, cloud.put(replica, beyond));
    }
    CausalContext[] result = {this};
    beyond.forEach(sequence -> result[0] = result[0].with(new Dot(replica, sequence)));
    return result[0];
  }

  /** Whether every dot of {@code other} is in this set. */
  public boolean covers(CausalContext other) {
    if (this == other) {
      return true;
    }
    boolean[] covers = {true};
    // What the vector lacks may stand in the cloud; a cloud is finite, so this ends soon.
    other.vector.forEach(
        (replica, sequence) -> {
          for (long s = vector.get(replica); covers[0] && s < sequence; s++) {
            covers[0] = isInCloud(replica, s + 1);
          }
        });
    for (Map.Entry<ReplicaId, SequenceSet> e : other.cloud) {
      if (!covers[0]) {
        return false;
      }
      long seen = vector.get(e.getKey());
      e.getValue().forEach(s -> covers[0] = covers[0] && (s <= seen || isInCloud(e.getKey(), s)));
    }
    return covers[0];
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

  /** How many dots; {@link Long#MAX_VALUE} if there are more. O(r). */
  public long size() {
    long[] size = {0};
    vector.forEach((replica, sequence) -> size[0] = saturatedSum(size[0], sequence));
    for (Map.Entry<ReplicaId, SequenceSet> e : cloud) {
      size[0] = saturatedSum(size[0], e.getValue().size());
    }
    return size[0];
  }

  private static long saturatedSum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  /** Calls {@code action} for each dot. O({@link #size}): ask that first if it may be large. */
  public void forEach(Consumer<? super Dot> action) {
    forEachBeyond(EMPTY, action);
  }

  /**
   * Calls {@code action} for each dot that is not in {@code other}. Costs O(r), and a step for each
   * dot beyond {@code other}'s vector.
   */
  public void forEachBeyond(CausalContext other, Consumer<? super Dot> action) {
    vector.forEach(
        (replica, sequence) -> {
          for (long s = other.vector.get(replica); s < sequence; s++) {
            if (!other.isInCloud(replica, s + 1)) {
              action.accept(new Dot(replica, s + 1));
            }
          }
        });
    for (Map.Entry<ReplicaId, SequenceSet> e : cloud) {
      e.getValue()
          .forEach(
              sequence -> {
                Dot dot = new Dot(e.getKey(), sequence);
                if (!other.contains(dot)) {
                  action.accept(dot);
                }
              });
    }
  }

  /** The contiguous part. */
  public VersionVector vector() {
    return vector;
  }

  /** The dots beyond the contiguous part. Unmodifiable; made anew at each call, O(c log c). */
  public SortedSet<Dot> cloud() {
    TreeSet<Dot> dots = new TreeSet<>();
    for (Map.Entry<ReplicaId, SequenceSet> e : cloud) {
      e.getValue().forEach(sequence -> dots.add(new Dot(e.getKey(), sequence)));
    }
    return Collections.unmodifiableSortedSet(dots);
  }

  @Override
  public boolean equals(@Nullable Object o) {
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
    return cloud.isEmpty() ? vector.toString() : vector + "+" + cloud();
  }
}
