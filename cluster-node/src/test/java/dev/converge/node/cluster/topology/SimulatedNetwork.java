package dev.converge.node.cluster.topology;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Two to five nodes on a network that a seed makes and breaks: remoting and HTTP links, each by
 * itself; crashes and restarts; operators who remove live nodes; joins whose welcome is lost;
 * answers that come late. One step is 200 ms. Everything follows from the seed.
 */
final class SimulatedNetwork {
  private static final long STEP = 200;

  final Random random;
  final List<SimulatedNode> nodes = new ArrayList<>();
  final List<String> history = new ArrayList<>();
  long now;
  private long lastUid;
  private final Set<Set<String>> remotingCut = new HashSet<>();
  private final Set<Set<String>> httpCut = new HashSet<>();
  private final List<Answer> underWay = new ArrayList<>();

  private record Answer(long at, SimulatedNode to, PeerReport report) {}

  SimulatedNetwork(long seed) {
    random = new Random(seed);
    int size = 2 + random.nextInt(4);
    for (int i = 1; i <= size; i++) {
      SimulatedNode node = new SimulatedNode("node-" + i, ++lastUid);
      node.restartsAt = random.nextInt(8_000);
      nodes.add(node);
    }
  }

  /** Lets everything happen for a time. */
  void live(long millis, boolean chaos) {
    for (long end = now + millis; now < end; now += STEP) {
      if (chaos && random.nextInt(15) == 0) {
        mischief();
      }
      step();
    }
  }

  /** All links work, all nodes run, except perhaps one that is dead for good. */
  void heal(boolean allRun) {
    remotingCut.clear();
    httpCut.clear();
    for (SimulatedNode node : nodes) {
      node.restartsAt = node.running ? node.restartsAt : now + random.nextInt(5_000);
    }
    if (!allRun) {
      SimulatedNode dead = any();
      dead.running = false;
      dead.restartsAt = Long.MAX_VALUE;
    }
    note("healed" + (allRun ? "" : ", one stays dead"));
  }

  /** One cluster of all running nodes, all of one id, all knowing each other. */
  boolean isOne() {
    List<SimulatedNode> running = nodes.stream().filter(n -> n.running).toList();
    Set<UUID> ids =
        running.stream()
            .flatMap(
                n ->
                    n.topology.phase() instanceof Phase.In in
                        ? Stream.of(in.clusterId())
                        : Stream.empty())
            .collect(Collectors.toSet());
    return ids.size() == 1
        && running.stream()
            .allMatch(
                n ->
                    n.isMember()
                        && n.topology.phase() instanceof Phase.In
                        && running.stream().allMatch(m -> n.seats.containsKey(m.uid)));
  }

  boolean allStarted() {
    return nodes.stream().allMatch(n -> n.running || n.restartsAt == Long.MAX_VALUE);
  }

  int replacements() {
    return nodes.stream().mapToInt(n -> n.replacements).sum();
  }

  void note(String text) {
    history.add(now + " ms: " + text);
  }

