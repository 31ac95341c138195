package dev.converge.engine.simulation;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.NaiveFold;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** After the faults: is everything well again, and is it what the specification says? */
final class Healing {
  private final World world;

  Healing(World world) {
    this.world = world;
  }

  /** What is not well yet; null if nothing. */
  @Nullable String lacks() {
    Operator operator = world.operator();
    if (!world.clients().isIdle() || !operator.isIdle() || operator.isForcing()) {
      return "a client, or an operator, waits";
    }
    if (!operator.dead().isEmpty()) {
      return "members that are gone: " + operator.dead();
    }
    if (operator.isChanging()) {
      return "a proposal is open";
    }
    VersionVector all = operator.living().get(0).disk().held();
    HybridTimestamp latest = HybridTimestamp.ZERO;
    for (Node node : world.nodes()) {
      latest = latest.max(node.disk().isMember ? lastRow(node) : HybridTimestamp.ZERO);
    }
    for (Node node : world.nodes()) {
      Shell shell = node.shell();
      if (node.isGone() || !node.isInUse()) {
        continue;
      }
      if (shell == null || !operator.latestSet().contains(node.disk().id)) {
        return node + " is no member";
      }
      String lack = lacks(shell, all, latest);
      if (lack != null) {
        return lack;
      }
    }
    return null;
  }

  private static HybridTimestamp lastRow(Node node) {
    List<Row> rows = node.disk().arrivals();
    HybridTimestamp latest = HybridTimestamp.ZERO;
    for (Row row : rows) {
      latest = latest.max(row.time());
    }
    return latest;
  }

  private static @Nullable String lacks(Shell shell, VersionVector all, HybridTimestamp latest) {
    Disk disk = shell.disk();
    if (!shell.acceptsWrites()) {
      return shell + " does not accept writes";
    }
    if (!disk.held().equals(all)) {
      return "no convergence: " + shell + " has " + disk.held() + ", not " + all;
    }
    if (!disk.attic.isEmpty()) {
      return shell + " has not brought back " + disk.attic;
    }
    if (!shell.inbox().isEmpty()) {
      return shell + " still waits for rows";
    }
    if (shell.epochs().finalTime().compareTo(latest) < 0) {
      return "not all is final at "
          + shell
          + ", held back by "
          + shell.epochs().frontiers().heldBackBy();
    }
    if (!shell.epochs().stable().covers(all)) {
      return "not all is stable at " + shell + ": " + shell.epochs().stable() + " of " + all;
    }
    for (EntityReplica<List<String>, Note> entity : shell.entities().all()) {
      if (entity.held() > 0) {
        return shell + " has all stable and final, and keeps " + entity.held();
      }
    }
    return null;
  }

  /** Everyone holds everything, and it is what the specification says. */
  void check() {
    List<Set<Dot>> dots = new ArrayList<>();
    for (int i = 0; i < world.settings().entities(); i++) {
      dots.add(check(i));
    }
    OriginNames names = new OriginNames(world);
    for (Row row : world.books().acknowledged()) {
      ReplicatedEvent<Note> event = row.event();
      Invariants.require(
          event == null
              || dots.get(row.entity()).contains(event.dot())
              || names.contains(row)
              || world.books().isExcused(row),
          () -> row + " was acknowledged and is lost");
    }
  }

  private Set<Dot> check(int entity) {
    List<ReplicatedEvent<Note>> events = new ArrayList<>();
    Set<Dot> dots = new HashSet<>();
    for (Row row : world.operator().living().get(0).disk().arrivals()) {
      if (row.event() != null && row.entity() == entity) {
        events.add(row.event());
        dots.add(row.event().dot());
      }
    }
    world.count(Coverage.EVENTS, events.size());
    NaiveFold.Result<List<String>, Note> expected = NaiveFold.fold(world.model(), events);
    for (Node node : world.operator().living()) {
      Shell shell = node.shell();
      if (shell != null) {
        check(shell, shell.entity(entity), expected);
      }
    }
    for (Folded<Note> folded : expected.history()) {
      if (!folded.concurrentWith().isEmpty()) {
        world.count(Coverage.CONFLICTS);
      }
    }
    actsOnce(expected.history());
    return dots;
  }

  private static void check(
      Shell shell,
      EntityReplica<List<String>, Note> replica,
      NaiveFold.Result<List<String>, Note> expected) {
    Invariants.require(
        expected.state().equals(replica.state()),
        () -> shell + " is not as specified: " + replica.state() + ", not " + expected.state());
    List<Folded<Note>> history = replica.history(0, Integer.MAX_VALUE).events();
    int released = expected.history().size() - history.size();
    Invariants.require(released == replica.fold().released(), () -> shell + " has another history");
    for (int i = 0; i < history.size(); i++) {
      Folded<Note> one = history.get(i);
      Folded<Note> other = expected.history().get(released + i);
      Invariants.require(
          one.dot().equals(other.dot())
              && one.decision().equals(other.decision())
              && one.concurrentWith().equals(other.concurrentWith())
              && one.isFinal(),
          () -> shell + " did not decide as specified: " + one + ", not " + other);
    }
    Invariants.require(
        replica.openConflicts().equals(expected.conflicts()),
        () -> shell + " has other open conflicts");
  }

  /** A request that was sent again, elsewhere, or brought back, counts once. */
  private static void actsOnce(List<Folded<Note>> history) {
    Set<String> texts = new HashSet<>();
    for (Folded<Note> folded : history) {
      String text = folded.event().payload().text();
      OriginId origin = folded.event().originId();
      boolean isRequest = folded.event().payload().resolution().isEmpty();
      Invariants.require(
          !isRequest || folded.duplicateOf() != null || texts.add(text),
          () -> "the request " + text + " (" + origin + ") acts twice");
    }
  }

  long fingerprint() {
    long hash = 17;
    for (Node node : world.operator().living()) {
      Shell shell = node.shell();
      if (shell != null) {
        for (EntityReplica<List<String>, Note> entity : shell.entities().all()) {
          hash = 31 * hash + entity.state().hashCode();
        }
      }
    }
    return hash;
  }
}
