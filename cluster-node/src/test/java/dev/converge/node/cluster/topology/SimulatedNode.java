package dev.converge.node.cluster.topology;

import dev.converge.node.cluster.topology.Membership.Seat;
import dev.converge.node.cluster.topology.Membership.Standing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A node of the {@link SimulatedNetwork}: the machine, and a cluster system under it reduced to
 * what matters here. Gossip joins seats and tombstones, comes only from systems that one knows, and
 * stops for ever between two systems once one has removed the other.
 */
final class SimulatedNode {
  final String name;
  boolean running;
  long restartsAt;
  long replacedAt;
  int replacements;
  Topology topology;

  /** The present system; 0 while there is none. */
  long uid;

  private Standing standing = Standing.NONE;
  final Map<Long, String> seats = new TreeMap<>();
  final Set<Long> tombs = new HashSet<>();

  SimulatedNode(String name, long uid) {
    this.name = name;
    this.topology = Topology.start(name, TopologySettings.DEFAULT, 0, uid);
  }

  void boot(long now, long newUid) {
    newSystem(newUid);
    running = true;
    topology = Topology.start(name, TopologySettings.DEFAULT, now, newUid);
  }

  void newSystem(long newUid) {
    uid = newUid;
    standing = Standing.NONE;
    seats.clear();
    tombs.clear();
  }

  void endSystem() {
    uid = 0;
  }

  boolean isMember() {
    return running && uid != 0 && standing == Standing.MEMBER;
  }

  void joinSelf() {
    if (standing == Standing.NONE) {
      standing = Standing.MEMBER;
      seats.put(uid, name);
    }
  }

  /** A join arrives: a first one only removes the seat of an earlier system, as Pekko does. */
  boolean admits(SimulatedNode joiner) {
    if (!isMember()) {
      return false;
    }
    List<Long> earlier = new ArrayList<>();
    seats.forEach(
        (seat, holder) -> {
          if (holder.equals(joiner.name) && seat != joiner.uid) {
            earlier.add(seat);
          }
        });
    if (!earlier.isEmpty()) {
      earlier.forEach(this::remove);
      return false;
    }
    seats.put(joiner.uid, joiner.name);
    return true;
  }

  void welcomedBy(SimulatedNode sponsor) {
    if (standing == Standing.NONE && sponsor.seats.containsKey(uid)) {
      standing = Standing.MEMBER;
      seats.putAll(sponsor.seats);
      tombs.addAll(sponsor.tombs);
    }
  }

  void remove(long seat) {
    tombs.add(seat);
    seats.remove(seat);
    if (seat == uid) {
      standing = Standing.GONE;
    }
  }

  void gossipFrom(SimulatedNode other) {
    if (isMember() && seats.containsKey(other.uid)) {
      seats.putAll(other.seats);
      new ArrayList<>(other.tombs).forEach(this::remove);
      tombs.forEach(seats::remove);
    }
  }

  Membership membership() {
    return new Membership(
        uid,
        standing,
        seats.entrySet().stream().map(e -> new Seat(e.getValue(), e.getKey())).toList());
  }
}
