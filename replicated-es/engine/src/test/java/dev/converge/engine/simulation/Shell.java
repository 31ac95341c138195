package dev.converge.engine.simulation;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.HybridLogicalClock;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.support.Note;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One process: all that a crash takes. Holds the engine's parts together, as a real shell does. */
final class Shell {
  private final Node node;
  private final World world;
  private final Disk disk;
  private final Journal journal;
  private final Entities entities;
  private final Inbox inbox;
  private final Gossip gossip;
  private final Epochs epochs;
  private final Joining joining;
  private final CarryBack carryBack;
  private HybridLogicalClock clock = HybridLogicalClock.START;
  private boolean ended;

  Shell(Node node, World world, Disk disk, Journal journal) {
    this.node = node;
    this.world = world;
    this.disk = disk;
    this.journal = journal;
    this.entities = new Entities(this, world, disk);
    this.inbox = new Inbox(this, world, disk, journal);
    this.gossip = new Gossip(this, world, disk);
    this.epochs = new Epochs(this, world, node, disk, journal);
    this.joining = new Joining(this, world, node, disk, epochs);
    this.carryBack = new CarryBack(this, world, disk);
  }

  /** Reads the journal and begins. */
  void start() {
    entities.load();
    clock = clock.observe(disk.latestTime());
    epochs.start();
    joining.start();
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
    ReplicatedEvent<Note> event = entities.mint(entity, note, reading(), named, context);
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
        entities.apply(row.entity(), row.event());
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

  /** The frontiers may have moved. */
  void advance() {
    entities.advance(epochs.finalTime(), epochs.stable());
  }

  void receive(ReplicaId from, Message message) {
    if (message instanceof Message.JoinAsk) {
      joining.asked(from);
    } else if (message instanceof Message.Snapshot snapshot) {
      joining.snapshotCame(snapshot);
    } else if (message instanceof Message.TooLate) {
      joining.tooLate();
    } else if (!disk.isMember) {
      return;
    } else if (message instanceof Message.About about) {
      epochs.came(from, about.message());
    } else {
      gossip.receive(from, message);
    }
  }

  /**
   * A message for an incarnation that is over. Its sender may know nothing of what was decided
   * since: connections are made to machines, so it learns of it at the handshake.
   */
  void receiveForAnother(ReplicaId from, Message message) {
    if (disk.isMember && message instanceof Message.Tell tell) {
      epochs.meet(from, tell.epoch());
    }
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

  Entities entities() {
    return entities;
  }

  @Override
  public String toString() {
    return disk.id.toString();
  }
}
