package dev.converge.engine.walk;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.CarryOver;
import dev.converge.engine.membership.LifeInput;
import dev.converge.engine.membership.ReplicaLife;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** What goes wrong with disks, and how replicas come back: changes a world that is a copy. */
final class Failures {
  private final World world;
  private final Fault fault;
  private final Actions actions;

  Failures(World world, Fault fault, Actions actions) {
    this.world = world;
    this.fault = fault;
    this.actions = actions;
  }

  /** A new database for an incarnation that is over, with what nobody else has of the old one. */
  void comeBack(Node node) {
    List<Entry> carry = new ArrayList<>(node.carry);
    List<Entry> log = node.log(node.id);
    int after = (int) Math.min(node.comesBackAfter, log.size());
    for (Entry entry : log.subList(after, log.size())) {
      if (entry.event() != null) {
        carry.add(entry);
      }
    }
    node.empty(new ReplicaId(node.id.name(), node.id.incarnation() + 1));
    node.carry = fault == Fault.NO_CARRY_OVER ? List.of() : carry;
  }

  void lostDisk(Node node) {
    ReplicaId same = node.id;
    if (fault == Fault.DOT_REUSED) {
      node.empty(same);
      node.life =
          ReplicaLife.start(same, ReplicaLife.Disk.SURE, VersionVector.empty(), List.of()).state();
    } else {
      node.empty(new ReplicaId(same.name(), same.incarnation() + 1));
    }
    world.excuse();
  }

  /** The latest events that were not flushed are gone; promises and records are flushed. */
  void powerLoss(Node node, int lost) {
    List<Entry> latest = new ArrayList<>(node.arrived);
    latest.sort(Comparator.comparing(Entry::time).reversed());
    for (Entry entry : latest.subList(0, Math.min(lost, latest.size()))) {
      ReplicaId origin = Objects.requireNonNull(entry.event()).replica();
      List<Entry> log = node.log(origin);
      boolean flushed = origin.equals(node.id) && log.size() <= node.promise.lsn();
      if (flushed || !entry.equals(log.get(log.size() - 1))) {
        break;
      }
      node.loseLast(origin);
    }
    node.restart();
    Collection<ReplicaId> others = new ArrayList<>(node.membership.set().members());
    others.remove(node.id);
    ReplicaLife.Disk disk =
        fault == Fault.NO_GIVE_BACK ? ReplicaLife.Disk.SURE : ReplicaLife.Disk.UNSURE;
    node.life = ReplicaLife.start(node.id, disk, node.held(), others).state();
    world.excuse();
  }

  /** A peer says what it has; what was under way in the session before is dropped. */
  void handshake(Node node, Node peer) {
    List<Entry> theirs = peer.log(node.id);
    List<Entry> own = node.log(node.id);
    int same = 0;
    while (same < Math.min(own.size(), theirs.size()) && own.get(same).equals(theirs.get(same))) {
      same++;
    }
    Flight.Tell known = peer.heard.get(node.id);
    Promise promise = known == null ? new Promise(0, HybridTimestamp.ZERO) : known.promise();
    actions.live(node, new LifeInput.PeerHas(peer.id, theirs.size(), same, peer.held(), promise));
    for (Flight flight : world.flights) {
      if (flight.from() == node.slot
          && flight.to() == peer.slot
          && fault != Fault.OLD_SESSION_GOES_ON) {
        world.remove(flight);
      }
    }
  }

  /** The next event of the incarnation before comes back. */
  void carry(Node node) {
    Entry entry = node.carry.get(0);
    ReplicatedEvent<Note> old = Objects.requireNonNull(entry.event());
    CausalContext context = new CarryOver(node.dots()).contextOf(old);
    OriginId origin = CarryOver.originOf(old);
    node.carry = List.copyOf(node.carry.subList(1, node.carry.size()));
    actions.own(
        node,
        Entry.of(
            entry.write(), Actions.mint(node, entry.write(), origin, context, node.seen().next())));
  }
}