  private SimulatedNode any() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private void mischief() {
    SimulatedNode one = any();
    SimulatedNode two = any();
    Set<String> link = new TreeSet<>(Set.copyOf(List.of(one.name, two.name)));
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> {
        // A whole node cut off, or healed, on both channels.
        boolean cut = random.nextBoolean();
        for (SimulatedNode other : nodes) {
          set(remotingCut, new TreeSet<>(Set.copyOf(List.of(one.name, other.name))), cut);
          set(httpCut, new TreeSet<>(Set.copyOf(List.of(one.name, other.name))), cut);
        }
        note((cut ? "cut off " : "let in ") + one.name);
      }
      case 3 -> set(remotingCut, link, random.nextBoolean());
      case 4 -> set(httpCut, link, random.nextBoolean());
      case 5, 6, 7 -> {
        one.running = false;
        one.restartsAt = now + random.nextInt(15_000);
        note("killed " + one.name);
      }
      case 8 -> {
        if (one.isMember() && two.running && one != two) {
          one.seats.keySet().stream()
              .filter(uid -> uid == two.uid)
              .findFirst()
              .ifPresent(
                  uid -> {
                    one.remove(uid);
                    note(one.name + " removes " + two.name);
                  });
        }
      }
      default -> {
        remotingCut.clear();
        httpCut.clear();
        note("healed for now");
      }
    }
  }

  private static void set(Set<Set<String>> cuts, Set<String> link, boolean cut) {
    if (cut && link.size() == 2) {
      cuts.add(link);
    } else {
      cuts.remove(link);
    }
  }

  private void step() {
    List<SimulatedNode> order = new ArrayList<>(nodes);
    Collections.shuffle(order, random);
    for (SimulatedNode node : order) {
      if (!node.running) {
        if (now >= node.restartsAt) {
          node.boot(now, ++lastUid);
          note(node.name + " starts as system " + node.uid);
        }
        continue;
      }
      if (node.uid == 0) {
        if (now >= node.replacedAt) {
          node.newSystem(++lastUid);
          note(node.name + " has new system " + node.uid);
          apply(node, new TopologyInput.SystemStarted(now, node.uid));
        }
      } else {
        gossip(node);
        apply(node, new TopologyInput.MembershipSeen(node.membership()));
      }
      probe(node);
      apply(node, new TopologyInput.Tick(now, new UUID(lastUid, random.nextLong())));
    }
    underWay.removeIf(
        answer -> {
          if (answer.at() > now) {
            return false;
          }
          apply(answer.to(), new TopologyInput.PeerAnswered(now, answer.report()));
          return true;
        });
  }

  private void probe(SimulatedNode node) {
    for (SimulatedNode peer : nodes) {
      boolean due = (now / STEP + nodes.indexOf(peer)) % 5 == 0;
      if (due && peer != node && peer.running && !cut(httpCut, node, peer)) {
        underWay.add(new Answer(now + random.nextInt(3) * STEP, node, peer.topology.report()));
      }
    }
  }

  private void gossip(SimulatedNode node) {
    SimulatedNode peer = any();
    if (peer == node || !peer.running || peer.uid == 0 || cut(remotingCut, node, peer)) {
      return;
    }
    if (!node.seats.containsKey(peer.uid)) {
      return;
    }
    if (peer.tombs.contains(node.uid)) {
      apply(node, new TopologyInput.Quarantined(node.uid, peer.uid));
    } else if (!node.tombs.contains(peer.uid) && peer.seats.containsKey(node.uid)) {
      peer.gossipFrom(node);
      node.gossipFrom(peer);
    }
  }

  private void apply(SimulatedNode node, TopologyInput input) {
    if (!node.running) {
      return;
    }
    Topology.Step step = node.topology.step(input);
    node.topology = step.state();
    for (TopologyEffect effect : step.effects()) {
      note(node.name + " " + effect);
      if (effect instanceof TopologyEffect.JoinSelf) {
        node.joinSelf();
      } else if (effect instanceof TopologyEffect.JoinPeers join) {
        join(node, join.names());
      } else {
        farewell(node);
        node.replacements++;
        node.endSystem();
        node.replacedAt = now + 1_000 + random.nextInt(4_000);
      }
    }
  }

  private void join(SimulatedNode node, List<String> names) {
    for (SimulatedNode peer : nodes) {
      if (!names.contains(peer.name) || cut(remotingCut, node, peer)) {
        continue;
      }
      if (peer.tombs.contains(node.uid)) {
        if (random.nextBoolean()) {
          apply(node, new TopologyInput.Quarantined(node.uid, peer.uid));
        }
        continue;
      }
      boolean admitted = peer.admits(node);
      if (!admitted) {
        // The first join of a restarted node makes room, the next one takes it.
        admitted = peer.admits(node);
      }
      if (admitted && random.nextInt(10) > 0) {
        node.welcomedBy(peer);
      }
      return;
    }
  }

  private void farewell(SimulatedNode node) {
    for (SimulatedNode peer : nodes) {
      if (peer.isMember()
          && peer != node
          && !cut(remotingCut, node, peer)
          && random.nextInt(3) > 0) {
        peer.remove(node.uid);
      }
    }
  }

  private static boolean cut(Set<Set<String>> cuts, SimulatedNode a, SimulatedNode b) {
    return cuts.contains(new TreeSet<>(Set.of(a.name, b.name)));
  }
}
