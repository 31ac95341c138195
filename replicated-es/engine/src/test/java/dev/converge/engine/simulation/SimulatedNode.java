package dev.converge.engine.simulation;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.HybridLogicalClock;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.replica.BrokenReplicas;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Models.Model;
import dev.converge.engine.support.Note;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.Refusal;
import dev.converge.engine.sync.SyncBatch;
import dev.converge.engine.sync.SyncLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One process: the shell that a real node has, with a journal that is slow to store. */
final class SimulatedNode {
  private static final SyncLimits<Note> BATCH = SyncLimits.events(5);
  private static final SyncLimits<Note> ACCEPTED = SyncLimits.events(50);

  /** Handed to the journal and not yet stored: lost in a crash. */
  private record Write(List<ReplicatedEvent<Note>> events, boolean own, int askNext) {}

  private final int index;
  private final ReplicaId id;
  private final Model<List<String>> model;
  private final Mutation mutation;
  private final int bufferCapacity;
  private final int clockSkew;
  private final Invariants invariants;
  private final Simulation world;

  private final List<ReplicatedEvent<Note>> journal = new ArrayList<>();
  private final ArrayDeque<Write> writes = new ArrayDeque<>();
  private @Nullable EntityReplica<List<String>, Note> replica;
  private HybridLogicalClock clock = HybridLogicalClock.START;
  private int life;

  SimulatedNode(int index, Simulation world, Invariants invariants, Model<List<String>> model) {
    this.index = index;
    this.id = ReplicaId.of("node-" + (index + 1));
    this.world = world;
    this.invariants = invariants;
    this.mutation = world.mutation();
    this.model = mutation == Mutation.SKIP_REFOLD ? Models.pretendingToCommute(model) : model;
    this.bufferCapacity = world.random().nextInt(12);
    this.clockSkew = world.random().nextInt(200) - 100;
    start();
  }

  /** A new process over what the journal holds. */
  void start() {
    replica =
        mutation == Mutation.SKIP_CAUSAL_CHECK
            ? BrokenReplicas.withoutCausalCheck(id, model, bufferCapacity, ACCEPTED)
            : new EntityReplica<>(id, model, bufferCapacity, ACCEPTED);
    replica.load(journal);
    clock = HybridLogicalClock.START.observe(replica.latestTime());
    invariants.acknowledgedIsHeld(this);
    invariants.visible(this);
  }

  /** The process dies. Of the write under way, a part may have reached the disk, unconfirmed. */
  void crash() {
    if (!writes.isEmpty() && world.random().nextBoolean()) {
      writes.getFirst().events().forEach(this::store);
    }
    writes.clear();
    replica = null;
    life++;
  }

  boolean isUp() {
    return replica != null;
  }

  EntityReplica<List<String>, Note> replica() {
    if (replica == null) {
      throw new AssertionError(this + " is down");
    }
    return replica;
  }

  /** A client's command: one or two events, with an origin id if it may come again. */
  void command(List<Note> notes, @Nullable OriginId origin) {
    if (origin != null && replica().find(origin).isPresent()) {
      return;
    }
    List<ReplicatedEvent<Note>> events = new ArrayList<>();
    for (Note note : notes) {
      clock =
          clock.observe(replica().latestTime()).tick(Math.max(0, world.now() + 1000 + clockSkew));
      OriginId named = events.isEmpty() ? origin : null;
      CausalContext context = replica().context();
      if (world.random().nextInt(5) == 0) {
        // A client that read before: it has not seen this replica's latest.
        long seen = context.vector().get(id);
        context = context(context.vector(), seen == 0 ? 0 : world.random().nextInt((int) seen));
      }
      events.add(replica().mint(note, note.bytes(), clock.last(), 1, named, context));
    }
    world.trace().add(world.now(), this, "mints", events.get(0).dot(), events.size());
    if (mutation == Mutation.REPLY_BEFORE_STORED) {
      confirm(events);
    }
    write(new Write(events, true, -1));
  }

  private CausalContext context(VersionVector held, long own) {
    VersionVector others = VersionVector.empty();
    for (var entry : held.entries().entrySet()) {
      long sequence = entry.getKey().equals(id) ? own : entry.getValue();
      others = others.with(entry.getKey(), sequence);
    }
    return CausalContext.of(others);
  }

  private void write(Write write) {
    writes.add(write);
    int thisLife = life;
    world.later(
        1 + world.random().nextInt(4),
        () -> {
          if (life == thisLife) {
            storeNext();
          }
        });
  }

  private void storeNext() {
    Write write = writes.remove();
    write.events().forEach(this::store);
    VersionVector before = replica().vector();
    replica().applied(write.events());
    invariants.applied(this, before, write.events());
    world.trace().add(world.now(), this, "applies", write.events().size(), replica().vector());
    if (write.own() && mutation != Mutation.REPLY_BEFORE_STORED) {
      confirm(write.events());
    }
    if (write.askNext() >= 0) {
      ask(write.askNext());
    }
    invariants.visible(this);
    invariants.acknowledgedIsHeld(this);
  }

  private void store(ReplicatedEvent<Note> event) {
    journal.add(event);
    invariants.stored(event);
  }

  private void confirm(List<ReplicatedEvent<Note>> events) {
    events.forEach(invariants::acknowledged);
    world.broadcast(index, new Message.Push(events));
  }

  /** Anti-entropy: asks one peer. */
  void ask(int peer) {
    world.send(index, peer, new Message.Ask(replica().vector()));
  }

  void receive(int from, Message message) {
    if (message instanceof Message.Push push) {
      admit(from, push.events(), false);
    } else if (message instanceof Message.Answer answer) {
      admit(from, answer.events(), !answer.complete());
    } else if (message instanceof Message.Ask ask) {
      SyncBatch<Note> batch = replica().missingFor(ask.held(), BATCH);
      List<ReplicatedEvent<Note>> events =
          mutation == Mutation.DROP_RELAY
              ? batch.events().stream().filter(event -> event.replica().equals(id)).toList()
              : batch.events();
      if (!events.isEmpty()) {
        world.send(index, from, new Message.Answer(events, batch.complete()));
      }
    }
  }

  private void admit(int from, List<ReplicatedEvent<Note>> events, boolean more) {
    AdmitResult<Note> result = replica().admit(events);
    for (Refusal<Note> refusal : result.refused()) {
      Invariants.require(
          refusal.reason() == Refusal.Reason.GAP, () -> this + " refuses: " + refusal.detail());
    }
    if (!result.toPersist().isEmpty()) {
      write(new Write(result.toPersist(), false, more ? from : -1));
    }
    if (!result.waiting().isEmpty() || !result.refused().isEmpty()) {
      world.trace().add(world.now(), this, "lacks", replica().gaps());
      ask(from);
    }
  }

  ReplicaId id() {
    return id;
  }

  /** Whether nothing is being stored. */
  boolean isIdle() {
    return writes.isEmpty();
  }

  @Override
  public String toString() {
    return id.toString();
  }
}
