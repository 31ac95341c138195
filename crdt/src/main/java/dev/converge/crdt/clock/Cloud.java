package dev.converge.crdt.clock;

import dev.converge.crdt.persistent.PersistentMap;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The dots of a context beyond its vector; immutable. A few stand in an array, as they do in the
 * contexts of most deltas; more by replica.
 */
abstract sealed class Cloud {
  /** The most dots in an array. Equal sets have equal forms. */
  private static final int FEW = 6;

  static final Cloud EMPTY = new Few(new Dot[0]);

  abstract long size();

  final boolean isEmpty() {
    return this == EMPTY;
  }

  abstract boolean contains(ReplicaId replica, long sequence);

  /** Whether all of {@code replica} from {@code first} to {@code last} are here. */
  final boolean containsRange(ReplicaId replica, long first, long last) {
    if (!contains(replica, first) || !contains(replica, last)) {
      return false;
    }
    SequenceSet own = numbers().get(replica);
    return own != null && own.containsRange(first, last);
  }

  /** The highest sequence number of {@code replica}; 0 if there is none. */
  abstract long max(ReplicaId replica);

  /** With {@code dot}, which is not here. */
  abstract Cloud with(Dot dot);

  /** With the numbers of {@code replica} from {@code first} to {@code last}; some may be here. */
  final Cloud withRange(ReplicaId replica, long first, long last) {
    if (last - first < FEW) {
      Cloud result = this;
      for (long i = 0; i <= last - first; i++) {
        Dot dot = new Dot(replica, first + i);
        result = result.contains(replica, dot.sequence()) ? result : result.with(dot);
      }
      return result;
    }
    PersistentMap<ReplicaId, SequenceSet> numbers = numbers();
    SequenceSet own = numbers.get(replica);
    SequenceSet present = own == null ? SequenceSet.EMPTY : own;
    SequenceSet wider = present.withRange(first, last);
    return wider == present
        ? this
        : new Many(numbers.put(replica, wider), size() + wider.size() - present.size());
  }

  /** By replica. */
  abstract PersistentMap<ReplicaId, SequenceSet> numbers();

  /** Without the numbers of {@code replica} up to {@code bound}; all are above {@code lower}. */
  abstract Cloud above(ReplicaId replica, long lower, long bound);

  /** In no order. */
  abstract void forEach(Consumer<? super Dot> action);

  /** The longest runs; those of a replica ascend. */
  abstract void forEachRun(CausalContext.RunConsumer action);

  /** Each replica that has a dot here; perhaps several times. */
  abstract void forEachReplica(Consumer<? super ReplicaId> action);

  /** The dot if there is just one. */
  abstract @Nullable Dot only();

  /** This one. */
  static Cloud ofOne(Dot dot) {
    return new One(dot);
  }

  /** These two, which may be the same. */
  static Cloud ofTwo(Dot a, Dot b) {
    int order = a.compareTo(b);
    return order == 0 ? new One(a) : new Few(order < 0 ? new Dot[] {a, b} : new Dot[] {b, a});
  }

  private static Cloud of(PersistentMap<ReplicaId, SequenceSet> numbers, long size) {
    if (size > FEW) {
      return new Many(numbers, size);
    }
    Cloud[] few = {EMPTY};
    new Many(numbers, size).forEach(dot -> few[0] = few[0].with(dot));
    return few[0];
  }

  /** One dot, as most deltas have. */
  private static final class One extends Cloud {
    private final Dot dot;

    One(Dot dot) {
      this.dot = dot;
    }

    @Override
    long size() {
      return 1;
    }

    @Override
    boolean contains(ReplicaId replica, long sequence) {
      return dot.sequence() == sequence && dot.replica().equals(replica);
    }

    @Override
    long max(ReplicaId replica) {
      return dot.replica().equals(replica) ? dot.sequence() : 0;
    }

    @Override
    PersistentMap<ReplicaId, SequenceSet> numbers() {
      return new Many(PersistentMap.empty(), 0).with(dot).numbers();
    }

    @Override
    Cloud with(Dot other) {
      return ofTwo(dot, other);
    }

    @Override
    Cloud above(ReplicaId replica, long lower, long bound) {
      return dot.sequence() > bound || !dot.replica().equals(replica) ? this : EMPTY;
    }

    @Override
    void forEach(Consumer<? super Dot> action) {
      action.accept(dot);
    }

    @Override
    void forEachRun(CausalContext.RunConsumer action) {
      action.accept(dot.replica(), dot.sequence(), dot.sequence());
    }

    @Override
    void forEachReplica(Consumer<? super ReplicaId> action) {
      action.accept(dot.replica());
    }

    @Override
    Dot only() {
      return dot;
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof One other && dot.equals(other.dot);
    }

    @Override
    public int hashCode() {
      return dot.hashCode();
    }
  }

  /** No dots, or two to {@link #FEW}. */
  private static final class Few extends Cloud {
    /** Ascending. */
    private final Dot[] dots;

    Few(Dot[] dots) {
      this.dots = dots;
    }

