package dev.converge.crdt.clock;

import dev.converge.crdt.algebra.Crdt;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Per replica, the highest contiguous sequence number seen: the "vector clock" of many texts.
 *
 * <p>A replica that is absent stands at 0. Immutable and thread-safe. With {@code r} replicas,
 * look-ups cost O(log r), everything else O(r) on two short arrays; what changes nothing makes no
 * garbage. See Parker et al., <em>Detection of Mutual Inconsistency in Distributed Systems</em>
 * (1983).
 *
 * <pre>{@code
 * VersionVector mine = VersionVector.of(Map.of(phone, 3L));
 * VersionVector theirs = VersionVector.of(Map.of(laptop, 1L));
 * Causality how = mine.compare(theirs);                   // CONCURRENT
 * VersionVector both = mine.merge(theirs);                // {laptop=1, phone=3}
 * }</pre>
 */
public final class VersionVector implements Crdt<VersionVector> {
  private static final VersionVector EMPTY = new VersionVector(new ReplicaId[0], new long[0]);

  /** In order, no two equal. */
  private final ReplicaId[] replicas;

  /** Never holds 0. */
  private final long[] sequences;

  private VersionVector(ReplicaId[] replicas, long[] sequences) {
    this.replicas = replicas;
    this.sequences = sequences;
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
    return ofSorted(copy);
  }

  private static VersionVector ofSorted(TreeMap<ReplicaId, Long> entries) {
    if (entries.isEmpty()) {
      return EMPTY;
    }
    return new VersionVector(
        entries.keySet().toArray(new ReplicaId[0]),
        entries.values().stream().mapToLong(Long::longValue).toArray());
  }

  private int indexOf(ReplicaId replica) {
    // The ids of one process are mostly the same objects, and comparing objects is quick.
    for (int i = 0; i < replicas.length && i < 8; i++) {
      if (replicas[i] == replica) {
        return i;
      }
    }
    return Arrays.binarySearch(replicas, replica);
  }

  /** The dot if just one has been seen. */
  @Nullable Dot only() {
    return replicas.length == 1 && sequences[0] == 1 ? new Dot(replicas[0], 1) : null;
  }

  /** The highest contiguous sequence number seen of {@code replica}, 0 if none. */
  public long get(ReplicaId replica) {
    int i = indexOf(replica);
    return i < 0 ? 0 : sequences[i];
  }

  /** Whether {@code dot} has been seen. */
  public boolean contains(Dot dot) {
    return dot.sequence() <= get(dot.replica());
  }

  /**
   * The dot that {@code replica} would mint next.
   *
   * @throws ArithmeticException if there is none, after 2<sup>63</sup>−1 dots
   */
  public Dot next(ReplicaId replica) {
    return new Dot(replica, Math.addExact(get(replica), 1));
  }

  /** This vector with {@code replica} at least at {@code sequence}. */
  public VersionVector with(ReplicaId replica, long sequence) {
    int i = indexOf(replica);
    if (sequence <= (i < 0 ? 0 : sequences[i])) {
      return this;
    }
    if (i >= 0) {
      long[] copy = sequences.clone();
      copy[i] = sequence;
      return new VersionVector(replicas, copy);
    }
    int at = -i - 1;
    ReplicaId[] ids = new ReplicaId[replicas.length + 1];
    long[] copy = new long[ids.length];
    System.arraycopy(replicas, 0, ids, 0, at);
    System.arraycopy(sequences, 0, copy, 0, at);
    ids[at] = replica;
    copy[at] = sequence;
    System.arraycopy(replicas, at, ids, at + 1, replicas.length - at);
    System.arraycopy(sequences, at, copy, at + 1, sequences.length - at);
    return new VersionVector(ids, copy);
  }

  /** The least vector that has seen all that either has. */
  @Override
  public VersionVector merge(VersionVector other) {
    if (covers(other)) {
      return this;
    }
    if (other.covers(this)) {
      return other;
    }
    VersionVector merged = this;
    for (int i = 0; i < other.replicas.length; i++) {
      merged = merged.with(other.replicas[i], other.sequences[i]);
    }
    return merged;
  }

  /** The greatest vector that both have seen. */
  public VersionVector meet(VersionVector other) {
    TreeMap<ReplicaId, Long> least = new TreeMap<>();
    for (int i = 0; i < replicas.length; i++) {
      long sequence = Math.min(sequences[i], other.get(replicas[i]));
      if (sequence > 0) {
        least.put(replicas[i], sequence);
      }
    }
    return ofSorted(least);
  }

  /** Whether this has seen all that {@code other} has. */
  public boolean covers(VersionVector other) {
    if (this == other) {
      return true;
    }
    for (int i = 0; i < other.replicas.length; i++) {
      if (other.sequences[i] > get(other.replicas[i])) {
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
    return replicas.length == 0;
  }

  /** What {@link #forEach} calls for each replica. */
  @FunctionalInterface
  public interface EntryConsumer {
    /** Takes one replica and its sequence number, which is above 0. */
    void accept(ReplicaId replica, long sequence);
  }

  /** Calls {@code action} for each entry, by replica; without garbage. */
  public void forEach(EntryConsumer action) {
    for (int i = 0; i < replicas.length; i++) {
      action.accept(replicas[i], sequences[i]);
    }
  }

  /** The entries by replica, none of them 0. Unmodifiable; made anew at each call. */
  public SortedMap<ReplicaId, Long> entries() {
    TreeMap<ReplicaId, Long> entries = new TreeMap<>();
    forEach(entries::put);
    return Collections.unmodifiableSortedMap(entries);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof VersionVector other
        && Arrays.equals(sequences, other.sequences)
        && Arrays.equals(replicas, other.replicas);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(replicas) + Arrays.hashCode(sequences);
  }

  /** {@code {node-1=3, node-2=1}}. */
  @Override
  public String toString() {
    return entries().toString();
  }
}
