package dev.converge.engine.simulation;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.Admission;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.MembershipMessage;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a new incarnation comes in: it asks; a member proposes it; it gets a snapshot. */
final class Joining {
  private final Shell shell;
  private final World world;
  private final Node node;
  private final Disk disk;
  private final Epochs epochs;

  Joining(Shell shell, World world, Node node, Disk disk, Epochs epochs) {
    this.shell = shell;
    this.world = world;
    this.node = node;
    this.disk = disk;
    this.epochs = epochs;
  }

  /** Asks machines, one after the other, until it is let in. */
  void start() {
    if (!disk.isMember) {
      shell.later(1 + world.random().nextInt(20), this::askToJoin);
    }
  }

  private void askToJoin() {
    int peer = world.random().nextInt(world.nodes().size());
    Node other = world.nodes().get(peer);
    if (other != node && epochs.isJoining()) {
      world.send(node, other, null, new Message.JoinAsk());
      if (!disk.formerChanges.isEmpty()) {
        world.send(
            node,
            other,
            null,
            new Message.About(new MembershipMessage.Decided(disk.formerChanges)));
      }
      if (!disk.former.isEmpty()) {
        // Perhaps nobody can let it in before they have what it alone has.
        world.send(node, other, null, new Message.Push(disk.former));
      }
    }
    if (epochs.isJoining()) {
      shell.later(10 + world.random().nextInt(20), this::askToJoin);
    }
  }

  /** A machine asks this member. */
  void asked(ReplicaId joiner) {
    if (!disk.isMember || !epochs.acceptsWrites() || !epochs.set().contains(disk.id)) {
      return;
    }
    if (epochs.membership().retirementOf(joiner) != null) {
      world.send(node, joiner, new Message.TooLate());
    } else if (epochs.set().contains(joiner)) {
      admit(joiner);
    } else {
      world.operator().joinAsked(shell, joiner);
    }
  }

  private void admit(ReplicaId joiner) {
    JoinRecord record = disk.joinOf(joiner);
    EpochChange change = admissionOf(joiner);
    if (record == null && change != null && world.mutation() == Mutation.JOIN_WITHOUT_RECORD) {
      record = epochs.unrecorded(change);
    }
    if (record != null && disk.held().covers(record.holds())) {
      List<Row> rows = List.copyOf(disk.arrivals());
      world.send(node, joiner, new Message.Snapshot(record, rows, epochs.membership()));
    } else if (record == null && change != null) {
      ReplicaId sponsor = Objects.requireNonNull(change.admission()).sponsor();
      EpochChange end = epochs.membership().retirementOf(sponsor);
      if (end != null && disk.held().get(sponsor) >= end.cutOff(sponsor)) {
        world.send(node, joiner, new Message.TooLate());
      }
    }
  }

  private @Nullable EpochChange admissionOf(ReplicaId joiner) {
    for (EpochChange change : epochs.membership().durable().changes()) {
      Admission admission = change.admission();
      if (admission != null && admission.joiner().equals(joiner)) {
        return change;
      }
    }
    return null;
  }

  /** All that a member has. */
  void snapshotCame(Message.Snapshot snapshot) {
    if (!epochs.isJoining() || !snapshot.record().joiner().equals(disk.id)) {
      return;
    }
    snapshot.rows().forEach(disk::store);
    disk.isMember = true;
    disk.membership = Membership.joining(disk.id, snapshot.membership(), disk.held()).durable();
    epochs.joined(snapshot.record());
    world.count(Coverage.JOINS);
    shell.restart("joined");
  }

  /** The record will never be written: the sponsor is no more. */
  void tooLate() {
    if (epochs.isJoining()) {
      world.count(Coverage.JOINS_TOO_LATE);
      node.comeBack(0);
    }
  }
}
