package dev.converge.engine.walk;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.Admission;
import dev.converge.engine.membership.Change;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.MembershipEffect;
import dev.converge.engine.membership.MembershipInput;
import dev.converge.engine.membership.ReplicaLife;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All that can happen next in a world. */
final class Moves {
  /** One of them; it makes the world after it. */
  record Move(Supplier<String> name, Supplier<World> world) {}

  private final World world;
  private final Scope scope;
  private final Fault fault;
  private final List<Move> moves = new ArrayList<>();

  private Moves(World world, Scope scope, Fault fault) {
    this.world = world;
    this.scope = scope;
    this.fault = fault;
  }

  static List<Move> of(World world, Scope scope, Fault fault) {
    Moves moves = new Moves(world, scope, fault);
    for (Node node : world.nodes) {
      if (node.life.isActive()) {
        moves.own(node);
        moves.membership(node);
      }
      if (node.life.phase() == ReplicaLife.Phase.OVER) {
        Supplier<String> name = () -> node.id + " comes back as a new incarnation";
        moves.add(name, null, node.slot, (actions, copy) -> actions.failures().comeBack(copy));
      }
      moves.failures(node);
      for (Node other : world.nodes) {
        if (other != node) {
          moves.between(node, other);
        }
      }
    }
    moves.network();
    return moves.moves;
  }

  /** A move that changes one node, and what is under way. */
  private void add(Supplier<String> name, Scope.@Nullable Event event, int slot, Do what) {
    if (event != null && !world.has(event)) {
      return;
    }
    moves.add(
        new Move(
            name,
            () -> {
              World next = world.copy(slot);
              if (event != null) {
                next.spend(event);
              }
              what.with(new Actions(next, fault), next.nodes[slot]);
              return next.withoutDead();
            }));
  }

  private interface Do {
    void with(Actions actions, Node node);
  }

  private void own(Node node) {
    if (node.buffer != null) {
      add(() -> node.id + " commits", null, node.slot, Actions::commit);
    } else {
      if (scope.mayWrite(node.slot)) {
        add(() -> node.id + " writes", Scope.Event.WRITE, node.slot, Actions::write);
      }
      if (!node.carry.isEmpty()) {
        add(
            () -> node.id + " brings back " + node.carry.get(0),
            null,
            node.slot,
            (actions, copy) -> actions.failures().carry(copy));
      }
    }
    if (scope.mayPromise(node)) {
      add(() -> node.id + " promises", Scope.Event.PROMISE, node.slot, Actions::promise);
    }
  }

  private void membership(Node node) {
    if (!node.membership.set().contains(node.id)) {
      return;
    }
    if (!node.membership.isCoordinating() && scope.mayPropose(node.slot)) {
      for (ReplicaId member : node.membership.set().members()) {
        if (!member.equals(node.id) && scope.mayFail(World.slotOf(member))) {
          propose(node, Scope.Event.RETIRE, retirement(node, member));
        }
      }
      for (Node joiner : world.nodes) {
        if (joiner.isJoining()
            && !node.membership.set().contains(joiner.id)
            && node.membership.retirementOf(joiner.id) == null) {
          propose(node, Scope.Event.JOIN, admission(node, joiner.id));
        }
      }
    }
    for (EpochChange change : node.membership.durable().changes()) {
      Admission admission = change.admission();
      if (admission != null
          && admission.sponsor().equals(node.id)
          && fault != Fault.JOIN_WITHOUT_RECORD
          && record(node, admission.joiner()) == null) {
        ReplicaId joiner = admission.joiner();
        Supplier<String> name = () -> node.id + " writes the record that lets " + joiner + " join";
        add(name, null, node.slot, (actions, copy) -> actions.sponsor(copy, change));
      }
    }
  }

  private Change retirement(Node node, ReplicaId member) {
    if (fault == Fault.RETIRE_WITHOUT_MAJORITY) {
      Set<ReplicaId> others = new TreeSet<>(node.membership.set().members());
      others.remove(node.id);
      return Change.retire(others).forced();
    }
    return Change.retire(List.of(member));
  }

  private static Change admission(Node node, ReplicaId joiner) {
    for (ReplicaId old : node.membership.set().members()) {
      if (old.name().equals(joiner.name())) {
        return Change.replace(old, joiner, node.id);
      }
    }
    return Change.admit(joiner, node.id);
  }

  private void propose(Node node, Scope.Event event, Change change) {
    MembershipInput propose = new MembershipInput.Propose(change);
    if (world.has(event)
        && node.membership.step(propose).effects().stream()
            .noneMatch(e -> e instanceof MembershipEffect.Refused)) {
      add(
          () -> node.id + " proposes " + change,
          event,
          node.slot,
          (actions, copy) -> actions.membership(copy, propose));
    }
  }

