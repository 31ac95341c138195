package dev.converge.engine.simulation;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.membership.CarryOver;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the invariants know of the past, written down by themselves: they trust nobody's memory. */
final class Books {
  private record Place(ReplicaId origin, long lsn) {}

  private record EntityDot(int entity, Dot dot) {}

  private final Map<Place, Row> rows = new HashMap<>();
  private final Map<EntityDot, Row> byDot = new HashMap<>();
  private final List<Row> acknowledged = new ArrayList<>();
  private final Set<ReplicaId> diskLost = new HashSet<>();
  private final Map<ReplicaId, ReplicaId> cameBack = new HashMap<>();
  private final List<EpochChange> changes = new ArrayList<>();

  /** No dot, and no place in a log, stands for two contents, on any disk. */
  void stored(Row row) {
    Row before = rows.putIfAbsent(new Place(row.origin(), row.lsn()), row);
    Invariants.require(
        before == null || before.sameAs(row),
        () -> "a place with two contents: " + before + " and " + row);
    if (row.event() != null) {
      Row other = byDot.putIfAbsent(new EntityDot(row.entity(), row.event().dot()), row);
      Invariants.require(
          other == null || other.sameAs(row),
          () -> "a dot with two contents: " + other + " and " + row);
    }
  }

  /** A client was told that this counts. */
  void acknowledged(int entity, ReplicatedEvent<Note> event) {
    Row row = byDot.get(new EntityDot(entity, event.dot()));
    Invariants.require(row != null, () -> event.dot() + " was acknowledged before it was stored");
    if (row != null) {
      acknowledged.add(row);
    }
  }

  /** A client was told that its request counts as this event. */
  void acknowledged(int entity, Dot dot) {
    Row row = byDot.get(new EntityDot(entity, dot));
    if (row != null) {
      acknowledged.add(row);
    }
  }

  List<Row> acknowledged() {
    return acknowledged;
  }

  int events() {
    return byDot.size();
  }

  /** What was only there may be gone, also what its incarnation had brought back. */
  void diskLost(Disk disk) {
    diskLost.add(disk.id);
  }

  void cameBack(ReplicaId old, ReplicaId now) {
    cameBack.put(old, now);
  }

  /** One set of replicas for each epoch. */
  void began(EpochChange change) {
    int index = (int) change.epoch() - 1;
    if (index == changes.size()) {
      changes.add(change);
    }
    Invariants.require(
        index < changes.size() && changes.get(index).equals(change),
        () -> "two sets of replicas for one epoch: " + changes + " and " + change);
  }

  List<EpochChange> changes() {
    return changes;
  }

  @Nullable EpochChange retirementOf(ReplicaId replica) {
    for (EpochChange change : changes) {
      if (change.retired().contains(replica)) {
        return change;
      }
    }
    return null;
  }

  /**
   * Whether this is one of the documented losses: the disk on which it was acknowledged, or on
   * which its replica came back, was lost before those who decided on the next set had it.
   */
  boolean isExcused(Row row) {
    EpochChange retirement = retirementOf(row.origin());
    if (retirement != null && row.lsn() <= retirement.cutOff(row.origin())) {
      return false;
    }
    for (ReplicaId id = row.origin(); id != null; id = cameBack.get(id)) {
      if (diskLost.contains(id)) {
        return true;
      }
    }
    return false;
  }

  /** The request behind an event, under which it may have come back. */
  static OriginId nameOf(Row row) {
    if (row.event() == null) {
      throw new AssertionError("not an event: " + row);
    }
    return CarryOver.originOf(row.event());
  }
}
