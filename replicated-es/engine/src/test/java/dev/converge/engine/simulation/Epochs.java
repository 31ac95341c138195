package dev.converge.engine.simulation;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.Admission;
import dev.converge.engine.membership.Change;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.LifeEffect;
import dev.converge.engine.membership.LifeInput;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.MembershipEffect;
import dev.converge.engine.membership.MembershipInput;
import dev.converge.engine.membership.MembershipMessage;
import dev.converge.engine.membership.ReplicaLife;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.engine.membership.Step;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** Which replicas count, whether this one may write, and what is final: drives those machines. */
final class Epochs {
  /** After so long a proposal makes room for another: somebody that it needs may be gone. */
  private static final int PATIENCE = 300;

  private final Shell shell;
  private final World world;
  private final Node node;
  private final Disk disk;
  private final Journal journal;
  private Membership membership;
  private ReplicaLife life;
  private Frontiers frontiers;
  private long quietUntil;
  private long proposedAt;

  Epochs(Shell shell, World world, Node node, Disk disk, Journal journal) {
    this.shell = shell;
    this.world = world;
    this.node = node;
    this.disk = disk;
    this.journal = journal;
    Membership.Durable old = disk.membership;
    this.membership =
        Membership.of(
            new Membership.Durable(
                old.self(),
                old.first(),
                old.changes(),
                disk.held(),
                old.promised(),
                old.vote(),
                old.fenced()));
    this.life =
        ReplicaLife.start(
                disk.id,
                disk.isMember ? ReplicaLife.Disk.SURE : ReplicaLife.Disk.EMPTY,
                disk.held(),
                List.of())
            .state();
    this.frontiers = new Frontiers(disk.id, old.first(), world.mutation());
  }

  /** Hands in what the disk has, and begins. */
  void start() {
    if (!disk.isMember) {
      return;
    }
    Membership.Durable durable = membership.durable();
    for (int i = 1; i <= durable.changes().size(); i++) {
      began(setAfter(durable, i), durable.changes().get(i - 1));
    }
    for (Row row : disk.arrivals()) {
      if (row.join() != null) {
        frontiers.joined(row.join());
      }
    }
    disk.held().forEach(frontiers::received);
    frontiers.promised(disk.id, disk.promise);
    frontiers.fence(membership.fenced());
    shell.advance();
    take(new MembershipInput.Restarted());
    if (!shell.isOver()) {
      EpochChange retirement = membership.retirementOf(disk.id);
      if (retirement != null) {
        live(new LifeInput.Retired(retirement.cutOff(disk.id)));
      }
    }
    shell.later(10 + world.random().nextInt(30), this::again);
  }

  private static ReplicaSet setAfter(Membership.Durable durable, int changes) {
    return Membership.of(
            new Membership.Durable(
                durable.self(),
                durable.first(),
                durable.changes().subList(0, changes),
                durable.held(),
                durable.promised(),
                null,
                durable.fenced()))
        .set();
  }

  private void again() {
    take(new MembershipInput.Retry());
    if (!shell.isOver()) {
      sponsor();
      shell.later(20 + world.random().nextInt(30), this::again);
    }
  }

  /** Writes the join records that this replica owes, also after a crash. */
  private void sponsor() {
    for (EpochChange change : membership.durable().changes()) {
      Admission admission = change.admission();
      if (admission != null
          && admission.sponsor().equals(disk.id)
          && world.mutation() != Mutation.JOIN_WITHOUT_RECORD
          && disk.joinOf(admission.joiner()) == null) {
        journal.submit(shell, new Journal.Job.Sponsor(change));
      }
    }
  }

  /** One step of the real machine, and what it asks for. */
  private void take(MembershipInput input) {
    Step<Membership, MembershipEffect> step = membership.step(input);
    membership = step.state();
    disk.membership = membership.durable();
    // What it still has to say, a replica says before it goes.
    for (MembershipEffect effect : step.effects()) {
      if (effect instanceof MembershipEffect.Send send) {
        world.send(node, send.to(), new Message.About(send.message()));
      }
    }
    for (MembershipEffect effect : step.effects()) {
      if (!shell.isOver()) {
        carryOut(effect);
      }
    }
  }

  private void carryOut(MembershipEffect effect) {
    if (effect instanceof MembershipEffect.Fence fence) {
      frontiers.fence(fence.replicas());
      dropWaiting(fence.replicas());
    } else if (effect instanceof MembershipEffect.Began began) {
      world.trace().add(world.now(), "epoch", node.index(), began.set().epoch());
      world.invariants().began(shell, began.set(), began.change());
      began(began.set(), began.change());
      dropWaiting(began.change().retired());
      shell.inbox().drain();
      shell.advance();
    } else if (effect instanceof MembershipEffect.Sponsor) {
      sponsor();
    } else if (effect instanceof MembershipEffect.Retired retired) {
      live(new LifeInput.Retired(retired.cutOff()));
    } else if (effect instanceof MembershipEffect.GaveUp) {
      world.count(Coverage.OVERTAKEN_PROPOSALS);
    } else if (effect instanceof MembershipEffect.Diverged diverged) {
      throw new AssertionError(
          "two sets of replicas: " + diverged.here() + " and " + diverged.there());
    }
  }

  /** Rows in causal buffers would be stored later, whatever was said meanwhile. */
  private void dropWaiting(Collection<ReplicaId> origins) {
    if (shell.inbox().isWaitingFor(origins)) {
      shell.later(0, () -> shell.restart("rows of closed logs wait"));
    }
  }

  private void began(ReplicaSet set, EpochChange change) {
    frontiers.began(set, change);
    Admission admission = change.admission();
    if (admission != null && world.mutation() == Mutation.JOIN_WITHOUT_RECORD) {
      frontiers.joined(unrecorded(change));
    }
  }

