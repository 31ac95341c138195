package dev.converge.crdt.clock;

import dev.converge.crdt.algebra.Crdt;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
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
  private static final CausalContext EMPTY = new CausalContext(VersionVector.empty(), Cloud.EMPTY);

  private final VersionVector vector;

  /** Disjoint from the vector, and no dot of it continues the vector. */
  private final Cloud cloud;

  private CausalContext(VersionVector vector, Cloud cloud) {
    this.vector = vector;
    this.cloud = cloud;
  }

  /** No dots. */
  public static CausalContext empty() {
    return EMPTY;
  }

  /** All dots that {@code vector} has seen. */
  public static CausalContext of(VersionVector vector) {
    return vector.isEmpty() ? EMPTY : new CausalContext(vector, Cloud.EMPTY);
  }

  /** All dots that {@code vector} has seen, and those of {@code cloud}. */
  public static CausalContext of(VersionVector vector, Collection<Dot> cloud) {
    CausalContext context = of(vector);
    for (Dot dot : cloud) {
      context = context.with(dot);
    }
    return context;
  }

  private static CausalContext of(Dot dot) {
    return dot.sequence() == 1
        ? new CausalContext(VersionVector.empty().with(dot.replica(), 1), Cloud.EMPTY)
        : new CausalContext(VersionVector.empty(), Cloud.ofOne(dot));
  }

  /** Just these dots. */
  public static CausalContext ofDots(Dot... dots) {
    if (dots.length == 1) {
      return of(dots[0]);
    }
    if (dots.length == 2 && dots[0].sequence() > 1 && dots[1].sequence() > 1) {
      return new CausalContext(VersionVector.empty(), Cloud.ofTwo(dots[0], dots[1]));
    }
    return of(VersionVector.empty(), List.of(dots));
  }

  /** Whether {@code dot} is in the set. */
  public boolean contains(Dot dot) {
    return contains(dot.replica(), dot.sequence());
  }

  /** Whether the dot of these parts is in the set; {@code sequence} is at least 1. */
  public boolean contains(ReplicaId replica, long sequence) {
    return sequence <= vector.get(replica) || cloud.contains(replica, sequence);
  }

  /**
   * Whether all dots of {@code replica} from {@code first} to {@code last} are in the set; true if
   * there are none. Costs O(log n) where the vector has them, else a step for each 64 of those that
   * it has not, up to the first that is missing.
   */
  public boolean containsRange(ReplicaId replica, long first, long last) {
    long from = Math.max(first, vector.get(replica) + 1);
    return from > last || cloud.containsRange(replica, from, last);
  }

  /**
   * The dot that {@code replica} would mint next: one beyond every dot of its that is in the set.
   *
   * @throws ArithmeticException if there is none, after 2<sup>63</sup>−1 dots
   */
  public Dot next(ReplicaId replica) {
    long beyond = cloud.max(replica);
    return beyond == 0 ? vector.next(replica) : new Dot(replica, Math.addExact(beyond, 1));
  }

  /** The set with {@code dot}. */
  public CausalContext with(Dot dot) {
    long sequence = dot.sequence();
    long last = vector.get(dot.replica());
    if (sequence <= last) {
      return this;
    }
    if (sequence - 1 == last) {
      return withVector(vector.with(dot.replica(), sequence));
    }
    return cloud.contains(dot.replica(), sequence)
        ? this
        : new CausalContext(vector, cloud.with(dot));
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
    Cloud wider = cloud.withRange(replica, first, last);
    return wider == cloud ? this : new CausalContext(vector, wider);
  }

  /** With a vector that covers the present one; takes into it what then continues it. */
  private CausalContext withVector(VersionVector grown) {
    if (grown == vector || cloud.isEmpty()) {
      return grown == vector ? this : new CausalContext(grown, cloud);
    }
    CausalContext[] result = {new CausalContext(grown, cloud)};
    cloud.forEachReplica(replica -> result[0] = result[0].absorbing(replica, vector.get(replica)));
    return result[0];
  }

  /** In normal form for {@code replica}, whose entry of the vector was {@code before}. */
  private CausalContext absorbing(ReplicaId replica, long before) {
    long from = vector.get(replica);
    if (from == before) {
      return this;
    }
    long last = from;
    while (last < Long.MAX_VALUE && cloud.contains(replica, last + 1)) {
      last++;
    }
    return new CausalContext(vector.with(replica, last), cloud.above(replica, before, last));
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
    Dot single = other.only();
    if (single != null) {
      return with(single);
    }
    if (other.vector.isEmpty()) {
      return withAll(other.cloud);
    }
    CausalContext grown = withVector(vector.merge(other.vector));
    if (grown.cloud == other.cloud) {
      return grown;
    }
    if (grown.cloud.isEmpty() && grown.vector.equals(other.vector)) {
      return other;
    }
    Dot one = other.cloud.only();
    if (one != null) {
      return grown.with(one);
    }
    return grown.withAll(other.cloud);
  }

  private CausalContext withAll(Cloud dots) {
    CausalContext[] result = {this};
    dots.forEachRun(
        (replica, first, last) -> result[0] = result[0].withRange(replica, first, last));
    return result[0];
  }

  /** Whether every dot of {@code other} is in this set. */
  public boolean covers(CausalContext other) {
    if (this == other) {
      return true;
    }
    // What follows the vector directly is never in the cloud, so the cloud cannot help out.
    boolean[] covers = {vector.covers(other.vector)};
    other.cloud.forEach(dot -> covers[0] = covers[0] && contains(dot));
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
    if (vector.isEmpty()) {
      return cloud.size();
    }
    long[] size = {0};
    vector.forEach((replica, sequence) -> size[0] = saturatedSum(size[0], sequence));
    return saturatedSum(size[0], cloud.size());
  }

  private static long saturatedSum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  /** The dot if the set has just one, else null. O(1). */
  public @Nullable Dot only() {
    if (vector.isEmpty()) {
      return cloud.only();
    }
    return cloud.isEmpty() ? vector.only() : null;
  }

  /** Calls {@code action} for each dot. O({@link #size}): ask that first if it may be large. */
  public void forEach(Consumer<? super Dot> action) {
    if (vector.isEmpty()) {
      cloud.forEach(action);
    } else {
      forEachBeyond(EMPTY, action);
    }
  }

  /**
   * Calls {@code action} for each dot that is not in {@code other}. Costs O(r), and a step for each
   * dot beyond {@code other}'s vector.
   */
  public void forEachBeyond(CausalContext other, Consumer<? super Dot> action) {
    vector.forEach(
        (replica, sequence) -> {
          for (long s = other.vector.get(replica); s < sequence; s++) {
            if (!other.cloud.contains(replica, s + 1)) {
              action.accept(new Dot(replica, s + 1));
            }
          }
        });
    cloud.forEach(
        dot -> {
          if (!other.contains(dot)) {
            action.accept(dot);
          }
        });
  }

  /** What {@link #forEachRun} calls. */
  @FunctionalInterface
  public interface RunConsumer {
    /** All dots of {@code replica} from {@code first} to {@code last}. */
    void accept(ReplicaId replica, long first, long last);
  }

  /**
   * Calls {@code action} for each longest run of dots: first those of the vector, one a replica,
   * then those of the cloud, in which the runs of a replica ascend. Equal sets have the same runs.
   * Costs a step for each run, and for each 64 dots of the cloud.
   */
  public void forEachRun(RunConsumer action) {
    vector.forEach((replica, last) -> action.accept(replica, 1, last));
    cloud.forEachRun(action);
  }

  /**
   * Calls {@code action} for each dot that is in {@code other} too. Costs a step for each of those,
   * for each run of this set, and for each dot that is between the vector of {@code other} and the
   * highest dot of its cloud.
   */
  public void forEachCommon(CausalContext other, Consumer<? super Dot> action) {
    forEachRun(
        (replica, first, last) -> {
          long seen = other.vector.get(replica);
          long end = Math.min(last, Math.max(seen, other.cloud.max(replica)));
          for (long s = first - 1; s < end; s++) {
            if (s < seen || other.cloud.contains(replica, s + 1)) {
              action.accept(new Dot(replica, s + 1));
            }
          }
        });
  }

  /** The contiguous part. */
  public VersionVector vector() {
    return vector;
  }

  /** The dots beyond the contiguous part. Unmodifiable; made anew at each call, O(c log c). */
  public SortedSet<Dot> cloud() {
    if (cloud.isEmpty()) {
      return Collections.emptySortedSet();
    }
    TreeSet<Dot> dots = new TreeSet<>();
    cloud.forEach(dots::add);
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
