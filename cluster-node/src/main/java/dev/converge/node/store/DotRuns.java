package dev.converge.node.store;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A set of dots as runs of sequence numbers, by replica: what a bucket has seen, and what is alive
 * of that, in few bytes. Immutable.
 */
final class DotRuns {
  static final DotRuns EMPTY = new DotRuns(new TreeMap<>());

  /** First and last of each run, ascending; runs neither overlap nor touch. */
  private final TreeMap<ReplicaId, long[]> runs;

  private DotRuns(TreeMap<ReplicaId, long[]> runs) {
    this.runs = runs;
  }

  /** The dots alive in {@code store}. O(n log n). */
  static DotRuns of(DotStore store) {
    Collector collector = new Collector();
    store.forEachDotParts(collector::add);
    return collector.runs();
  }

  /** What {@code context} has seen. O(runs). */
  static DotRuns of(CausalContext context) {
    Map<ReplicaId, Numbers> byReplica = new HashMap<>();
    context.forEachRun(
        (replica, first, last) -> {
          Numbers own = byReplica.computeIfAbsent(replica, r -> new Numbers());
          own.add(first);
          own.add(last);
        });
    TreeMap<ReplicaId, long[]> runs = new TreeMap<>();
    byReplica.forEach((replica, own) -> runs.put(replica, Arrays.copyOf(own.numbers, own.count)));
    return runs.isEmpty() ? EMPTY : new DotRuns(runs);
  }

  /** These dots. */
  static DotRuns of(Iterable<Dot> dots) {
    Collector collector = new Collector();
    dots.forEach(dot -> collector.add(dot.replica(), dot.sequence()));
    return collector.runs();
  }

  private static final class Collector {
    private final Map<ReplicaId, Numbers> byReplica = new HashMap<>();

    void add(ReplicaId replica, long sequence) {
      byReplica.computeIfAbsent(replica, r -> new Numbers()).add(sequence);
    }

    DotRuns runs() {
      TreeMap<ReplicaId, long[]> runs = new TreeMap<>();
      byReplica.forEach((replica, numbers) -> runs.put(replica, numbers.runs()));
      return runs.isEmpty() ? EMPTY : new DotRuns(runs);
    }
  }

  private static final class Numbers {
    private long[] numbers = new long[4];
    private int count;

