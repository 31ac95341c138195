package dev.converge.engine.replica;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridLogicalClock;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.FoldCheckpoint;
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.engine.fold.Judged;
import dev.converge.engine.fold.NaiveFold;
import dev.converge.engine.fold.TailNeeded;
import dev.converge.engine.support.Note;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.SyncLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Three replicas of one entity with journals, checkpoints and true frontiers, which are computed
 * from outside; what they may let go of is decided by the rules alone.
 */
final class ReleasingCluster<S> {
  private static final SyncLimits<Note> LIMITS = SyncLimits.events(1_000);
  private static final String[] KEYS = {"a", "b"};
  private static final int STEPS = 120;

  /** What happened in all runs. */
  static final class Counts {
    long released;
    long restores;
    long restarts;
    long compactions;

    @Override
    public String toString() {
      return released
          + ", restores "
          + restores
          + ", restarts "
          + restarts
          + ", compactions "
          + compactions;
    }
  }

  private final EntityModel<S, Note> model;
  private final Random random;
  private final Counts counts;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Dot, ReplicatedEvent<Note>> all = new TreeMap<>();

  ReleasingCluster(EntityModel<S, Note> model, Random random, Counts counts) {
    this.model = model;
    this.random = random;
    this.counts = counts;
    for (int i = 1; i <= 3; i++) {
      nodes.add(new Node(ReplicaId.of("node-" + i)));
    }
  }

