package dev.converge.pekko.membership;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ContentHash;
import dev.converge.engine.event.OriginId;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.Loop;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One process: all that a crash takes. It is the host of its {@link Replicas}. */
final class SimProcess implements ReplicasHost, Loop {
  private final SimWorld world;
  private final SimNode node;
  private final SimDisk disk;
  private final SimLog log;
  private final SimLink link;
  private final Replicas replicas;
  private final NodeClock clock;
  private final Map<String, VersionVector> dots = new HashMap<>();
  private boolean ended;

  SimProcess(SimWorld world, SimNode node, SimDisk disk, List<SimDisk> attics) {
    this.world = world;
    this.node = node;
    this.disk = disk;
    this.log = new SimLog(world, disk, node::crash);
    this.clock = new NodeClock(node::wallMillis);
    for (LogRow row : disk.arrivals) {
      applied(row);
    }
    clock.observe(disk.promise.time());
    this.link = new SimLink(world, node, this, log, node.configured());
    List<ReplicaLog> former = new ArrayList<>();
    if (world.fault() != SimFault.NO_CARRY_OVER) {
      attics.forEach(attic -> former.add(SimLog.attic(world, attic)));
    }
    this.replicas =
        new Replicas(
            this,
            task -> later(1, task),
            log,
            link,
            clock,
            this,
            former,
            new ReplicasSettings(
                Duration.ofMillis(600),
                Duration.ofMillis(40),
                Duration.ofMillis(60),
                Duration.ofMillis(1_500),
                Duration.ofMillis(400),
                Duration.ofMillis(900),
                4096,
                node.bootId(),
                false,
                node.name() + ":1"),
            new Random(world.random().nextLong()));
  }

  void start() {
    log.addRowListener(rows -> rows.forEach(this::applied));
    replicas.start();
    link.start(replicas.side());
    replicas.onFrontier(() -> world.books().frontier(this));
  }

  private void applied(LogRow row) {
    if (row.entry() instanceof LogEntry.Event event) {
      EventRecord record = event.record();
      Dot dot = record.dot();
      dots.merge(
          event.key(),
          VersionVector.empty().with(dot.replica(), dot.sequence()),
          VersionVector::merge);
      clock.observe(record.time());
    }
  }

  SimNode node() {
    return node;
  }

  SimDisk disk() {
    return disk;
  }

  SimLink link() {
    return link;
  }

  SimLog log() {
    return log;
  }

  Replicas replicas() {
    return replicas;
  }

  void end() {
    ended = true;
    log.end();
  }

  boolean isOver() {
    return ended;
  }

  // The loop

  @Override
  public void execute(Runnable task) {
    laterNanos(0, task);
  }

  void run(Runnable task) {
    execute(task);
  }

  @Override
  public void later(Duration delay, Runnable task) {
    laterNanos(delay.toNanos(), task);
  }

  void later(long millis, Runnable task) {
    laterNanos(millis * SimWorld.MS, task);
  }

  void laterNanos(long nanos, Runnable task) {
    world.laterNanos(
        nanos,
        () -> {
          if (!ended) {
            task.run();
          }
        });
  }

  @Override
  public long nanoTime() {
    return world.now();
  }

  // Clients

  /** A command; acknowledged if it is stored, and this replica may still write. */
  void write(String key, String request) {
    if (replicas.refusesWrites() != null) {
      return;
    }
    mint(
            key,
            new OriginId(request),
            CausalContext.of(dots.getOrDefault(key, VersionVector.empty())))
        .whenComplete(
            (row, error) -> {
              if (error == null && !ended && replicas.refusesWrites() == null) {
                world.books().acknowledged(request, row);
                replicas
                    .heldBy(
                        0, VersionVector.empty().with(disk.id, row.lsn()), Duration.ofSeconds(2))
                    .whenComplete(
                        (safe, late) -> {
                          if (late == null) {
                            world.books().safe(request);
                          }
                        });
              }
            });
  }

  private final Map<String, Long> minted = new HashMap<>();

  private CompletionStage<LogRow> mint(String key, OriginId origin, CausalContext context) {
    HybridTimestamp time = clock.now();
    long sequence =
        Math.max(
                minted.getOrDefault(key, 0L),
                dots.getOrDefault(key, VersionVector.empty()).get(disk.id))
            + 1;
    minted.put(key, sequence);
    Dot dot = new Dot(disk.id, sequence);
    byte[] payload = {1};
    byte[] hash = ContentHash.of(dot, time, context, 1, origin, payload).bytes();
    EventRecord record = new EventRecord(dot, time, context, 1, origin.value(), hash, payload);
    return log.write(new LogEntry.Event(key, EventRecordCodec.encode(record)))
        .whenComplete(
            (row, error) -> {
              if (error != null) {
                minted.remove(key);
              }
            });
  }

  // The host

  @Override
  public void comeBack() {
    if (!world.isCalm() && world.chance(0.2)) {
      node.crash();
    } else {
      node.comeBack();
    }
  }

  @Override
  public void imported() {
    dots.clear();
    disk.arrivals.forEach(this::applied);
  }

  @Override
  public void atticDone(ReplicaId former) {
    node.atticDone(former);
  }

  @Override
  public CompletionStage<VersionVector> dots(String key) {
    return CompletableFuture.completedFuture(dots.getOrDefault(key, VersionVector.empty()));
  }

  @Override
  public CompletionStage<Dot> bring(
      String key, EventRecord former, OriginId origin, CausalContext seen) {
    for (LogRow row : disk.arrivals) {
      if (row.entry() instanceof LogEntry.Event event && event.key().equals(key)) {
        EventRecord record = event.record();
        if (origin.value().equals(record.originId())) {
          return CompletableFuture.completedFuture(record.dot());
        }
      }
    }
    world.books().carriedOver();
    return mint(key, origin, seen).thenApply(row -> ((LogEntry.Event) row.entry()).record().dot());
  }

  @Override
  public String toString() {
    return disk.toString();
  }
}
