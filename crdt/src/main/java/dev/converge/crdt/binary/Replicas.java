package dev.converge.crdt.binary;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of one value, each said once, in order; everywhere else stands the index.
 *
 * <p>For each replica also the last sequence number said, from which the next is a small step.
 */
final class Replicas {
  private final List<ReplicaId> ids;
  private final Map<ReplicaId, Integer> index = new HashMap<>();
  private final long[] cursor;

  private @Nullable ReplicaId lastAsked;
  private int lastAnswer;

  private Replicas(List<ReplicaId> ids) {
    this.ids = ids;
    this.cursor = new long[ids.size()];
    for (int i = 0; i < ids.size(); i++) {
      index.put(ids.get(i), i);
    }
  }

  /** Those of a causal context. */
  static Replicas of(CausalContext context) {
    TreeSet<ReplicaId> all = new TreeSet<>(context.vector().entries().keySet());
    for (Dot dot : context.cloud()) {
      all.add(dot.replica());
    }
    return new Replicas(List.copyOf(all));
  }

  /** These, in order and each once. */
  static Replicas of(Collection<ReplicaId> replicas) {
    return new Replicas(List.copyOf(new TreeSet<>(replicas)));
  }

  int size() {
    return ids.size();
  }

  ReplicaId get(int i) {
    return ids.get(i);
  }

  int indexOf(ReplicaId replica) {
    if (replica != lastAsked) {
      Integer i = index.get(replica);
      if (i == null) {
        throw new IllegalArgumentException("replica " + replica + " is not in the causal context");
      }
      lastAsked = replica;
      lastAnswer = i;
    }
    return lastAnswer;
  }

  /** How far {@code sequence} is from the one expected next of that replica; remembers it. */
  long step(int replica, long sequence) {
    long step = sequence - cursor[replica] - 1;
    cursor[replica] = sequence;
    return step;
  }

  /** The sequence number that {@link #step} made the step of. */
  long sequence(int replica, long step, BinaryReader in) {
    long sequence = cursor[replica] + 1 + step;
    if (sequence < 1) {
      throw in.malformed("a dot's sequence number starts at 1, not " + sequence);
    }
    cursor[replica] = sequence;
    return sequence;
  }

  static void write(BinaryWriter out, ReplicaId replica) {
    out.writeString(replica.name()).writeVarint(replica.incarnation());
  }

  static ReplicaId read(BinaryReader in) {
    String name = in.readString();
    long incarnation = in.readNatural();
    if (!ReplicaId.isValidName(name)) {
      throw in.malformed("not the name of a replica");
    }
    return new ReplicaId(name, incarnation);
  }

  /** All of them, for values without a causal context. */
  void write(BinaryWriter out) {
    out.writeVarint(size());
    ids.forEach(replica -> write(out, replica));
  }

  static Replicas readTable(BinaryReader in) {
    int count = in.readCount(3);
    List<ReplicaId> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(readNext(in, ids));
    }
    return new Replicas(ids);
  }

  private static ReplicaId readNext(BinaryReader in, List<ReplicaId> before) {
    ReplicaId replica = read(in);
    if (!before.isEmpty() && before.get(before.size() - 1).compareTo(replica) >= 0) {
      throw in.malformed("replica " + replica + " stands twice, or out of order");
    }
    return replica;
  }

  /**
   * Writes a causal context: the replicas, with the contiguous part of each and runs beyond it. The
   * form has no room for overlaps, and none for dots beyond that would continue what is contiguous.
   */
  void writeContext(BinaryWriter out, CausalContext context) {
    Map<ReplicaId, List<Long>> beyond = new HashMap<>();
    for (Dot dot : context.cloud()) {
      beyond.computeIfAbsent(dot.replica(), r -> new ArrayList<>()).add(dot.sequence());
    }
    out.writeVarint(size());
    for (ReplicaId replica : ids) {
      write(out, replica);
      long last = context.vector().get(replica);
      out.writeVarint(last);
      writeGapsAndRuns(out, last, beyond.getOrDefault(replica, List.of()));
    }
  }

  private static void writeGapsAndRuns(BinaryWriter out, long from, List<Long> sequences) {
    List<Long> runs = new ArrayList<>();
    long last = from;
    int i = 0;
    while (i < sequences.size()) {
      long first = sequences.get(i);
      int end = i + 1;
      while (end < sequences.size() && sequences.get(end) == first + (end - i)) {
        end++;
      }
      runs.add(first - last - 2);
      runs.add((long) end - i - 1);
      last = first + (end - i) - 1;
      i = end;
    }
    out.writeVarint(runs.size() / 2);
    runs.forEach(out::writeVarint);
  }

  /** What {@link #writeContext} wrote. */
  static StoreCodec.Seen readContext(BinaryReader in) {
    int count = in.readCount(5);
    List<ReplicaId> ids = new ArrayList<>(count);
    CausalContext context = CausalContext.empty();
    long[] beyond = {0};
    for (int i = 0; i < count; i++) {
      ReplicaId replica = readNext(in, ids);
      ids.add(replica);
      long last = in.readNatural();
      if (last > 0) {
        context = context.withRange(replica, 1, last);
      }
      int runs = in.readCount(2);
      if (last == 0 && runs == 0) {
        throw in.malformed("replica " + replica + " is said to have done nothing");
      }
      for (int k = 0; k < runs; k++) {
        long first = last + 2 + in.readNatural();
        long length = in.readNatural() + 1;
        checkRun(in, first, length, beyond);
        last = first + length - 1;
        context = context.withRange(replica, first, last);
      }
    }
    return new StoreCodec.Seen(new Replicas(ids), context);
  }

  /**
   * A run takes few bytes and many words, so they are counted.
   *
   * @param beyond how many dots all runs before had
   */
  private static void checkRun(BinaryReader in, long first, long length, long[] beyond) {
    if (first < 2 || length < 1 || first > Long.MAX_VALUE - length) {
      throw in.malformed("a dot beyond the last there can be");
    }
    int allowed = in.limits().maxElements();
    if (length > allowed - beyond[0]) {
      throw in.malformed(
          "more than the " + allowed + " dots that are allowed beyond the contiguous ones");
    }
    beyond[0] += length;
  }
}
