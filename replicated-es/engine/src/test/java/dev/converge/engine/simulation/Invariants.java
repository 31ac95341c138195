package dev.converge.engine.simulation;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What must hold at every step. The cheap ones are looked at whenever something changes that they
 * speak of, the dear ones at every {@link #DEAR}th step and in the end.
 */
final class Invariants {
  private static final int DEAR = 64;

  private record Sight(int entity, VersionVector vector) {}

  private record Outcome(Dot dot, Decision<Note> decision, List<Dot> concurrentWith) {}

  private final World world;
  private final Books books;
  private final Map<Sight, List<String>> states = new HashMap<>();
  private final Map<Sight, List<Outcome>> histories = new HashMap<>();

  /** For each entity, what anybody ever called final, in the order of the fold. */
  private final List<List<Outcome>> finals = new ArrayList<>();

  /** Retired by force: what they called final need not be so for the others. */
  private final Set<ReplicaId> forcedOut = new HashSet<>();

  private long steps;
  private long looks;

  Invariants(World world) {
    this.world = world;
    this.books = world.books();
    for (int i = 0; i < world.settings().entities(); i++) {
      finals.add(new ArrayList<>());
    }
  }

  /** The text is made only if it is needed: it is long, and this runs at every step. */
  static void require(boolean holds, Supplier<String> what) {
    if (!holds) {
      throw new AssertionError(what.get());
    }
  }

  void afterStep() {
    if (++steps % DEAR == 0) {
      for (Row row : books.acknowledged()) {
        isSomewhere(row);
      }
      for (Node node : world.nodes()) {
        Shell shell = node.shell();
        if (shell != null) {
          bounds(shell);
        }
      }
    }
  }

  /** Causal delivery: everything that an event depends on was applied before it. */
  void applied(Shell at, int entity, VersionVector before, ReplicatedEvent<Note> event) {
    CausalContext held = CausalContext.of(before);
    require(
        held.covers(event.context()) && held.next(event.replica()).equals(event.dot()),
        () ->
            at + " applied " + event.dot() + ", which follows " + event.context() + ", at " + held);
    visible(at, entity);
    if (!forcedOut.contains(at.disk().id)) {
      List<Dot> late = at.entity(entity).fold().cameTooLate();
      require(late.isEmpty(), () -> late + " came to " + at + " after events behind it were final");
      List<Dot> ignorant = at.entity(entity).ignorant();
      require(
          ignorant.isEmpty(), () -> at + " judged " + ignorant + " without what they had not seen");
    }
  }

  /** Equal sets of events give equal states, decisions and order: anywhere, at any time. */
  private void visible(Shell at, int entity) {
    EntityReplica<List<String>, Note> replica = at.entity(entity);
    Sight sight = new Sight(entity, replica.vector());
    List<String> before = states.putIfAbsent(sight, replica.state());
    require(
        before == null || before.equals(replica.state()),
        () ->
            "one set of events, two states: "
                + at
                + " at "
                + sight.vector()
                + " has "
                + replica.state()
                + ", and before it was "
                + before);
    if (++looks % 8 == 0) {
      decisions(at, sight);
    }
  }

  private void decisions(Shell at, Sight sight) {
    List<Outcome> now = new ArrayList<>();
    for (Folded<Note> folded : at.entity(sight.entity()).history(0, Integer.MAX_VALUE).events()) {
      now.add(outcome(folded));
    }
    List<Outcome> before = histories.getOrDefault(sight, List.of());
    int common = Math.min(before.size(), now.size());
    require(
        end(before, common).equals(end(now, common)),
        () -> "one set of events, two histories: " + at + " has " + now + ", not " + before);
    if (before.size() < now.size()) {
      histories.put(sight, now);
    }
  }

  /** The last so many: what is before them has left memory somewhere. */
  private static <T> List<T> end(List<T> list, int size) {
    return list.subList(list.size() - size, list.size());
  }

  private static Outcome outcome(Folded<Note> folded) {
    return new Outcome(folded.dot(), folded.decision(), folded.concurrentWith());
  }

  /** Nothing final changes: not its place, not what was decided, for nobody. */
  void becameFinal(Shell at, int entity, int place, Folded<Note> folded) {
    if (forcedOut.contains(at.disk().id)) {
      return;
    }
    List<Outcome> known = finals.get(entity);
    Outcome now = outcome(folded);
    if (place == known.size()) {
      known.add(now);
      world.count(Coverage.FINAL_EVENTS);
    } else {
      require(
          known.get(place).equals(now),
          () ->
              "what was final changed: it was " + known.get(place) + ", and " + at + " has " + now);
    }
  }

  /** No dot with two contents. */
  void sameRow(Shell at, Row held, Row came) {
    require(held.sameAs(came), () -> "two contents at " + at + ": " + held + " and " + came);
  }

  /** Nobody has more of a log than its writer. */
  void notOwn(Shell at, Row row) {
    require(
        !row.origin().equals(at.disk().id),
        () -> "others have more of its own log than " + at + ": " + row);
  }

  void began(Shell at, ReplicaSet set, EpochChange change) {
    boolean isNews = change.epoch() > books.changes().size();
    books.began(change);
    if (isNews) {
      world.operator().began(set, change);
    }
  }

  /** With force, what only those who were left out had called final is not so any more. */
  void forced(ReplicaSet set, EpochChange change) {
    forcedOut.addAll(change.retired());
    for (int i = 0; i < finals.size(); i++) {
      int most = 0;
      for (Node node : world.nodes()) {
        Shell shell = node.shell();
        if (shell != null && set.contains(node.disk().id)) {
          most = Math.max(most, shell.entities().finals(i));
        }
      }
      List<Outcome> known = finals.get(i);
      known.subList(Math.min(most, known.size()), known.size()).clear();
    }
  }

  /** What may be let go of, every member has. */
  void stable(Shell at, VersionVector stable) {
    ReplicaSet set = world.operator().latestSet();
    if (!set.contains(at.disk().id)) {
      return;
    }
    for (Node node : world.nodes()) {
      require(
          !set.contains(node.disk().id)
              || !node.disk().isMember
              || node.disk().held().covers(stable),
          () -> at + " lets go of " + stable + ", and " + node + " has " + node.disk().held());
    }
  }

  /** After a start, what this incarnation acknowledged is here. */
  void started(Node node, Shell shell) {
    for (Row row : books.acknowledged()) {
      Disk disk = node.disk();
      require(
          !row.origin().equals(disk.id)
              || disk.row(row.origin(), row.lsn()) != null
              || books.isExcused(row),
          () -> shell + " acknowledged " + row + " and lost it");
    }
  }

  private void isSomewhere(Row row) {
    for (Node node : world.nodes()) {
      if (!node.isGone()
          && (node.disk().row(row.origin(), row.lsn()) != null
              || node.disk().former.contains(row)
              || node.disk().attic.contains(row))) {
        return;
      }
    }
    require(
        books.isExcused(row) || new OriginNames(world).contains(row),
        () -> row + " was acknowledged, and no disk has it");
  }

  /** Memory is bounded. */
  private void bounds(Shell shell) {
    Settings settings = world.settings();
    int most =
        settings.aheadCapacity()
            + world.nodes().size() * settings.batchSize()
            + settings.bufferCapacity() * settings.entities();
    require(
        shell.inbox().size() <= most,
        () -> shell + " keeps " + shell.inbox().size() + " rows that are not stored");
    for (EntityReplica<List<String>, Note> entity : shell.entities().all()) {
      require(
          entity.waiting() <= settings.bufferCapacity(),
          () -> "the causal buffer of " + shell + " holds " + entity.waiting());
    }
  }
}
