package dev.converge.engine.walk;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.ReplicaSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the worlds of one walk share, so that each takes little room, and little is done twice. */
final class Pool {
  final ReplicaSet first;
  final Fault fault;
  final Map<String, Frontiers> frontiers = new HashMap<>();
  private final Map<Print, Node> nodes = new HashMap<>();
  private final Map<Membership, Print> memberships = new HashMap<>();
  private final Map<Flight, Flight> flights = new HashMap<>();
  private final Map<List<Flight>, List<Flight>> underWay = new HashMap<>();
  private final Map<List<Dot>, List<Dot>> finals = new HashMap<>();

  Pool(Scope scope, Fault fault) {
    List<ReplicaId> ids = new ArrayList<>();
    for (int i = 0; i < scope.members(); i++) {
      ids.add(World.firstId(i));
    }
    this.first = ReplicaSet.first(ids);
    this.fault = fault;
  }

  /** Making the text of it costs more than all the rest of a step. */
  Print print(Membership membership) {
    return memberships.computeIfAbsent(membership, m -> Print.of(m.toString()));
  }

  Flight shared(Flight flight) {
    return flights.computeIfAbsent(flight, same -> same);
  }

  World shared(World world) {
    for (int i = 0; i < World.SIZE; i++) {
      Node node = world.nodes[i];
      world.nodes[i] = nodes.computeIfAbsent(node.print(), print -> node);
    }
    world.flights = underWay.computeIfAbsent(world.flights, same -> same);
    world.finals = finals.computeIfAbsent(world.finals, same -> same);
    return world;
  }
}
