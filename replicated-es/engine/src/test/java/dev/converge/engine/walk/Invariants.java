package dev.converge.engine.walk;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Note;
import dev.converge.engine.sync.SyncLimits;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/** What must hold in every state. */
final class Invariants {
  private final Set<List<Entry>> seen = new HashSet<>();
  private final Map<Set<Entry>, List<String>> states = new HashMap<>();

  static void require(boolean holds, Supplier<String> what) {
    if (!holds) {
      throw new AssertionError(what.get());
    }
  }

  static void sameEntry(ReplicaId origin, Entry one, Entry other) {
    require(
        one.equals(other),
        () -> "a dot with two contents, in the log of " + origin + ": " + one + " and " + other);
  }

  /** Nothing comes that is ordered before what is final. */
  static void inTime(Node to, Entry entry) {
    require(
        entry.time().compareTo(to.frontiers.finalTime) > 0,
        () -> entry + " comes to " + to.id + " after " + to.frontiers.finalTime + " is final");
  }

  /** Before it is known whether the state is: a list of what is final belongs to it. */
  void settle(World world) {
    for (Node node : world.nodes) {
      delivered(node);
      if (!node.isJoining()) {
        finals(world, node);
      }
    }
  }

  void check(World world) {
    for (Node node : world.nodes) {
      for (Node other : world.nodes) {
        if (other.slot > node.slot) {
          compare(node, other);
        }
      }
      if (!node.isJoining()) {
        stable(world, node);
        cutOffs(node);
        complete(world, node);
      }
    }
    for (int write = 1; write <= world.writes; write++) {
      acknowledged(world, write);
    }
    for (Dot dot : world.finals) {
      isKept(world, dot);
    }
  }

  /** Who stays has nothing of a retired log past its cut-off, and calls nothing there safe. */
  private static void cutOffs(Node node) {
    for (EpochChange change : node.membership.durable().changes()) {
      for (ReplicaId gone : change.retired()) {
        boolean stays = node.membership.set().contains(node.id);
        long has = Math.max(stays ? node.log(gone).size() : 0, node.frontiers.safe.get(gone));
        require(
            has <= change.cutOff(gone),
            () -> node.id + " has " + gone + " up to " + has + ", past its cut-off in " + change);
      }
    }
  }

  /** What was final before a replica was retired, those who stay have. */
  private static void isKept(World world, Dot dot) {
    boolean there = world.latest().membership.retirementOf(dot.replica()) == null;
    for (Node node : world.nodes) {
      there |= !node.id.equals(dot.replica()) && node.dots().contains(dot);
    }
    require(there, () -> "what was final is cut off: " + dot);
  }

  /** Causal delivery, and one state for one set of events, whatever the order they came in. */
  private void delivered(Node node) {
    List<Entry> events = node.arrived;
    if (!seen.add(events)) {
      return;
    }
    EntityReplica<List<String>, Note> replica =
        new EntityReplica<>(node.id, Models.append(Resolvers.none()), 0, SyncLimits.events(10));
    for (Entry entry : events) {
      ReplicatedEvent<Note> event = Objects.requireNonNull(entry.event());
      var result = replica.admit(List.of(event));
      require(
          result.toPersist().equals(List.of(event)),
          () -> node.id + " delivered " + event.dot() + " before its causes: " + result);
      replica.applied(result.toPersist());
    }
    List<String> before = states.putIfAbsent(Set.copyOf(events), replica.state());
    require(
        before == null || before.equals(replica.state()),
        () -> "one set of events, two states: " + before + " and " + replica.state());
  }

  /** No dot with two contents, and no epoch. */
  private static void compare(Node node, Node other) {
    node.journal()
        .forEach(
            (origin, log) -> {
              List<Entry> there = other.log(origin);
              for (int i = 0; i < Math.min(log.size(), there.size()); i++) {
                sameEntry(origin, log.get(i), there.get(i));
              }
            });
    List<EpochChange> here = node.membership.durable().changes();
    List<EpochChange> there = other.membership.durable().changes();
    for (int i = 0; i < Math.min(here.size(), there.size()); i++) {
      int epoch = i;
      require(
          here.get(i).equals(there.get(i)),
          () -> "two sets of replicas: " + here.get(epoch) + " and " + there.get(epoch));
    }
  }

  /** What may be let go of, every member has. */
  private static void stable(World world, Node node) {
    ReplicaSet set = world.latest().membership.set();
    VersionVector stable = node.frontiers.stable;
    for (Node member : world.nodes) {
      require(
          !set.contains(node.id)
              || !set.contains(member.id)
              || !member.life.isActive()
              || member.held().covers(stable),
          () -> node.id + " lets go of " + stable + ", and " + member.id + " lacks some of it");
    }
  }

  /** What anybody ever called final stays as it was, for everybody. */
  private static void finals(World world, Node node) {
    List<Dot> dots = node.finals();
    int common = Math.min(dots.size(), world.finals.size());
    require(
        dots.subList(0, common).equals(world.finals.subList(0, common)),
        () ->
            "what was final changed: it was " + world.finals + ", and " + node.id + " has " + dots);
    if (dots.size() > world.finals.size()) {
      world.finals = dots;
    }
  }

  /** Nothing that counts, anywhere, is ordered before what is final. */
  private static void complete(World world, Node watcher) {
    Node latest = world.latest();
    for (Node node : world.nodes) {
      for (Entry entry : node.arrived) {
        Dot dot = Objects.requireNonNull(entry.event()).dot();
        require(
            entry.time().compareTo(watcher.frontiers.finalTime) > 0
                || watcher.dots().contains(dot)
                || latest.membership.retirementOf(dot.replica()) != null,
            () ->
                node.id
                    + " has "
                    + entry
                    + ", unknown to "
                    + watcher.id
                    + ", where "
                    + watcher.frontiers.finalTime
                    + " is final");
      }
    }
  }

  /** What a client was told is stored is on some disk, where it counts or will come back. */
  private static void acknowledged(World world, int write) {
    if ((world.acknowledged & ~world.excused & 1 << write) == 0) {
      return;
    }
    Node latest = world.latest();
    boolean there = false;
    for (Node node : world.nodes) {
      there |= node.carry.stream().anyMatch(entry -> entry.write() == write);
      for (Map.Entry<ReplicaId, List<Entry>> log : node.journal().entrySet()) {
        EpochChange retirement = latest.membership.retirementOf(log.getKey());
        for (int i = 0; i < log.getValue().size(); i++) {
          there |=
              log.getValue().get(i).write() == write
                  && (log.getKey().equals(node.id)
                      || retirement == null
                      || i < retirement.cutOff(log.getKey()));
        }
      }
    }
    require(there, () -> "write " + write + " was acknowledged and is lost");
  }
}