  private static @Nullable JoinRecord record(Node node, ReplicaId joiner) {
    for (List<Entry> log : node.journal().values()) {
      for (Entry entry : log) {
        JoinRecord join = entry.join();
        if (join != null && join.joiner().equals(joiner)) {
          return join;
        }
      }
    }
    return null;
  }

  private void failures(Node node) {
    if (node.isJoining() || !scope.mayFail(node.slot)) {
      return;
    }
    if (node.buffer != null || node.membership.isCoordinating() || !node.heard.isEmpty()) {
      add(
          () -> node.id + " crashes",
          Scope.Event.CRASH,
          node.slot,
          (actions, copy) -> copy.restart());
    }
    if (!node.journal().isEmpty()) {
      for (int lost = 0; lost <= Math.min(2, node.arrived.size()); lost++) {
        int last = lost;
        Supplier<String> name = () -> node.id + " loses power, and its last " + last + " events";
        add(
            name,
            Scope.Event.POWER_LOSS,
            node.slot,
            (actions, copy) -> actions.failures().powerLoss(copy, last));
      }
    }
    add(
        () -> node.id + " loses its disk",
        Scope.Event.LOST_DISK,
        node.slot,
        (actions, copy) -> actions.failures().lostDisk(copy));
  }

  private void between(Node from, Node to) {
    if (from.isJoining()) {
      return;
    }
    if (to.isJoining()) {
      JoinRecord record = record(from, to.id);
      boolean admitted =
          fault == Fault.JOIN_WITHOUT_RECORD && from.membership.set().contains(to.id);
      if ((record != null ? from.held().covers(record.holds()) : admitted)
          && from.life.isActive()
          && from.membership.retirementOf(to.id) == null) {
        Supplier<String> name = () -> to.id + " starts with a snapshot of " + from.id;
        add(name, null, to.slot, (actions, copy) -> actions.snapshot(from, copy, record));
      }
      return;
    }
    for (ReplicaId origin : from.journal().keySet()) {
      int next = to.log(origin).size();
      if (from.log(origin).size() > next && to.takes(origin, from.log(origin).get(next))) {
        Entry entry = from.log(origin).get(next);
        Supplier<String> name = () -> from.id + " ships " + entry + " to " + to.id;
        add(name, null, to.slot, (actions, copy) -> actions.ship(copy, origin, entry));
      }
    }
    if (to.life.phase() == ReplicaLife.Phase.CHECKING && to.life.awaited().contains(from.id)) {
      Supplier<String> name = () -> from.id + " tells " + to.id + " at the handshake what it has";
      add(name, null, to.slot, (actions, copy) -> actions.failures().handshake(copy, from));
    }
    if (from.life.isActive() && from.membership.set().epoch() > to.membership.set().epoch()) {
      Supplier<String> name = () -> from.id + " tells " + to.id + " what was decided";
      add(name, null, to.slot, (actions, copy) -> actions.catchUp(copy, from));
    }
    if (to.watches
        && from.life.isActive()
        && from.membership.set().contains(to.id)
        && !from.membership.fenced().contains(to.id)) {
      tell(from, to);
    }
  }

  private void tell(Node from, Node to) {
    Flight.Tell tell = new Actions(world, fault).tell(from);
    Flight flight = new Flight(from.slot, from.id, to.slot, to.id, tell);
    if (tell.equals(to.heard.get(from.id))) {
      return;
    }
    Supplier<String> name = () -> from.id + " tells " + to.id + " that it " + tell;
    if (scope.inFlight() == 0) {
      add(name, Scope.Event.TELL, to.slot, (actions, copy) -> actions.deliver(copy, flight));
    } else if (world.has(Scope.Event.TELL)
        && world.flights.size() < scope.inFlight()
        && !world.flights.contains(flight)) {
      moves.add(new Move(name, () -> sent(flight)));
    }
  }

  private World sent(Flight flight) {
    World next = world.copy().spend(Scope.Event.TELL);
    next.send(flight);
    return next;
  }

  private void network() {
    for (Flight flight : world.flights) {
      Consumer<World> delivery =
          next -> new Actions(next, fault).deliver(next.nodes[flight.to()], flight);
      moves.add(
          new Move(
              () -> "delivered: " + flight,
              () -> {
                World next = world.copy(flight.to());
                next.remove(flight);
                delivery.accept(next);
                return next.withoutDead();
              }));
      if (world.has(Scope.Event.DUPLICATE)) {
        moves.add(
            new Move(
                () -> "delivered, and once more under way: " + flight,
                () -> {
                  World next = world.copy(flight.to()).spend(Scope.Event.DUPLICATE);
                  delivery.accept(next);
                  return next.withoutDead();
                }));
      }
      if (world.has(Scope.Event.LOSE)) {
        moves.add(
            new Move(
                () -> "lost: " + flight,
                () -> {
                  World next = world.copy().spend(Scope.Event.LOSE);
                  next.remove(flight);
                  return next;
                }));
      }
    }
  }
}
