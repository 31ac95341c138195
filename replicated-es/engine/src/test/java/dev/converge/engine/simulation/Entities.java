package dev.converge.engine.simulation;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.FoldCheckpoint;
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.replica.BrokenReplicas;
import dev.converge.engine.replica.EntityFrontier;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.replica.TailNeededException;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Models.Model;
import dev.converge.engine.support.Note;
import dev.converge.engine.sync.AdmitResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The entities of a node, in memory as far as they must be. */
final class Entities {
  private final Shell shell;
  private final World world;
  private final Disk disk;
  private final Model<List<String>> model;
  private final List<EntityReplica<List<String>, Note>> all = new ArrayList<>();
  private final int[] finals;
  private HybridTimestamp finalTime = HybridTimestamp.ZERO;
  private VersionVector stable = VersionVector.empty();

  Entities(Shell shell, World world, Disk disk) {
    this.shell = shell;
    this.world = world;
    this.disk = disk;
    this.model =
        world.mutation() == Mutation.SKIP_REFOLD
            ? Models.pretendingToCommute(world.model())
            : world.model();
    this.finals = new int[world.settings().entities()];
  }

  /** Reads checkpoints and journal. */
  void load() {
    for (int i = 0; i < finals.length; i++) {
      FoldCheckpoint<List<String>, Note> start = disk.checkpoints.get(i);
      EntityReplica<List<String>, Note> entity = null;
      if (start != null && world.mutation() != Mutation.SKIP_CAUSAL_CHECK) {
        try {
          entity = load(i, start);
          finals[i] = (int) start.size();
          world.count(Coverage.STARTS_FROM_CHECKPOINT);
        } catch (TailNeededException e) {
          world.count(Coverage.CHECKPOINTS_TOO_NEW);
        }
      }
      all.add(entity == null ? load(i, FoldCheckpoint.empty(model)) : entity);
    }
  }

  private EntityReplica<List<String>, Note> load(
      int index, FoldCheckpoint<List<String>, Note> start) {
    int capacity = world.settings().bufferCapacity();
    EntityReplica<List<String>, Note> entity =
        world.mutation() == Mutation.SKIP_CAUSAL_CHECK
            ? BrokenReplicas.withoutCausalCheck(disk.id, model, capacity, Settings.ACCEPTED)
            : new EntityReplica<>(
                disk.id, model, capacity, Settings.ACCEPTED, FoldOptions.DEFAULT, start);
    entity.load(disk.events(index));
    return entity;
  }

  EntityReplica<List<String>, Note> get(int index) {
    return all.get(index);
  }

  List<EntityReplica<List<String>, Note>> all() {
    return all;
  }

  /** How many events of an entity are final here. */
  int finals(int index) {
    return finals[index];
  }

  /** An own event; what left memory comes back if the event is ignorant of it. */
  ReplicatedEvent<Note> mint(
      int index,
      Note note,
      HybridTimestamp time,
      @Nullable OriginId origin,
      CausalContext context) {
    EntityReplica<List<String>, Note> entity = all.get(index);
    if (entity.needsTail(context)) {
      restore(index);
    }
    return entity.mint(note, note.bytes(), time, 1, origin, context);
  }

  /** Events of others; what left memory comes back if one of them is ignorant of it. */
  AdmitResult<Note> admit(int index, List<ReplicatedEvent<Note>> events) {
    EntityReplica<List<String>, Note> entity = all.get(index);
    if (world.mutation() == Mutation.TAIL_NOT_READ_AGAIN) {
      return entity.admitWithoutTail(events);
    }
    AdmitResult<Note> result = entity.admit(events);
    if (result.tailNeeded() == null) {
      return result;
    }
    restore(index);
    return entity.admit(events);
  }

  private void restore(int index) {
    world.count(Coverage.TAILS_READ_AGAIN);
    all.get(index).restore(FoldCheckpoint.empty(model), disk.events(index));
  }

  void apply(int index, ReplicatedEvent<Note> event) {
    EntityReplica<List<String>, Note> entity = all.get(index);
    VersionVector before = entity.vector();
    if (event.time().compareTo(entity.latestTime()) < 0) {
      world.count(Coverage.LATE_EVENTS);
    }
    entity.applied(List.of(event));
    world.invariants().applied(shell, index, before, event);
  }

  /** The frontiers may have moved. */
  void advance(HybridTimestamp nowFinal, VersionVector nowStable) {
    if (nowFinal.equals(finalTime) && nowStable.equals(stable)) {
      return;
    }
    if (!nowStable.equals(stable)) {
      world.invariants().stable(shell, nowStable);
    }
    finalTime = nowFinal;
    stable = nowStable;
    for (int i = 0; i < finals.length; i++) {
      EntityReplica<List<String>, Note> entity = all.get(i);
      int held = entity.held();
      EntityFrontier frontier = new EntityFrontier(nowFinal, disk.dotsAt(nowStable, i));
      for (Folded<Note> folded : entity.advance(frontier)) {
        world.invariants().becameFinal(shell, i, finals[i]++, folded);
      }
      if (entity.held() < held) {
        world.count(Coverage.RELEASED_EVENTS, held - entity.held());
        if (world.random().nextInt(4) == 0) {
          disk.checkpoints.put(i, entity.checkpoint());
        }
      }
    }
  }
}
