package dev.converge.engine.walk;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.ReplicaLife;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One state of everything: three replicas, what is under way, and what was said to clients. */
final class World {
  static final int SIZE = 3;

  final Node[] nodes = new Node[SIZE];
  final int[] budget;
  List<Flight> flights = List.of();
  int writes;

  /** Writes that were confirmed to a client; of those, lost with the only disk that had them. */
  int acknowledged;

  int excused;

  /** The longest list of final events that anybody ever had. */
  List<Dot> finals = List.of();

  private final Pool pool;

  private World(int[] budget, Pool pool) {
    this.pool = pool;
    this.budget = budget;
  }

  static World start(Scope scope, Pool pool) {
    World world = new World(scope.toArray(), pool);
    for (int i = 0; i < SIZE; i++) {
      ReplicaId id = firstId(i);
      ReplicaLife.Disk disk = i < scope.members() ? ReplicaLife.Disk.SURE : ReplicaLife.Disk.EMPTY;
      ReplicaLife life = ReplicaLife.start(id, disk, VersionVector.empty(), List.of()).state();
      world.nodes[i] = new Node(pool, i, id, life, scope.watches(i));
    }
    return world;
  }

  /** The first incarnation in a slot. */
  static ReplicaId firstId(int slot) {
    return ReplicaId.of(String.valueOf((char) ('a' + slot)));
  }

  /** A copy in which these nodes may be changed. */
  World copy(int... changing) {
    World copy = new World(budget.clone(), pool);
    System.arraycopy(nodes, 0, copy.nodes, 0, SIZE);
    for (int i : changing) {
      copy.nodes[i] = nodes[i].copy();
    }
    copy.flights = flights;
    copy.writes = writes;
    copy.acknowledged = acknowledged;
    copy.excused = excused;
    copy.finals = finals;
    return copy;
  }

  @SuppressWarnings("EnumOrdinal") // an array is copied in each step; a map would cost more
  World spend(Scope.Event event) {
    if (budget[event.ordinal()] != Scope.ANY) {
      budget[event.ordinal()]--;
    }
    return this;
  }

  @SuppressWarnings("EnumOrdinal")
  boolean has(Scope.Event event) {
    return budget[event.ordinal()] != 0;
  }

  void send(Flight flight) {
    if (!flights.contains(flight)) {
      List<Flight> more = new ArrayList<>(flights);
      more.add(pool.shared(flight));
      more.sort(Comparator.comparing(Flight::print));
      flights = more;
    }
  }

  void remove(Flight flight) {
    List<Flight> less = new ArrayList<>(flights);
    less.remove(flight);
    flights = less;
  }

  /** The node that is this incarnation now; null if it is gone. */
  @Nullable Node node(ReplicaId id) {
    for (Node node : nodes) {
      if (node.id.equals(id)) {
        return node;
      }
    }
    return null;
  }

  static int slotOf(ReplicaId id) {
    return id.name().charAt(0) - 'a';
  }

  /** The node that knows of the latest epoch. */
  Node latest() {
    Node latest = nodes[0];
    for (Node node : nodes) {
      if (node.membership.set().epoch() > latest.membership.set().epoch()) {
        latest = node;
      }
    }
    return latest;
  }

  /** What the best of clocks would say. */
  HybridTimestamp latestTime() {
    HybridTimestamp latest = HybridTimestamp.ZERO;
    for (Node node : nodes) {
      latest = latest.max(node.seen());
    }
    return latest;
  }

  boolean anybodyHas(int write) {
    for (Node node : nodes) {
      if (node.carry.stream().anyMatch(entry -> entry.write() == write)
          || node.journal().values().stream()
              .anyMatch(log -> log.stream().anyMatch(entry -> entry.write() == write))) {
        return true;
      }
    }
    return false;
  }

  /** A disk was lost: what nobody else has may be gone. */
  void excuse() {
    for (int write = 1; write <= writes; write++) {
      if (!anybodyHas(write)) {
        excused |= 1 << write;
      }
    }
  }

  /** Leaves out messages that can have no effect any more. */
  World withoutDead() {
    List<Flight> alive = new ArrayList<>();
    for (Flight flight : flights) {
      if (!flight.isDead(nodes[flight.to()])) {
        alive.add(flight);
      }
    }
    if (alive.size() < flights.size()) {
      flights = alive;
    }
    return this;
  }

  Print print() {
    Print print = new Print(acknowledged, excused).and(writes);
    for (Flight flight : flights) {
      print = print.and(flight.print());
    }
    for (Node node : nodes) {
      print = print.and(node.print());
    }
    for (int left : budget) {
      print = print.and(left);
    }
    for (Dot dot : finals) {
      print = print.and(Print.of(dot.toString()));
    }
    return print;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Node node : nodes) {
      text.append("  ").append(node).append('\n');
    }
    return text + "  under way: " + flights;
  }
}
