package dev.converge.pekko.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was promised to whom, seen from outside, and what must hold of it. */
final class SimBooks {
  private record Waiting(HybridTimestamp time, String name, String request) {}

  private record Ack(ReplicaId origin, long lsn) {}

  private final SimWorld world;
  private final Map<String, Ack> acknowledged = new TreeMap<>();
  private final Set<String> safe = new HashSet<>();
  private final Set<ReplicaId> lost = new HashSet<>();
  private final Set<Ack> gone = new HashSet<>();
  private final Map<Long, EpochChange> changes = new TreeMap<>();
  private final Map<ReplicaId, HybridTimestamp> finals = new HashMap<>();
  private final Map<ReplicaId, Map<String, Waiting>> waiting = new HashMap<>();
  private final Map<String, String> finalRows = new HashMap<>();

  /** What a disk lost with power: it had it when it called it final, and gets it back. */
  private final Map<ReplicaId, Set<String>> missed = new HashMap<>();

  private @Nullable ReplicaSet first;
  int retirements;
  int joins;
  int comebacks;
  int carried;
  int powerLosses;

  SimBooks(SimWorld world) {
    this.world = world;
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  // The set

  void state(SimDisk disk, String name, byte[] value) {
    if (!name.equals(Epochs.STATE)) {
      return;
    }
    Membership.Durable durable = MembershipForms.durable(value);
    ReplicaSet theirs = durable.first();
    if (first == null) {
      first = theirs;
      world.say("the first set is " + first.members());
    }
    require(first.equals(theirs), "two first sets, " + first + " and at " + disk.id + " " + theirs);
    for (EpochChange change : durable.changes()) {
      EpochChange known = changes.putIfAbsent(change.epoch(), change);
      require(
          known == null || known.equals(change),
          "two changes, " + known + " and at " + disk.id + " " + change);
      if (known == null) {
        world.say("decided: " + change);
        retirements += change.retired().size();
        joins += change.admission() == null ? 0 : 1;
      }
    }
  }

  /** The newest set that anybody has stored. */
  @Nullable ReplicaSet latest() {
    ReplicaSet set = first;
    for (EpochChange change : changes.values()) {
      set = set == null ? null : set.after(change);
    }
    return set;
  }

  @Nullable EpochChange retirementOf(ReplicaId replica) {
    for (EpochChange change : changes.values()) {
      if (change.retired().contains(replica)) {
        return change;
      }
    }
    return null;
  }

  // What is final

  void frontier(SimProcess process) {
    HybridTimestamp time = process.replicas().frontier().finalTime();
    finals.merge(process.disk().id, time, HybridTimestamp::max);
    Map<String, Waiting> rows = waiting.computeIfAbsent(process.disk().id, id -> new HashMap<>());
    rows.values()
        .removeIf(
            row -> {
              boolean isFinal = row.time().compareTo(time) <= 0;
              if (isFinal) {
                finalRows.putIfAbsent(row.name(), row.request());
              }
              return isFinal;
            });
  }

  private static String name(LogEntry.Event event, EventRecord record) {
    return event.key() + " " + record.dot() + " " + record.time();
  }

  /** A row was stored: nothing may come that is ordered before what was called final there. */
  void stored(SimDisk disk, LogRow row) {
    if (row.entry() instanceof LogEntry.Event event) {
      HybridTimestamp time = finals.get(disk.id);
      EventRecord record = event.record();
      String name = name(event, record);
      boolean isBack = missed.getOrDefault(disk.id, new HashSet<>()).remove(place(row));
      require(
          time == null || isBack || record.time().compareTo(time) > 0,
          disk.id + " gets " + name + " when " + time + " is final");
      waiting
          .computeIfAbsent(disk.id, id -> new HashMap<>())
          .put(place(row), new Waiting(record.time(), name, String.valueOf(record.originId())));
    }
  }

  private static String place(LogRow row) {
    return row.origin() + "/" + row.lsn();
  }

  // What was acknowledged

  void acknowledged(String request, LogRow row) {
    acknowledged.put(request, new Ack(row.origin(), row.lsn()));
  }

  void safe(String request) {
    safe.add(request);
  }

  /** A disk is lost; a set of which nobody knows any more was never there. */
  void lost(SimDisk disk) {
    lost.add(disk.id);
    boolean known = false;
    for (SimNode node : world.nodes()) {
      known |= knows(node.disk());
      for (SimDisk attic : node.attics()) {
        known |= knows(attic);
      }
    }
    if (!known) {
      first = null;
      changes.clear();
    }
  }

  private boolean knows(SimDisk disk) {
    return !lost.contains(disk.id) && disk.states.containsKey(Epochs.STATE);
  }

  /** Rows that were only on that disk, and not flushed. */
  void lostPower(SimDisk disk, List<LogRow> missing) {
    powerLosses++;
    for (LogRow row : missing) {
      waiting.computeIfAbsent(disk.id, id -> new HashMap<>()).remove(place(row));
      missed.computeIfAbsent(disk.id, id -> new HashSet<>()).add(place(row));
      boolean elsewhere = false;
      for (SimNode node : world.nodes()) {
        elsewhere |=
            node.disk() != disk
                && !node.isGone()
                && node.disk().held.get(row.origin()) >= row.lsn();
      }
      if (!elsewhere) {
        gone.add(new Ack(row.origin(), row.lsn()));
      }
    }
  }

  void cameBack() {
    comebacks++;
  }

  void carriedOver() {
    carried++;
  }

  int size() {
    return acknowledged.size();
  }

  /** At the end: no place in a log has two contents. */
  void same(SimDisk a, SimDisk b) {
    for (LogRow row : a.arrivals) {
      LogRow other = b.row(row.origin(), row.lsn());
      require(
          other != null && SimLink.isSame(row, other),
          "row " + row.lsn() + " of " + row.origin() + " differs at " + a.id + " and " + b.id);
    }
  }

  /** At the end: all that was acknowledged or final is at this replica. */
  void check(SimDisk disk) {
    Set<String> requests = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (LogRow row : disk.arrivals) {
      if (row.entry() instanceof LogEntry.Event event) {
        EventRecord record = event.record();
        requests.add(String.valueOf(record.originId()));
        names.add(name(event, record));
      }
    }
    acknowledged.forEach(
        (request, ack) -> {
          if (!requests.contains(request)) {
            require(!safe.contains(request), request + " was safe, and " + disk.id + " lacks it");
            EpochChange end = retirementOf(ack.origin());
            require(
                gone.contains(ack)
                    || (lost.contains(ack.origin())
                        && (end == null || ack.lsn() > end.cutOff(ack.origin()))),
                request
                    + " was acknowledged as "
                    + ack
                    + " (retired by "
                    + end
                    + "), and "
                    + disk.id
                    + " lacks it");
          }
        });
    finalRows.forEach(
        (name, request) ->
            require(names.contains(name), name + " was final, and " + disk.id + " lacks it"));
  }
}
