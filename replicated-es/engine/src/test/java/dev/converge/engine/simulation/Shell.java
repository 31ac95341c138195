package dev.converge.engine.simulation;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.HybridLogicalClock;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.replica.BrokenReplicas;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Models.Model;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One process: all that a crash takes. Holds the engine's parts together, as a real shell does. */
final class Shell {
  private final Node node;
  private final World world;
  private final Disk disk;
  private final Journal journal;
  private final List<EntityReplica<List<String>, Note>> entities = new ArrayList<>();
  private final int[] finals;
  private final Inbox inbox;
  private final Gossip gossip;
  private final Epochs epochs;
  private final CarryBack carryBack;
  private HybridLogicalClock clock = HybridLogicalClock.START;
  private boolean ended;

  Shell(Node node, World world, Disk disk, Journal journal) {
    this.node = node;
    this.world = world;
    this.disk = disk;
    this.journal = journal;
    Settings settings = world.settings();
    for (int i = 0; i < settings.entities(); i++) {
      entities.add(newEntity(settings));
    }
    this.finals = new int[settings.entities()];
    this.inbox = new Inbox(this, world, disk, journal);
    this.gossip = new Gossip(this, world, disk);
    this.epochs = new Epochs(this, world, node, disk, journal);
    this.carryBack = new CarryBack(this, world, disk);
  }

  private EntityReplica<List<String>, Note> newEntity(Settings settings) {
    Model<List<String>> model =
        world.mutation() == Mutation.SKIP_REFOLD
            ? Models.pretendingToCommute(settings.model())
            : settings.model();
    return world.mutation() == Mutation.SKIP_CAUSAL_CHECK
        ? BrokenReplicas.withoutCausalCheck(
            disk.id, model, settings.bufferCapacity(), Settings.ACCEPTED)
        : new EntityReplica<>(disk.id, model, settings.bufferCapacity(), Settings.ACCEPTED);
  }

  /** Reads the journal and begins. */
  void start() {
    List<List<ReplicatedEvent<Note>>> stored = new ArrayList<>();
    entities.forEach(entity -> stored.add(new ArrayList<>()));
    for (Row row : disk.arrivals()) {
      if (row.event() != null) {
        stored.get(row.entity()).add(row.event());
      }
    }
    for (int i = 0; i < entities.size(); i++) {
      entities.get(i).load(stored.get(i));
    }
    clock = clock.observe(disk.latestTime());
    epochs.start();
    if (disk.isMember) {
      gossip.start();
      carryBack.start();
    }
  }

  /** The process is over; nothing that it had planned happens. */
  void end() {
    ended = true;
  }

  boolean isOver() {
    return ended;
  }

  /** Fails fast: what is in memory is dropped, and read again from the journal. */
  void restart(String why) {
    if (world.trace().isRead()) {
      world.trace().say(world.now(), disk.id + " restarts: " + why);
    }
    if (!ended) {
      node.restart();
    }
  }

  void later(long delay, Runnable what) {
    world.later(
        delay,
        () -> {
          if (!ended) {
            what.run();
          }
        });
  }

  /** A reading of the clock, later than all that it has seen. */
  HybridTimestamp reading() {
    clock = clock.observe(disk.latestTime()).tick(node.wallClock());
    return clock.last();
  }

  void observe(HybridTimestamp time) {
    clock = clock.observe(time);
  }

  /** Whether commands are accepted. */
  boolean acceptsWrites() {
    return !ended && epochs.acceptsWrites();
  }

  /**
   * A command that was decided.
   *
   * @param seen what its author had seen; null: all that is held here
   * @param stored called when it is durable
   */
  ReplicatedEvent<Note> write(
      int entity,
      Note note,
      @Nullable OriginId origin,
      @Nullable CausalContext seen,
      Consumer<ReplicatedEvent<Note>> stored) {
    EntityReplica<List<String>, Note> replica = entities.get(entity);
    observe(replica.latestTime());
    OriginId named = world.mutation() == Mutation.ORIGIN_ID_IGNORED ? null : origin;
    CausalContext context = seen == null ? replica.context() : seen;
    ReplicatedEvent<Note> event =
        replica.mint(note, note.bytes(), reading(), 1, named, context);
    if (world.mutation() == Mutation.REPLY_BEFORE_STORED) {
      stored.accept(event);
      long lsn = disk.ownLsn() + 1;
      gossip.push(List.of(Row.of(disk.id, lsn, entity, event)));
    }
    journal.submit(this, new Journal.Job.Own(entity, List.of(event), () -> stored.accept(event)));
    return event;
  }

  /** A transaction is committed. */
  void stored(Journal.Job job, List<Row> rows) {
    for (Row row : rows) {
      if (row.event() != null) {
        apply(row.entity(), row.event());
      } else {
        epochs.recordCame(row);
      }
      if (ended) {
        return;
      }
    }
    epochs.stored();
    if (ended) {
      return;
    }
    if (job instanceof Journal.Job.Own own) {
      if (world.mutation() != Mutation.REPLY_BEFORE_STORED) {
        own.stored().run();
      }
      gossip.push(rows);
    } else if (job instanceof Journal.Job.Sponsor) {
      gossip.push(rows);
    } else if (job instanceof Journal.Job.Foreign foreign) {
      foreign.tell().forEach(peer -> gossip.acknowledge(world.nodes().get(peer).disk().id));
      inbox.drain();
    }
  }

  private void apply(int index, ReplicatedEvent<Note> event) {
    EntityReplica<List<String>, Note> entity = entities.get(index);
    VersionVector before = entity.vector();
    if (event.time().compareTo(entity.latestTime()) < 0) {
      world.count(Coverage.LATE_EVENTS);
    }
    entity.applied(List.of(event));
    world.invariants().applied(this, index, before, event);
  }

  /** The final frontier may have moved. */
  void settleFinals() {
    HybridTimestamp time = epochs.finalTime();
    for (int i = 0; i < entities.size(); i++) {
      for (var folded : entities.get(i).fold().finalUpTo(time)) {
        world.invariants().becameFinal(this, i, finals[i]++, folded);
      }
    }
  }

  void receive(ReplicaId from, Message message) {
    if (message instanceof Message.JoinAsk) {
      epochs.joinAsked(from);
    } else if (message instanceof Message.Snapshot snapshot) {
      epochs.snapshotCame(snapshot);
    } else if (message instanceof Message.TooLate) {
      epochs.joinsTooLate();
    } else if (!disk.isMember) {
      return;
    } else if (message instanceof Message.About about) {
      epochs.came(from, about.message());
    } else {
      gossip.receive(from, message);
    }
  }

  /** How many events of an entity are final here. */
  int finals(int entity) {
    return finals[entity];
  }

  Node node() {
    return node;
  }

  Disk disk() {
    return disk;
  }

  Journal journal() {
    return journal;
  }

  Inbox inbox() {
    return inbox;
  }

  Gossip gossip() {
    return gossip;
  }

  Epochs epochs() {
    return epochs;
  }

  EntityReplica<List<String>, Note> entity(int index) {
    return entities.get(index);
  }

  List<EntityReplica<List<String>, Note>> entities() {
    return entities;
  }

  @Override
  public String toString() {
    return disk.id.toString();
  }
}
