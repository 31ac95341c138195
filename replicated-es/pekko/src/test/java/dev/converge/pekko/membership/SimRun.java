package dev.converge.pekko.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One history: faults for a while, then none, and then all has to be as it should. */
record SimRun(long seed, SimFault fault) {
  private static final long CHAOS_MS = 15_000;
  private static final long HEALING_MS = 90_000;

  /**
   * Runs it.
   *
   * @throws AssertionError if something does not hold, with the seed and what happened
   */
  SimBooks run() {
    SimWorld world = new SimWorld(seed, fault);
    try {
      SimFaults faults = new SimFaults(world);
      faults.start();
      world.runUntil(CHAOS_MS);
      world.calm();
      faults.inUse().forEach(SimNode::start);
      String trouble = "";
      for (long at = CHAOS_MS; at < CHAOS_MS + HEALING_MS; at += 200) {
        world.runUntil(at);
        faults.inUse().forEach(SimNode::start);
        trouble = trouble(world, faults);
        if (trouble == null) {
          break;
        }
      }
      if (trouble != null) {
        throw new AssertionError("it does not heal: " + trouble);
      }
      for (SimNode node : faults.inUse()) {
        world.books().check(node.disk());
        world.books().same(node.disk(), faults.inUse().get(0).disk());
      }
    } catch (AssertionError | RuntimeException e) {
      String trace = String.join("\n", world.trace());
      throw new AssertionError(
          "with -Dconverge.seed=" + seed + " " + fault + ": " + e.getMessage() + "\n" + trace, e);
    }
    return world.books();
  }

  /** What is not as it should be; null if nothing is. */
  private static @Nullable String trouble(SimWorld world, SimFaults faults) {
    ReplicaSet set = world.books().latest();
    TreeSet<ReplicaId> wanted = new TreeSet<>();
    faults.inUse().forEach(node -> wanted.add(node.disk().id));
    if (set == null || !set.members().equals(wanted)) {
      return "the set is " + set + ", should be " + wanted + details(faults);
    }
    VersionVector held = VersionVector.empty();
    HybridTimestamp last = HybridTimestamp.ZERO;
    for (SimNode node : faults.inUse()) {
      held = held.merge(node.disk().held);
      for (LogRow row : node.disk().arrivals) {
        if (row.entry() instanceof LogEntry.Event event) {
          last = last.max(EventRecordCodec.timeOf(event.encoded()));
        }
      }
    }
    for (SimNode node : faults.inUse()) {
      SimProcess process = node.process();
      if (process == null) {
        return node + " does not run";
      }
      Replicas replicas = process.replicas();
      if (!set.equals(replicas.set())) {
        return process + " is in " + replicas.set() + details(faults);
      }
      if (replicas.refusesWrites() != null) {
        return process + " refuses: " + replicas.refusesWrites();
      }
      if (!node.disk().held.equals(held)) {
        return process + " lacks something of " + held + details(faults);
      }
      if (replicas.frontier().finalTime().compareTo(last) < 0) {
        return process
            + " has "
            + replicas.frontier()
            + " where the last is "
            + last
            + details(faults);
      }
      if (!replicas.frontier().stable().covers(held)) {
        return process + " has stable " + replicas.frontier().stable() + " of " + held;
      }
      if (!MembershipForms.durable(Objects.requireNonNull(node.disk().states.get(Epochs.STATE)))
          .fenced()
          .isEmpty()) {
        return process + " has closed logs";
      }
      if (!node.attics().isEmpty() && world.fault() != SimFault.NO_CARRY_OVER) {
        return process + " has attics " + node.attics();
      }
    }
    return null;
  }

  private static String details(SimFaults faults) {
    List<String> lines = new ArrayList<>();
    for (SimNode node : faults.inUse()) {
      SimProcess process = node.process();
      lines.add(node.disk() + (process == null ? " is down" : " runs"));
      if (process != null) {
        lines.add(String.valueOf(process.replicas().refusesWrites()));
        process
            .replicas()
            .status()
            .whenComplete((status, error) -> lines.add(status + " " + error));
      }
    }
    faults.settle();
    return "\n  " + String.join("\n  ", lines);
  }
}