  void run() {
    int releasing = random.nextInt(8);
    for (int step = 0; step < STEPS; step++) {
      Node node = nodes.get(random.nextInt(nodes.size()));
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> node.write(step);
        case 3, 4, 5 -> node.pull(nodes.get(random.nextInt(nodes.size())));
        case 6, 7 -> {
          if ((releasing >> nodes.indexOf(node) & 1) == 1) {
            node.advance();
          }
        }
        case 8 -> node.raiseFloor();
        default -> {
          if (random.nextInt(4) == 0) {
            node.restart();
          } else {
            node.compact();
          }
        }
      }
      if (step % 10 == 0) {
        node.compare();
      }
    }
    for (int round = 0; round < 2; round++) {
      nodes.forEach(to -> nodes.forEach(to::pull));
    }
    for (Node node : nodes) {
      node.compare();
      node.advance();
      node.compare();
    }
  }

  private final class Node {
    private final ReplicaId id;
    private final List<ReplicatedEvent<Note>> journal = new ArrayList<>();
    private final List<FoldCheckpoint<S, Note>> stored = new ArrayList<>();
    private EntityReplica<S, Note> replica;
    private HybridLogicalClock clock = HybridLogicalClock.START;
    private VersionVector ownFloor = VersionVector.empty();

    Node(ReplicaId id) {
      this.id = id;
      this.stored.add(FoldCheckpoint.empty(model));
      this.replica = start(stored.get(0));
    }

    private EntityReplica<S, Note> start(FoldCheckpoint<S, Note> from) {
      return new EntityReplica<>(id, model, 100, LIMITS, FoldOptions.DEFAULT, from);
    }

    void write(int step) {
      clock = clock.observe(replica.latestTime()).tick(step / 2 + random.nextInt(4));
      Note note = note();
      CausalContext context = random.nextInt(3) == 0 ? older() : replica.context();
      OriginId origin = random.nextInt(6) == 0 ? origin() : null;
      ReplicatedEvent<Note> event =
          withTail(() -> replica.mint(note, note.bytes(), clock.last(), 1, origin, context));
      store(List.of(event));
    }

    private OriginId origin() {
      OriginId request = new OriginId("request-" + random.nextInt(6));
      return random.nextBoolean()
          ? request
          : request.part(
              1 + random.nextInt(3), new Dot(ReplicaId.of("node-" + random.nextInt(2)), 1));
    }

    private Note note() {
      List<Escalation> open = replica.openConflicts();
      if (!open.isEmpty() && random.nextInt(3) == 0) {
        Escalation conflict = open.get(random.nextInt(open.size()));
        List<Dot> sides = conflict.sides().stream().filter(d -> random.nextInt(4) > 0).toList();
        return Note.decision(keys(), conflict.id(), sides);
      }
      return new Note(keys(), "n" + all.size());
    }

    private Set<String> keys() {
      return random.nextInt(4) == 0 ? Set.of() : Set.of(KEYS[random.nextInt(KEYS.length)]);
    }

    /** What a client had seen that read before, here or elsewhere. */
    private CausalContext older() {
      VersionVector[] seen = {VersionVector.empty()};
      replica
          .vector()
          .forEach(
              (other, last) ->
                  seen[0] = seen[0].with(other, Math.max(0, last - random.nextInt(6))));
      return CausalContext.of(seen[0]);
    }

    private <T> T withTail(Supplier<T> what) {
      while (true) {
        try {
          return what.get();
        } catch (TailNeededException e) {
          restore(e.needed());
        }
      }
    }

    /** From the newest checkpoint that serves; the oldest always does. */
    private void restore(TailNeeded needed) {
      counts.restores++;
      for (int i = stored.size() - 1; i >= 0; i--) {
        if ((needed.isMetBy(stored.get(i)) || i == 0) && restored(stored.get(i))) {
          stored.subList(i + 1, stored.size()).clear();
          return;
        }
      }
      throw new AssertionError("the oldest checkpoint does not serve " + needed);
    }

    private boolean restored(FoldCheckpoint<S, Note> start) {
      try {
        replica.restore(start, journal);
        return true;
      } catch (TailNeededException older) {
        return false;
      }
    }

    private void store(List<ReplicatedEvent<Note>> events) {
      journal.addAll(events);
      events.forEach(event -> all.put(event.dot(), event));
      replica.applied(events);
    }

    void pull(Node from) {
      if (from == this) {
        return;
      }
      // Not always up to the end.
      List<ReplicatedEvent<Note>> missing =
          all.values().stream()
              .filter(e -> from.replica.vector().contains(e.dot()))
              .filter(e -> !replica.vector().contains(e.dot()))
              .sorted(ReplicatedEvent.TOTAL_ORDER)
              .toList();
      if (!missing.isEmpty()) {
        admit(missing.subList(0, 1 + random.nextInt(missing.size())));
      }
    }

    private void admit(List<ReplicatedEvent<Note>> batch) {
      AdmitResult<Note> result = replica.admit(batch);
      while (result.tailNeeded() != null) {
        restore(result.tailNeeded());
        result = replica.admit(batch);
      }
      if (!result.refused().isEmpty()) {
        throw new AssertionError("refused: " + result.refused());
      }
      store(result.toPersist());
    }

    void advance() {
      int before = replica.held();
      replica.advance(frontier());
      counts.released += before - replica.held();
      if (random.nextBoolean()) {
        stored.add(replica.checkpoint());
      }
    }

    private EntityFrontier frontier() {
      HybridTimestamp last = nodes.get(0).clock.last();
      VersionVector stable = nodes.get(0).replica.vector();
      VersionVector floor = nodes.get(0).ownFloor;
      for (Node node : nodes) {
        last = node.clock.last().compareTo(last) < 0 ? node.clock.last() : last;
        stable = stable.meet(node.replica.vector());
        floor = floor.meet(node.ownFloor);
      }
      long finalMillis = last.millis();
      for (ReplicatedEvent<Note> event : all.values()) {
        if (!replica.vector().contains(event.dot())) {
          finalMillis = Math.min(finalMillis, event.time().millis());
          floor = event.context().covers(CausalContext.of(floor)) ? floor : VersionVector.empty();
        }
      }
      long lag = random.nextInt(3);
      return new EntityFrontier(
          new HybridTimestamp(Math.max(0, finalMillis - 1 - lag), 0), stable, floor);
    }

    void raiseFloor() {
      VersionVector stable = replica.vector();
      for (Node node : nodes) {
        stable = stable.meet(node.replica.vector());
      }
      VersionVector[] floor = {VersionVector.empty()};
      stable.forEach(
          (other, last) -> floor[0] = floor[0].with(other, Math.max(0, last - random.nextInt(4))));
      replica.raiseFloor(floor[0]);
      ownFloor = ownFloor.merge(floor[0]);
    }

    /** From the newest checkpoint, or an older one where that is too new. */
    void restart() {
      counts.restarts++;
      for (int i = stored.size() - 1; i >= 0; i--) {
        try {
          replica = start(stored.get(i));
          replica.load(journal);
          replica.raiseFloor(ownFloor);
          return;
        } catch (TailNeededException e) {
          stored.remove(i);
        }
      }
      throw new AssertionError("no checkpoint serves the journal");
    }

    /** Drops from the journal what is in a checkpoint that has dropped nothing above the floor. */
    void compact() {
      EntityFrontier frontier = frontier();
      for (int i = stored.size() - 1; i > 0; i--) {
        FoldCheckpoint<S, Note> oldest = stored.get(i);
        boolean serves =
            journal.stream()
                .allMatch(
                    e ->
                        oldest.vector().contains(e.dot())
                            || oldest.serves(e, VersionVector.empty()));
        if (frontier.floor().covers(oldest.dropped()) && serves) {
          counts.compactions++;
          stored.subList(0, i).clear();
          journal.removeIf(event -> oldest.vector().contains(event.dot()));
          return;
        }
      }
    }

    void compare() {
      List<ReplicatedEvent<Note>> held =
          all.values().stream().filter(e -> replica.vector().contains(e.dot())).toList();
      NaiveFold.Result<S, Note> expected = NaiveFold.fold(model, held);
      HistoryPage<Note> page = replica.history(0, Integer.MAX_VALUE);
      require("state", expected.state(), replica.state());
      require(
          "decisions",
          expected.history().subList(page.from(), page.total()).stream()
              .map(f -> f.dot() + " " + f.decision() + f.concurrentWith() + f.duplicateOf())
              .toList(),
          page.events().stream()
              .map(f -> f.dot() + " " + f.decision() + f.concurrentWith() + f.duplicateOf())
              .toList());
      require("conflicts", expected.conflicts(), replica.openConflicts());
      Map<Dot, Folded<Note>> byDot = new HashMap<>();
      expected.history().forEach(one -> byDot.put(one.dot(), one));
      for (Escalation conflict : expected.conflicts()) {
        require(
            "sides",
            conflict.sides().stream()
                .map(byDot::get)
                .map(one -> new Judged<>(one.event(), one.decision(), one.duplicateOf()))
                .toList(),
            replica.sides(conflict.id()));
      }
      if (!replica.ignorant().isEmpty()) {
        throw new AssertionError("ignorant of what is gone: " + replica.ignorant());
      }
    }

    private void require(String what, Object expected, Object actual) {
      if (!expected.equals(actual)) {
        throw new AssertionError(
            what + " of " + id + "\nexpected " + expected + "\nactual   " + actual);
      }
    }
  }
}
