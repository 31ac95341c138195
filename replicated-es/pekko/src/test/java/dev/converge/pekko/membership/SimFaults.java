package dev.converge.pekko.membership;

import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.ReplicaSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What goes wrong, and the people who run the machines. */
final class SimFaults {
  private static final String SPARE = "n9";

  private final SimWorld world;
  private final Set<String> names = new TreeSet<>();
  private boolean lostEarly;
  private boolean spareUsed;
  private int requests;
  private long lastFault;

  SimFaults(SimWorld world) {
    this.world = world;
    int count = 3 + world.random().nextInt(3);
    for (int i = 1; i <= count; i++) {
      names.add("n" + i);
    }
    for (String name : names) {
      world.nodes().add(new SimNode(world, name, others(name)));
    }
    Set<String> all = new TreeSet<>(names);
    world.nodes().add(new SimNode(world, SPARE, all));
  }

  private Set<String> others(String name) {
    Set<String> others = new TreeSet<>(names);
    others.remove(name);
    return others;
  }

  void start() {
    for (String name : names) {
      world.later(world.random().nextInt(1_500), world.node(name)::start);
    }
    again();
    operate();
  }

  private SimNode any() {
    return world.nodes().get(world.random().nextInt(world.nodes().size()));
  }

  private void again() {
    if (world.isCalm()) {
      return;
    }
    SimNode node = any();
    int dice = world.random().nextInt(1_000);
    if (dice < 700) {
      SimProcess process = node.process();
      if (process != null) {
        process.write("note-" + world.random().nextInt(3), "request-" + requests++);
      }
    } else if (dice < 740) {
      crash(node);
    } else if (dice < 748) {
      losePower(node);
    } else if (dice < 780) {
      world.cut(node, any());
    } else if (dice < 830) {
      world.heal();
    } else if (dice < 845) {
      loseDisk(node);
    } else if (dice < 855) {
      retireAlive(node);
    } else if (dice < 865) {
      restore(node);
    } else if (dice < 870) {
      destroy(node);
    } else if (dice < 880) {
      useSpare();
    }
    world.later(1 + world.random().nextInt(40), this::again);
  }

  /** Whether nothing is under way that one more failure could make two failures at once. */
  private boolean isSettled(SimNode besides) {
    if (world.now() - lastFault < 500 * SimWorld.MS || !isSettledNow(besides)) {
      return false;
    }
    lastFault = world.now();
    return true;
  }

  private boolean isSettledNow(SimNode besides) {
    ReplicaSet set = world.books().latest();
    if (set == null) {
      return true;
    }
    int there = 0;
    int knowing = 0;
    boolean unsure = false;
    for (SimNode node : world.nodes()) {
      if (!node.isGone()
          && set.contains(node.disk().id)
          && !node.disk().states.containsKey(CarryBack.OVER)) {
        there++;
        unsure |= set.members().size() < 5 && node.isUnsure();
        knowing += knows(node.disk(), set) ? 1 : 0;
      }
    }
    if (unsure) {
      return false;
    }
    if (knowing != set.members().size()) {
      boolean early = set.epoch() == 0 && !lostEarly && there == set.members().size();
      lostEarly |= early;
      return early && set.members().size() > 2;
    }
    return !set.contains(besides.disk().id) || set.members().size() - 1 >= set.majority();
  }

  private static boolean knows(SimDisk disk, ReplicaSet set) {
    byte[] stored = disk.states.get(Epochs.STATE);
    if (stored == null || disk.states.containsKey(CarryBack.OVER)) {
      return false;
    }
    Membership.Durable durable = MembershipForms.durable(stored);
    boolean hasBase =
        durable.changes().isEmpty()
            || disk.held.covers(durable.changes().get(durable.changes().size() - 1).base());
    return durable.changes().size() == set.epoch() && hasBase;
  }

  /** Not a spare that is not in use: its restart would start it, and nobody would introduce it. */
  private void crash(SimNode node) {
    if (takesPart(node)) {
      node.crash();
      world.later(world.random().nextInt(800), node::start);
    }
  }

  private boolean takesPart(SimNode node) {
    return !node.isGone() && (!node.name().equals(SPARE) || spareUsed);
  }

  /** Of few, only one at a time may need the others. */
  private void losePower(SimNode node) {
    if (takesPart(node) && isSettled(node)) {
      node.losePower();
      world.later(world.random().nextInt(800), node::start);
    }
  }

  private void loseDisk(SimNode node) {
    if (takesPart(node) && isSettled(node)) {
      node.loseDisk();
      world.later(world.random().nextInt(800), node::start);
    }
  }

  private void destroy(SimNode node) {
    ReplicaSet set = world.books().latest();
    if (set != null && set.epoch() > 0 && set.members().size() > 3 && isSettled(node)) {
      if (set.contains(node.disk().id)) {
        node.destroy();
      }
    }
  }

  private void retireAlive(SimNode node) {
    ReplicaSet set = world.books().latest();
    SimProcess asked = any().process();
    if (set != null && asked != null && set.members().size() > 2 && isSettled(node)) {
      world.say(asked + " is asked to retire " + node.disk().id);
      asked.replicas().retire(List.of(node.name()), false, Duration.ofSeconds(3));
    }
  }

  private void restore(SimNode node) {
    SimProcess process = node.process();
    if (process != null && world.books().latest() != null && isSettled(node)) {
      world.say(process + " is taken for a backup");
      process.replicas().restored();
    }
  }

  private void useSpare() {
    if (!spareUsed && world.books().latest() != null) {
      spareUsed = true;
      world.node(SPARE).start();
    }
  }

  /** Retires who is gone, and introduces who is new. */
  private void operate() {
    ReplicaSet set = world.books().latest();
    SimProcess process = any().process();
    if (set != null && process != null) {
      List<String> gone = new ArrayList<>();
      for (SimNode node : world.nodes()) {
        if (node.isGone() && set.contains(node.disk().id)) {
          gone.add(node.name());
        }
      }
      if (!gone.isEmpty()) {
        process.replicas().retire(gone, false, Duration.ofSeconds(3));
        restoreThoseWhoAsk(set);
      }
      if (spareUsed && !process.node().name().equals(SPARE)) {
        process.replicas().introduce(SPARE, SPARE + ":1");
      }
    }
    world.later(400, this::operate);
  }

  /**
   * A replica that is not sure of its disk asks all members, and one that is gone never answers.
   */
  private void restoreThoseWhoAsk(ReplicaSet set) {
    for (SimNode node : world.nodes()) {
      SimProcess process = node.process();
      if (process != null && set.contains(node.disk().id) && node.isUnsure()) {
        process.replicas().restored();
      }
    }
  }

  /** Lets happen what is due now. */
  void settle() {
    world.runUntil(world.now() / SimWorld.MS);
  }

  /** The nodes that take part in the end. */
  List<SimNode> inUse() {
    List<SimNode> nodes = new ArrayList<>();
    for (SimNode node : world.nodes()) {
      if (takesPart(node)) {
        nodes.add(node);
      }
    }
    return nodes;
  }
}
