package dev.converge.engine.simulation;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.Admission;
import dev.converge.engine.membership.Change;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.ReplicaSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The people who run the machines. They know which are lost for good, want changes until they have
 * them, and use force as the documentation allows it: when the others are down, and on one side.
 */
final class Operator {
  private record Wish(Set<ReplicaId> retired, boolean force) {}

  private final World world;
  private final List<Wish> wishes = new ArrayList<>();
  private ReplicaSet latest;
  private boolean forcing;
  private long forcedEpoch;

  Operator(World world) {
    this.world = world;
    this.latest = ReplicaSet.first(List.of(ReplicaId.of("nobody")));
  }

  void start() {
    latest = world.nodes().get(0).disk().membership.first();
    world.later(20, this::again);
  }

  /** The set of the latest epoch that anybody knows. */
  ReplicaSet latestSet() {
    return latest;
  }

  /** Members that will never be heard of again: their machine or their database is gone. */
  Set<ReplicaId> dead() {
    Set<ReplicaId> dead = new TreeSet<>();
    for (ReplicaId member : latest.members()) {
      Node node = world.nodeOf(member);
      if (node.isGone() || !node.disk().id.equals(member)) {
        dead.add(member);
      }
    }
    // Nobody will let those in any more whose sponsor is gone.
    for (EpochChange change : world.books().changes()) {
      Admission admission = change.admission();
      if (admission != null
          && latest.contains(admission.joiner())
          && !world.nodeOf(admission.joiner()).disk().isMember
          && (dead.contains(admission.sponsor()) || !latest.contains(admission.sponsor()))) {
        dead.add(admission.joiner());
      }
    }
    return dead;
  }

  /** Members that can write, perhaps after a restart. */
  List<Node> living() {
    List<Node> living = new ArrayList<>();
    for (Node node : world.nodes()) {
      if (!node.isGone() && node.disk().isMember && latest.contains(node.disk().id)) {
        living.add(node);
      }
    }
    return living;
  }

  /** Whether a proposal may be under way somewhere, or has left something behind. */
  boolean isChanging() {
    for (Node node : living()) {
      Membership.Durable durable = node.disk().membership;
      Shell shell = node.shell();
      if (durable.vote() != null
          || !durable.fenced().isEmpty()
          || durable.changes().size() != latest.epoch()
          || (shell != null && shell.epochs().membership().isCoordinating())) {
        return true;
      }
    }
    return false;
  }

  /** Whether all who live know the latest epoch. */
  boolean isKnownToAll() {
    return living().stream()
        .allMatch(node -> node.disk().membership.changes().size() == latest.epoch());
  }

  boolean isForcing() {
    return forcing;
  }

  /** Whether a replica is on the side that goes on. */
  boolean staysByForce(ReplicaId replica) {
    return latest.contains(replica)
        && wishes.stream().noneMatch(wish -> wish.force() && wish.retired().contains(replica));
  }

  boolean isIdle() {
    return wishes.isEmpty();
  }

  void wishRetired(Collection<ReplicaId> replicas) {
    wishes.add(new Wish(new TreeSet<>(replicas), false));
  }

  /** The others are down: those who are left go on without them. */
  void force(Collection<ReplicaId> retired) {
    forcing = true;
    wishes.add(new Wish(new TreeSet<>(retired), true));
  }

  private void again() {
    if (world.isCalm() && wishes.isEmpty() && !dead().isEmpty()) {
      boolean comesBack = dead().stream().anyMatch(id -> !world.nodeOf(id).isGone());
      if (!comesBack) {
        wishRetired(dead());
      }
    }
    wishes.removeIf(wish -> wish.retired().stream().noneMatch(latest::contains));
    if (!wishes.isEmpty()) {
      pursue(wishes.get(0));
    } else if (world.isCalm()) {
      liftFences();
    }
    world.later(15 + world.random().nextInt(30), this::again);
  }

  private void pursue(Wish wish) {
    Set<ReplicaId> retired = dead();
    retired.addAll(wish.retired());
    retired.retainAll(latest.members());
    List<Node> stay = new ArrayList<>();
    for (Node node : living()) {
      if (!retired.contains(node.disk().id)) {
        stay.add(node);
      }
    }
    boolean isMajority = stay.size() >= latest.majority();
    boolean isSafe = dead().containsAll(retired);
    if (stay.isEmpty() || (!isMajority && !wish.force() && !isSafe)) {
      wishes.remove(wish);
      return;
    }
    Change change = Change.retire(retired);
    propose(
        stay.get(world.random().nextInt(stay.size())),
        isMajority && !wish.force() ? change : change.forced());
  }

  private void liftFences() {
    for (Node node : living()) {
      if (!node.disk().membership.fenced().isEmpty() || node.disk().membership.vote() != null) {
        propose(node, Change.nothing());
        return;
      }
    }
  }

  private void propose(Node node, Change change) {
    Shell shell = node.shell();
    if (shell != null
        && knowsOfForce(shell)
        && shell.epochs().propose(change)
        && world.trace().isRead()) {
      world.trace().say(world.now(), node + " proposes " + change);
    }
  }

  /** Who was left out by force, and does not know it, must not decide anything. */
  private boolean knowsOfForce(Shell shell) {
    return shell.epochs().set().epoch() >= forcedEpoch;
  }

  /** Somebody asks a member to be let in. */
  void joinAsked(Shell at, ReplicaId joiner) {
    if (forcing) {
      return;
    }
    ReplicaId self = at.disk().id;
    Set<ReplicaId> retired = dead();
    Change change = new Change(new Admission(joiner, self), new TreeSet<>(retired), false);
    boolean isMajority = latest.members().size() - retired.size() >= latest.majority();
    propose(at.node(), isMajority ? change : change.forced());
  }

  /** An epoch began, for the first time anywhere. */
  void began(ReplicaSet set, EpochChange change) {
    Set<ReplicaId> dead = dead();
    latest = set;
    world.count(Coverage.EPOCHS);
    if (change.admission() != null && !change.retired().isEmpty()) {
      world.count(Coverage.REPLACEMENTS);
    }
    if (!change.retired().isEmpty()) {
      world.count(Coverage.RETIREMENTS);
    }
    if (forcing && !dead.containsAll(change.retired())) {
      forcing = false;
      forcedEpoch = set.epoch();
      world.count(Coverage.FORCED_RETIREMENTS);
      world.invariants().forced(set, change);
      for (Node node : world.nodes()) {
        world.later(1 + world.random().nextInt(60), node::start);
      }
    }
  }
}
