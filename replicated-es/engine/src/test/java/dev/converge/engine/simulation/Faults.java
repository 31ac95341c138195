package dev.converge.engine.simulation;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** Carries out what a {@link Schedule} says, as far as the documentation allows it to happen. */
final class Faults {
  private final World world;

  Faults(World world) {
    this.world = world;
  }

  void carryOut(Action action) {
    SplittableRandom random = new SplittableRandom(action.salt());
    if (world.trace().isRead()) {
      world.trace().say(world.now(), "* " + action.kind());
    }
    switch (action.kind()) {
      case COMMAND -> world.clients().command(random);
      case DECIDE -> world.clients().decide(random);
      case CRASH -> crash(random);
      case PARTITION -> partition(random);
      case CUT_LINK -> cutLink(random);
      case CLOCK_JUMP -> jump(random);
      case LOSE_DISK -> loseDisk(random);
      case DESTROY -> destroy(random);
      case RETIRE -> retire(random);
      case FORCE -> force(random);
      case JOIN -> join(random);
    }
  }

  private Node any(SplittableRandom random) {
    return world.nodes().get(random.nextInt(world.nodes().size()));
  }

  private void crash(SplittableRandom random) {
    Node node = any(random);
    if (node.shell() != null) {
      world.count(Coverage.CRASHES);
      if (!node.journal().isIdle()) {
        world.count(Coverage.CRASHES_IN_A_COMMIT);
      }
      node.crash(random.nextBoolean());
      world.later(1 + random.nextInt(100), () -> restart(node));
    }
  }

  private void restart(Node node) {
    boolean isKeptDown =
        world.operator().isForcing() && !world.operator().staysByForce(node.disk().id);
    if (!isKeptDown && node.isInUse()) {
      node.start();
    }
  }

  private void partition(SplittableRandom random) {
    int machines = world.nodes().size();
    boolean oneWay = random.nextInt(4) == 0;
    world.count(oneWay ? Coverage.ONE_WAY_PARTITIONS : Coverage.PARTITIONS);
    world.network().partition(1 + random.nextInt((1 << machines) - 2), oneWay);
    world.trace().add(world.now(), "partition");
    world.later(random.nextInt(150), () -> world.network().heal());
  }

  private void cutLink(SplittableRandom random) {
    world.count(Coverage.CUT_LINKS);
    world.network().cut(any(random).index(), any(random).index());
  }

  private void jump(SplittableRandom random) {
    int ahead = random.nextInt(600) - 300;
    world.count(ahead > 0 ? Coverage.CLOCK_JUMPS_FORWARD : Coverage.CLOCK_JUMPS_BACK);
    any(random).setClock(ahead);
  }

  private void loseDisk(SplittableRandom random) {
    Node node = any(random);
    if (mayLose(node)) {
      world.count(Coverage.LOST_DISKS);
      node.loseDisk();
      node.setClock(newMachinesClock(random));
      world.later(random.nextInt(60), node::start);
    }
  }

  private void destroy(SplittableRandom random) {
    Node node = any(random);
    if (mayLose(node) && world.operator().latestSet().members().size() > 2) {
      world.count(Coverage.MACHINES_GONE);
      node.destroy();
      world.operator().wishRetired(List.of(node.disk().id));
    }
  }

  /** Nobody has set it yet: mostly behind. */
  private static int newMachinesClock(SplittableRandom random) {
    return random.nextInt(450) - 350;
  }

  /**
   * One failure at a time, as documented: a majority is left, and nothing that an epoch is based on
   * is on this disk alone.
   */
  private boolean mayLose(Node node) {
    Operator operator = world.operator();
    List<Node> others = new ArrayList<>(operator.living());
    boolean isMember = others.remove(node);
    int members = operator.latestSet().members().size();
    boolean isEnough = others.size() >= operator.latestSet().majority();
    if (node.isGone() || operator.isForcing() || !isMember || !operator.isKnownToAll()) {
      return false;
    }
    if (!isEnough && (members != 2 || others.isEmpty())) {
      return false;
    }
    VersionVector left = VersionVector.empty();
    for (Node other : others) {
      left = left.merge(other.disk().held());
    }
    if (operator.isChanging() && !left.covers(node.disk().held())) {
      return false;
    }
    Membership.Durable durable = node.disk().membership;
    List<EpochChange> changes = durable.changes();
    return changes.isEmpty() || left.covers(changes.get(changes.size() - 1).base());
  }

  /** A replica that lives, as far as the others know or not, is to leave. */
  private void retire(SplittableRandom random) {
    List<Node> living = world.operator().living();
    if (living.size() > 2) {
      Node node = living.get(random.nextInt(living.size()));
      world.operator().wishRetired(List.of(node.disk().id));
    }
  }

  private void force(SplittableRandom random) {
    Operator operator = world.operator();
    List<Node> living = new ArrayList<>(operator.living());
    if (operator.isChanging()
        || operator.isForcing()
        || !operator.dead().isEmpty()
        || !operator.isIdle()
        || living.size() < 2
        || living.size() < operator.latestSet().members().size()
        || !living.stream().allMatch(Faults::hasBase)) {
      return;
    }
    int stay = 1 + random.nextInt(living.size() / 2);
    TreeSet<ReplicaId> retired = new TreeSet<>();
    while (living.size() > stay) {
      Node node = living.remove(random.nextInt(living.size()));
      node.crash(random.nextBoolean());
      retired.add(node.disk().id);
    }
    operator.force(retired);
  }

  private static boolean hasBase(Node node) {
    List<EpochChange> changes = node.disk().membership.changes();
    return changes.isEmpty() || node.disk().held().covers(changes.get(changes.size() - 1).base());
  }

  private void join(SplittableRandom random) {
    for (Node node : world.nodes()) {
      if (!node.isInUse()) {
        node.setClock(newMachinesClock(random));
        node.start();
        return;
      }
    }
  }

  /** The faults are over. */
  void calm() {
    world.becomeCalm();
    world.nodes().forEach(this::restart);
  }
}