    void add(long number) {
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, count * 2);
      }
      numbers[count++] = number;
    }

    long[] runs() {
      Arrays.sort(numbers, 0, count);
      long[] runs = new long[4];
      int at = 0;
      for (int i = 0; i < count; i++) {
        if (at > 0 && numbers[i] <= runs[at - 1] + 1) {
          runs[at - 1] = numbers[i];
        } else {
          runs = at + 2 > runs.length ? Arrays.copyOf(runs, at * 2) : runs;
          runs[at++] = numbers[i];
          runs[at++] = numbers[i];
        }
      }
      return Arrays.copyOf(runs, at);
    }
  }

  /** With a run of {@code replica} that is behind all of its runs here, and does not touch them. */
  DotRuns with(ReplicaId replica, long first, long last) {
    TreeMap<ReplicaId, long[]> more = new TreeMap<>(runs);
    long[] own = runs.getOrDefault(replica, new long[0]);
    long[] longer = Arrays.copyOf(own, own.length + 2);
    longer[own.length] = first;
    longer[own.length + 1] = last;
    more.put(replica, longer);
    return new DotRuns(more);
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  /** How many runs. */
  int runCount() {
    int[] count = {0};
    runs.values().forEach(own -> count[0] += own.length / 2);
    return count[0];
  }

  /** How many dots; {@link Long#MAX_VALUE} if there are more. */
  long size() {
    long size = 0;
    for (long[] own : runs.values()) {
      for (int i = 0; i < own.length; i += 2) {
        size += own[i + 1] - own[i] + 1;
        if (size < 0) {
          return Long.MAX_VALUE;
        }
      }
    }
    return size;
  }

  boolean contains(ReplicaId replica, long sequence) {
    long[] own = runs.get(replica);
    if (own == null) {
      return false;
    }
    int at = Arrays.binarySearch(own, sequence);
    return at >= 0 || (-at - 1) % 2 == 1;
  }

  void forEachRun(CausalContext.RunConsumer action) {
    runs.forEach(
        (replica, own) -> {
          for (int i = 0; i < own.length; i += 2) {
            action.accept(replica, own[i], own[i + 1]);
          }
        });
  }

  /** Those that {@code context} has not seen. O(dots): for dots that are alive somewhere. */
  DotRuns minus(CausalContext context) {
    Collector collector = new Collector();
    forEachRun(
        (replica, first, last) -> {
          long seen = context.vector().get(replica);
          for (long s = Math.max(first, seen + 1); s <= last; s++) {
            if (!context.contains(new Dot(replica, s))) {
              collector.add(replica, s);
            }
          }
        });
    return collector.runs();
  }

  /** The first {@code most} dots. */
  DotRuns first(long most) {
    TreeMap<ReplicaId, long[]> taken = new TreeMap<>();
    long left = most;
    for (Map.Entry<ReplicaId, long[]> e : runs.entrySet()) {
      long[] own = e.getValue();
      List<Long> kept = new ArrayList<>();
      for (int i = 0; i < own.length && left > 0; i += 2) {
        long last = Math.min(own[i + 1], own[i] + left - 1);
        kept.add(own[i]);
        kept.add(last);
        left -= last - own[i] + 1;
      }
      if (!kept.isEmpty()) {
        taken.put(e.getKey(), kept.stream().mapToLong(Long::longValue).toArray());
      }
    }
    return new DotRuns(taken);
  }

  /**
   * The last dot of the first {@code mostRuns} runs behind {@code after}, or of the first {@code
   * mostDots} dots if that is less; null if there are no more than that.
   */
  @Nullable Dot endOf(@Nullable Dot after, int mostRuns, long mostDots) {
    int runsLeft = mostRuns;
    long dotsLeft = mostDots;
    Dot last = null;
    for (Map.Entry<ReplicaId, long[]> e : between(after, null).runs.entrySet()) {
      long[] own = e.getValue();
      for (int i = 0; i < own.length; i += 2) {
        if (runsLeft == 0 || dotsLeft == 0) {
          return last;
        }
        long dots = own[i + 1] - own[i] + 1;
        if (dots > dotsLeft) {
          return new Dot(e.getKey(), own[i] + dotsLeft - 1);
        }
        last = new Dot(e.getKey(), own[i + 1]);
        dotsLeft -= dots;
        runsLeft--;
      }
    }
    return null;
  }

  /**
   * Those behind {@code after} up to {@code to}, in the order of dots.
   *
   * @param after null for from the first
   * @param to null for up to the last
   */
  DotRuns between(@Nullable Dot after, @Nullable Dot to) {
    if (after == null && to == null) {
      return this;
    }
    TreeMap<ReplicaId, long[]> kept = new TreeMap<>();
    runs.forEach(
        (replica, own) -> {
          int low = after == null ? 1 : replica.compareTo(after.replica());
          int high = to == null ? -1 : replica.compareTo(to.replica());
          if (low < 0 || high > 0) {
            return;
          }
          long from = after != null && low == 0 ? after.sequence() + 1 : 1;
          long last = to != null && high == 0 ? to.sequence() : Long.MAX_VALUE;
          long[] cut = cut(own, from, last);
          if (cut.length > 0) {
            kept.put(replica, cut);
          }
        });
    return new DotRuns(kept);
  }

  private static long[] cut(long[] own, long from, long last) {
    long[] cut = new long[own.length];
    int at = 0;
    for (int i = 0; i < own.length; i += 2) {
      long first = Math.max(own[i], from);
      long end = Math.min(own[i + 1], last);
      if (first <= end) {
        cut[at++] = first;
        cut[at++] = end;
      }
    }
    return Arrays.copyOf(cut, at);
  }

  void write(BinaryWriter out) {
    out.writeVarint(runs.size());
    runs.forEach(
        (replica, own) -> {
          out.writeString(replica.name()).writeVarint(replica.incarnation());
          out.writeVarint(own.length / 2);
          long before = 0;
          for (int i = 0; i < own.length; i += 2) {
            out.writeVarint(own[i] - before).writeVarint(own[i + 1] - own[i]);
            before = own[i + 1];
          }
        });
  }

  /** Reads what {@link #write} wrote; takes the input as hostile. */
  static DotRuns read(BinaryReader in) {
    TreeMap<ReplicaId, long[]> runs = new TreeMap<>();
    int replicas = in.readCount(4);
    for (int r = 0; r < replicas; r++) {
      ReplicaId replica = new ReplicaId(in.readString(), in.readNatural());
      long[] own = new long[2 * in.readCount(2)];
      long before = 0;
      for (int i = 0; i < own.length; i += 2) {
        long step = in.readNatural();
        own[i] = Math.addExact(before, step);
        own[i + 1] = Math.addExact(own[i], in.readNatural());
        if (step < 1 || (i > 0 && step < 2)) {
          throw new WireFormatException("runs of dots that touch");
        }
        before = own[i + 1];
      }
      if (own.length == 0 || runs.put(replica, own) != null) {
        throw new WireFormatException(
            "runs of dots that name " + replica + " twice or for nothing");
      }
    }
    return runs.isEmpty() ? EMPTY : new DotRuns(runs);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof DotRuns other && toString().equals(other.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** {@code n1:1-7 n1:9-9}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    forEachRun(
        (replica, first, last) ->
            text.append(text.isEmpty() ? "" : " ").append(replica + ":" + first + "-" + last));
    return text.toString();
  }
}