    @Override
    long size() {
      return dots.length;
    }

    @Override
    boolean contains(ReplicaId replica, long sequence) {
      for (Dot dot : dots) {
        if (dot.sequence() == sequence && dot.replica().equals(replica)) {
          return true;
        }
      }
      return false;
    }

    @Override
    long max(ReplicaId replica) {
      long max = 0;
      for (Dot dot : dots) {
        if (dot.replica().equals(replica)) {
          max = dot.sequence();
        }
      }
      return max;
    }

    @Override
    PersistentMap<ReplicaId, SequenceSet> numbers() {
      Cloud many = new Many(PersistentMap.empty(), 0);
      for (Dot present : dots) {
        many = many.with(present);
      }
      return many.numbers();
    }

    @Override
    Cloud with(Dot dot) {
      if (dots.length == 0) {
        return new One(dot);
      }
      if (dots.length == FEW) {
        return new Many(numbers(), FEW).with(dot);
      }
      int at = dots.length;
      while (at > 0 && dots[at - 1].compareTo(dot) > 0) {
        at--;
      }
      Dot[] copy = new Dot[dots.length + 1];
      System.arraycopy(dots, 0, copy, 0, at);
      copy[at] = dot;
      System.arraycopy(dots, at, copy, at + 1, dots.length - at);
      return new Few(copy);
    }

    @Override
    Cloud above(ReplicaId replica, long lower, long bound) {
      Dot[] copy = new Dot[dots.length];
      int kept = 0;
      for (Dot dot : dots) {
        if (dot.sequence() > bound || !dot.replica().equals(replica)) {
          copy[kept++] = dot;
        }
      }
      if (kept <= 1) {
        return kept == 0 ? EMPTY : new One(copy[0]);
      }
      return kept == dots.length ? this : new Few(Arrays.copyOf(copy, kept));
    }

    @Override
    void forEach(Consumer<? super Dot> action) {
      for (Dot dot : dots) {
        action.accept(dot);
      }
    }

    @Override
    void forEachRun(CausalContext.RunConsumer action) {
      for (int from = 0; from < dots.length; ) {
        Dot first = dots[from];
        int end = from + 1;
        while (end < dots.length
            && dots[end].sequence() - dots[end - 1].sequence() == 1
            && dots[end].replica().equals(first.replica())) {
          end++;
        }
        action.accept(first.replica(), first.sequence(), dots[end - 1].sequence());
        from = end;
      }
    }

    @Override
    void forEachReplica(Consumer<? super ReplicaId> action) {
      for (Dot dot : dots) {
        action.accept(dot.replica());
      }
    }

    @Override
    @Nullable Dot only() {
      return null;
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof Few other && Arrays.equals(dots, other.dots);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(dots);
    }
  }

  private static final class Many extends Cloud {
    /** No set in it is empty. */
    private final PersistentMap<ReplicaId, SequenceSet> numbers;

    private final long size;

    Many(PersistentMap<ReplicaId, SequenceSet> numbers, long size) {
      this.numbers = numbers;
      this.size = size;
    }

    @Override
    long size() {
      return size;
    }

    @Override
    boolean contains(ReplicaId replica, long sequence) {
      SequenceSet own = numbers.get(replica);
      return own != null && own.contains(sequence);
    }

    @Override
    long max(ReplicaId replica) {
      SequenceSet own = numbers.get(replica);
      return own == null ? 0 : own.max();
    }

    @Override
    PersistentMap<ReplicaId, SequenceSet> numbers() {
      return numbers;
    }

    @Override
    Cloud with(Dot dot) {
      SequenceSet own = numbers.get(dot.replica());
      SequenceSet wider = (own == null ? SequenceSet.EMPTY : own).with(dot.sequence());
      return new Many(numbers.put(dot.replica(), wider), size + 1);
    }

    @Override
    Cloud above(ReplicaId replica, long lower, long bound) {
      SequenceSet own = numbers.get(replica);
      if (own == null) {
        return this;
      }
      SequenceSet left = own.above(lower, bound);
      return left == own
          ? this
          : of(
              left.size() == 0 ? numbers.remove(replica) : numbers.put(replica, left),
              size - own.size() + left.size());
    }

    @Override
    void forEach(Consumer<? super Dot> action) {
      for (Map.Entry<ReplicaId, SequenceSet> e : numbers) {
        e.getValue().forEach(sequence -> action.accept(new Dot(e.getKey(), sequence)));
      }
    }

    @Override
    void forEachRun(CausalContext.RunConsumer action) {
      numbers.forEach(
          (replica, own) -> own.forEachRun((first, last) -> action.accept(replica, first, last)));
    }

    @Override
    void forEachReplica(Consumer<? super ReplicaId> action) {
      numbers.forEach((replica, own) -> action.accept(replica));
    }

    @Override
    @Nullable Dot only() {
      return null;
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof Many other && size == other.size && numbers.equals(other.numbers);
    }

    @Override
    public int hashCode() {
      return numbers.hashCode();
    }
  }
}
