package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What rows that are no events have said so far: who joined, and each replica's newest floor.
 * Single-threaded, mutable. Stored now and then, so that a start reads few rows.
 */
final class Marks {
  private static final int FORM = 1;

  private long position;
  private final List<JoinRecord> joins = new ArrayList<>();
  private final Map<ReplicaId, VersionVector> floors = new TreeMap<>();

  /**
   * Takes in a row.
   *
   * @return the join record in it, if it is one that was not known
   * @throws dev.converge.pekko.wire.WireException if it is damaged
   */
  @Nullable JoinRecord take(LogRow row) {
    position = Math.max(position, row.position());
    if (row.entry() instanceof LogEntry.Floor floor) {
      floors.merge(row.origin(), floor.seen(), VersionVector::merge);
    } else if (row.entry() instanceof LogEntry.Join join) {
      JoinRecord record = MembershipForms.joinRecord(join.encoded());
      if (recordOf(record.joiner()) == null) {
        joins.add(record);
        return record;
      }
    }
    return null;
  }

  /** The record that lets a replica in; null if it has not come. O(joins). */
  @Nullable JoinRecord recordOf(ReplicaId joiner) {
    for (JoinRecord join : joins) {
      if (join.joiner().equals(joiner)) {
        return join;
      }
    }
    return null;
  }

  /** In the order in which they came. */
  List<JoinRecord> joins() {
    return joins;
  }

  /** {replica → what it counts as seen}. */
  Map<ReplicaId, VersionVector> floors() {
    return floors;
  }

  /** What a replica counts as seen in all that it writes from now on. */
  VersionVector floorOf(ReplicaId replica) {
    VersionVector floor = floors.getOrDefault(replica, VersionVector.empty());
    JoinRecord join = recordOf(replica);
    return join == null ? floor : floor.merge(join.holds());
  }

  /** The place in this node's journal up to which rows are in here. */
  long position() {
    return position;
  }

  byte[] encode() {
    return encode(position);
  }

  /** For another node, whose journal has other places. */
  byte[] encodeForOthers() {
    return encode(0);
  }

  private byte[] encode(long upTo) {
    return FormWriter.write(
        FORM,
        out ->
            out.number(upTo)
                .list(joins, MembershipForms::writeJoin)
                .list(floors.entrySet(), (o, e) -> o.replica(e.getKey()).vector(e.getValue())));
  }

  static Marks decode(byte[] bytes) {
    return FormReader.read(
        "the joins and floors",
        FORM,
        bytes,
        in -> {
          Marks marks = new Marks();
          marks.position = in.number();
          marks.joins.addAll(in.list(MembershipForms::readJoin));
          for (var e : in.list(i -> Map.entry(i.replica(), i.vector()))) {
            marks.floors.put(e.getKey(), e.getValue());
          }
          return marks;
        });
  }
}
