package dev.converge.crdt.sequence;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A state as the set that it is: for each replica its elements in the order of their ids, as runs
 * that are as long as they can be, and the content of those that are not deleted. The order of the
 * list is not written; whoever reads puts each run to its place, so no bytes can say a wrong order.
 * What is pending is told apart by that, too.
 *
 * <pre>
 * state   = replicas, writer for each replica, content of what is not deleted (as the subclass says)
 * replicas= count, (name, incarnation) each, in order
 * writer  = count of runs, gap before each run (runs), length of each, replica of each left origin
 *           (runs; 0 none, else index + 1), of each right origin, left origin of each run, right
 *           origin of each run; count of stretches, length of each: not deleted, deleted, and so on;
 *           count of deletions of missing elements, (gap, length) each
 * </pre>
 *
 * <p>An origin is a zig-zag difference: a left one to the start of the run, if of one replica; a
 * right one to the left origin, if of one replica; else to the last origin written of that replica.
 */
abstract class SequenceCodec {
  private final State empty;

  SequenceCodec(State empty) {
    this.empty = empty;
  }

  /** Writes content pieces as one. */
  abstract void writeContent(BinaryWriter out, List<Object> pieces);

  /** Reads the content of {@code count} elements. */
  abstract Object readContent(BinaryReader in, long count);

  /** Cuts content into pieces of these lengths. */
  abstract List<Object> cut(Object content, List<Integer> lengths);

  // Writing.

  void write(BinaryWriter out, State state) {
    List<SequenceRuns> writers = new ArrayList<>();
    TreeSet<ReplicaId> ids = new TreeSet<>();
    List<Object> content = new ArrayList<>();
    for (Writer writer : state.writers) {
      if (!writer.isVoid()) {
        SequenceRuns runs = SequenceRuns.of(new Editor(state), writer, content);
        writers.add(runs);
        runs.collectReplicas(ids);
      }
    }
    List<ReplicaId> table = new ArrayList<>(ids);
    out.writeVarint(table.size());
    for (ReplicaId id : table) {
      out.writeString(id.name()).writeVarint(id.incarnation());
    }
    Origins origins = new Origins(table);
    int next = 0;
    for (ReplicaId id : table) {
      boolean has = next < writers.size() && writers.get(next).replica.equals(id);
      SequenceRuns runs = has ? writers.get(next++) : new SequenceRuns(id);
      runs.write(out, origins);
    }
    writeContent(out, content);
  }

  // Reading.

  State read(BinaryReader in) {
    int replicas = in.readCount(2);
    List<ReplicaId> table = new ArrayList<>(replicas);
    for (int i = 0; i < replicas; i++) {
      table.add(readReplica(in, i == 0 ? null : table.get(i - 1)));
    }
    Origins origins = new Origins(table);
    List<SequenceRuns> writers = new ArrayList<>(replicas);
    List<Integer> lengths = new ArrayList<>();
    long visible = 0;
    for (ReplicaId id : table) {
      SequenceRuns runs = SequenceRuns.read(in, id, origins);
      writers.add(runs);
      visible += runs.collectLengths(lengths);
    }
    origins.checkAllUsed(in);
    if (visible < 0 || visible > in.limits().maxElements()) {
      throw in.malformed(
          visible + " elements are more than the " + in.limits().maxElements() + " allowed");
    }
    List<Object> content = cut(readContent(in, visible), lengths);
    Editor editor = new Editor(empty);
    Integration integration = new Integration(editor);
    int at = 0;
    for (SequenceRuns runs : writers) {
      at = runs.addTo(integration, content, at);
    }
    for (SequenceRuns runs : writers) {
      runs.addOrphansTo(integration, in);
    }
    return editor.state();
  }

  private static ReplicaId readReplica(BinaryReader in, @Nullable ReplicaId before) {
    String name = in.readString();
    long incarnation = in.readNatural();
    if (!ReplicaId.isValidName(name)) {
      throw in.malformed("not a replica's name");
    }
    ReplicaId id = new ReplicaId(name, incarnation);
    if (before != null && before.compareTo(id) >= 0) {
      throw in.malformed("replicas out of order");
    }
    return id;
  }

  /** Origins by their replica's index, and the last one of each. */
  static final class Origins {
    private final List<ReplicaId> table;
    private final long[] last;
    private final boolean[] used;

    Origins(List<ReplicaId> table) {
      this.table = table;
      this.last = new long[table.size()];
      this.used = new boolean[table.size()];
    }

    /** 0 for no origin, else the index of its replica and 1. */
    long indexOf(@Nullable ReplicaId replica) {
      return replica == null ? 0 : Collections.binarySearch(table, replica) + 1;
    }

    @Nullable ReplicaId at(long index, BinaryReader in) {
      if (index < 0 || index > table.size()) {
        throw in.malformed("no replica " + index + " in the table");
      }
      if (index == 0) {
        return null;
      }
      used[(int) index - 1] = true;
      return table.get((int) index - 1);
    }

    void use(ReplicaId replica) {
      used[(int) indexOf(replica) - 1] = true;
    }

    void checkAllUsed(BinaryReader in) {
      for (boolean one : used) {
        if (!one) {
          throw in.malformed("a replica without elements, that nothing refers to");
        }
      }
    }

    long last(long index) {
      return last[(int) index - 1];
    }

    void setLast(long index, long sequence) {
      last[(int) index - 1] = sequence;
    }
  }
}