  /** {@link Mutation#JOIN_WITHOUT_RECORD}: counted from what is final here and now. */
  JoinRecord unrecorded(EpochChange change) {
    return new JoinRecord(change, frontiers.finalTime(), frontiers.stable());
  }

  private void live(LifeInput input) {
    Step<ReplicaLife, LifeEffect> step = life.step(input);
    life = step.state();
    for (LifeEffect effect : step.effects()) {
      if (effect instanceof LifeEffect.ComeBack back) {
        world.count(Coverage.RETIRED_ALIVE);
        node.comeBack(back.after());
      } else if (effect instanceof LifeEffect.RaisePromise raise) {
        disk.promise = new Promise(disk.ownLsn(), raise.time());
      }
    }
  }

  boolean acceptsWrites() {
    return life.isActive();
  }

  boolean isJoining() {
    return life.phase() == ReplicaLife.Phase.JOINING;
  }

  // What is stored

  void recordCame(Row row) {
    JoinRecord record = Objects.requireNonNull(row.join());
    take(
        new MembershipInput.Came(
            row.origin(), new MembershipMessage.Decided(List.of(record.change()))));
    if (!shell.isOver()) {
      frontiers.joined(record);
    }
  }

  /** Something was stored, or promised. */
  void stored() {
    VersionVector held = disk.held();
    if (held.get(disk.id) > life.held().get(disk.id)) {
      live(new LifeInput.Stored(held));
    }
    take(new MembershipInput.Stored(world.mutation() == Mutation.FENCE_IGNORED ? told() : held));
    held.forEach(frontiers::received);
    frontiers.promised(disk.id, disk.promise);
    shell.advance();
  }

  /** {@link Mutation#FENCE_IGNORED}: what is stored, without what should not be. */
  private VersionVector told() {
    VersionVector[] told = {membership.durable().held()};
    disk.held()
        .forEach(
            (origin, lsn) -> {
              if (!membership.fenced().contains(origin)) {
                told[0] = told[0].with(origin, lsn);
              }
            });
    return told[0];
  }

  /** Whether a row may be stored. */
  boolean mayStore(ReplicaId origin, long lsn) {
    return frontiers.isKnown(origin)
        && !origin.equals(disk.id)
        && (membership.mayStore(origin, lsn)
            || (world.mutation() == Mutation.FENCE_IGNORED
                && membership.fenced().contains(origin)));
  }

  /** Whether a row will never be stored here. */
  boolean isBehindCutOff(ReplicaId origin, long lsn) {
    EpochChange retirement = membership.retirementOf(origin);
    return retirement != null && lsn > retirement.cutOff(origin);
  }

  // What others say

  /** Whoever is behind is told what was decided. */
  void meet(ReplicaId from, long there) {
    long here = set().epoch();
    if (there < here) {
      take(new MembershipInput.Came(from, new MembershipMessage.InEpoch(there)));
    } else if (there > here) {
      world.send(node, from, new Message.About(new MembershipMessage.InEpoch(here)));
    }
  }

  void told(ReplicaId from, Message.Tell tell) {
    meet(from, tell.epoch());
    if (shell.isOver()) {
      return;
    }
    confirmed(from, tell.epoch(), tell.held());
    tell.promises().forEach(frontiers::promised);
    shell.advance();
  }

  void confirmed(ReplicaId from, long epoch, VersionVector held) {
    frontiers.confirmed(from, epoch, held);
  }

  void came(ReplicaId from, MembershipMessage message) {
    if (message instanceof MembershipMessage.Prepare prepare
        && journal.isStoring(prepare.retired())) {
      // What it says it holds is all that it will ever hold: first, commits under way end.
      shell.later(2, () -> came(from, message));
      return;
    }
    if (message instanceof MembershipMessage.Prepare) {
      // Somebody else tries: two that overtake each other for ever would decide nothing.
      quietUntil = world.now() + world.network().slowest() * 4L + world.random().nextInt(100);
    }
    take(new MembershipInput.Came(from, message));
  }

  /**
   * An operator, or a sponsor, wants a change.
   *
   * @return whether it is under way
   */
  boolean propose(Change change) {
    if (!acceptsWrites()
        || world.now() < quietUntil
        || (membership.isCoordinating() && world.now() < proposedAt + PATIENCE)
        || journal.isStoring(change.retired())) {
      return false;
    }
    if (world.mutation() == Mutation.RETIRE_WITHOUT_MAJORITY && !change.retired().isEmpty()) {
      EpochChange alone =
          new EpochChange(set().epoch() + 1, change.admission(), change.retired(), disk.held());
      MembershipMessage.Decided decided = new MembershipMessage.Decided(List.of(alone));
      set().members().stream()
          .filter(member -> !member.equals(disk.id))
          .forEach(member -> world.send(node, member, new Message.About(decided)));
      take(new MembershipInput.Came(disk.id, decided));
      return true;
    }
    proposedAt = world.now();
    take(new MembershipInput.Propose(change));
    return shell.isOver() || membership.isCoordinating();
  }

  /** The join record and a snapshot have come, and are stored. */
  void joined(JoinRecord record) {
    live(new LifeInput.Joined(record));
  }

  // What is known

  ReplicaSet set() {
    return membership.set();
  }

  Membership membership() {
    return membership;
  }

  Collection<ReplicaId> fenced() {
    return membership.fenced();
  }

  HybridTimestamp finalTime() {
    return frontiers.finalTime();
  }

  VersionVector stable() {
    return frontiers.stable();
  }

  Frontiers frontiers() {
    return frontiers;
  }
}
