package dev.converge.engine.simulation;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.support.Note;
import dev.converge.engine.sync.SyncBatch;
import dev.converge.engine.sync.SyncLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How rows and promises get around: pushes, digests, batches, and gap requests of entities. */
final class Gossip {
  private final Shell shell;
  private final World world;
  private final Disk disk;

  /** The newest promise of each replica whose log has come up to it. */
  private final Map<ReplicaId, Promise> vouched = new TreeMap<>();

  private long askAgain;

  Gossip(Shell shell, World world, Disk disk) {
    this.shell = shell;
    this.world = world;
    this.disk = disk;
  }

  void start() {
    shell.later(world.random().nextInt(40), this::tellSomebody);
    shell.later(world.random().nextInt(40), this::promise);
  }

  private void promise() {
    Journal.Job job = new Journal.Job.PromiseAt(shell.reading());
    if (world.random().nextInt(3) == 0) {
      shell.journal().submitNext(shell, job);
    } else {
      shell.journal().submit(shell, job);
    }
    shell.later(25 + world.random().nextInt(50), this::promise);
  }

  private void tellSomebody() {
    List<ReplicaId> peers = peers();
    if (world.isCalm()) {
      peers.forEach(peer -> tell(peer, true));
    } else if (!peers.isEmpty()) {
      tell(peers.get(world.random().nextInt(peers.size())), true);
    }
    shell.later(15 + world.random().nextInt(30), this::tellSomebody);
  }

  private List<ReplicaId> members() {
    List<ReplicaId> members = new ArrayList<>(shell.epochs().set().members());
    members.remove(disk.id);
    return members;
  }

  /**
   * The other members, without those that are fenced: these are not told what is stored here. Logs
   * they get all the same. One that is behind could not take part in the change that lifts the
   * fence without them.
   */
  private List<ReplicaId> peers() {
    List<ReplicaId> peers = members();
    peers.removeAll(shell.epochs().fenced());
    return peers;
  }

  /** Own rows, right after their commit. */
  void push(List<Row> rows) {
    members().forEach(member -> send(member, new Message.Push(rows)));
  }

  void acknowledge(ReplicaId peer) {
    if (peers().contains(peer)) {
      tell(peer, false);
    }
  }

  private void tell(ReplicaId peer, boolean asks) {
    Map<ReplicaId, Promise> promises = new TreeMap<>();
    if (world.mutation() != Mutation.DROP_RELAY) {
      promises.putAll(vouched);
    }
    promises.put(disk.id, disk.promise);
    send(peer, new Message.Tell(shell.epochs().set().epoch(), disk.held(), promises, asks));
  }

  private void send(ReplicaId to, Message message) {
    world.send(shell.node(), to, message);
  }

  void receive(ReplicaId from, Message message) {
    if (message instanceof Message.Push push) {
      offer(from, push.rows());
    } else if (message instanceof Message.EntityBatch batch) {
      offer(from, batch.rows());
    } else if (message instanceof Message.Batch batch) {
      boolean waits = shell.inbox().offer(from, batch.rows());
      if (waits) {
        askForGaps(from);
      }
    } else if (message instanceof Message.Tell tell) {
      told(from, tell);
    } else if (message instanceof Message.EntityAsk ask) {
      SyncBatch<Note> batch =
          shell
              .entity(ask.entity())
              .missingFor(ask.dots(), SyncLimits.events(world.settings().batchSize()));
      List<Row> rows =
          batch.fromJournal().isEmpty() ? rows(ask.entity(), batch.events()) : fromJournal(ask);
      if (!rows.isEmpty()) {
        send(from, new Message.EntityBatch(ask.entity(), rows));
      }
    }
  }

  private void offer(ReplicaId from, List<Row> rows) {
    if (shell.inbox().offer(from, rows)) {
      askForGaps(from);
    }
  }

  /** Not at every message: what answers itself grows without bound where messages double. */
  private void askForGaps(ReplicaId from) {
    if (world.now() < askAgain) {
      return;
    }
    askAgain = world.now() + 10;
    for (int i = 0; i < shell.entities().all().size(); i++) {
      var entity = shell.entity(i);
      if (!entity.gaps().isEmpty()) {
        send(from, new Message.EntityAsk(i, entity.vector()));
      }
    }
    acknowledge(from);
  }

  /** The rows of a batch; their places in the log are part of the envelope. */
  private List<Row> rows(int entity, List<ReplicatedEvent<Note>> events) {
    Map<Dot, Row> byDot = new HashMap<>();
    for (Row row : disk.arrivals()) {
      ReplicatedEvent<Note> event = row.event();
      if (event != null && row.entity() == entity) {
        byDot.put(event.dot(), row);
      }
    }
    List<Row> rows = new ArrayList<>();
    for (ReplicatedEvent<Note> event : events) {
      Row row = byDot.get(event.dot());
      if (row != null && mayRelay(row)) {
        rows.add(row);
      }
    }
    return rows;
  }

  /** What has left memory is in the journal. */
  private List<Row> fromJournal(Message.EntityAsk ask) {
    world.count(Coverage.BATCHES_FROM_JOURNAL);
    return rows(
        ask.entity(),
        disk.events(ask.entity()).stream()
            .filter(event -> !ask.dots().contains(event.dot()))
            .sorted(ReplicatedEvent.TOTAL_ORDER)
            .limit(world.settings().batchSize())
            .toList());
  }

  private boolean mayRelay(Row row) {
    return world.mutation() != Mutation.DROP_RELAY || row.origin().equals(disk.id);
  }

  private void told(ReplicaId from, Message.Tell tell) {
    shell.epochs().told(from, tell);
    if (shell.isOver() || !members().contains(from)) {
      return;
    }
    tell.promises()
        .forEach(
            (origin, promise) -> {
              if (promise.lsn() <= disk.held().get(origin)) {
                vouched.merge(origin, promise, (a, b) -> a.time().compareTo(b.time()) >= 0 ? a : b);
              }
            });
    if (!tell.held().covers(disk.held())) {
      sendMissing(from, tell.held());
    }
    List<Row> former = new ArrayList<>(disk.former);
    former.removeIf(row -> tell.held().get(row.origin()) >= row.lsn());
    if (!former.isEmpty()) {
      send(from, new Message.Push(former));
    }
    if (tell.asks() && peers().contains(from) && !disk.held().covers(tell.held())) {
      tell(from, false);
    }
  }

  private void sendMissing(ReplicaId to, VersionVector theirs) {
    List<Row> rows = new ArrayList<>();
    VersionVector upTo = theirs;
    boolean complete = true;
    for (Row row : disk.arrivals()) {
      if (row.lsn() > theirs.get(row.origin()) && mayRelay(row)) {
        if (rows.size() == world.settings().batchSize()) {
          complete = false;
          break;
        }
        rows.add(row);
        upTo = upTo.with(row.origin(), row.lsn());
      }
    }
    if (!rows.isEmpty()) {
      send(to, new Message.Batch(rows, complete));
      if (world.mutation() == Mutation.RELEASE_ONE_STEP_EARLY) {
        shell.epochs().confirmed(to, shell.epochs().set().epoch(), upTo);
      }
    }
  }
}
