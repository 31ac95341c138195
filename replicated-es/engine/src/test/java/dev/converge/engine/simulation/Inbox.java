package dev.converge.engine.simulation;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.support.Note;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.Refusal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What others' rows go through on their way into the journal: each log in its order, without gaps,
 * and each event after what it depends on. So what a node says it holds is all that it holds, which
 * a retirement relies on. Bounded: what finds no room comes again.
 */
final class Inbox {
  private record EntityDot(int entity, Dot dot) {}

  private final Shell shell;
  private final World world;
  private final Disk disk;
  private final Journal journal;

  /** Behind a gap in their log. */
  private final Map<ReplicaId, TreeMap<Long, Row>> ahead = new TreeMap<>();

  private int aheadCount;

  /** In the causal buffers of their entities. */
  private final Map<EntityDot, Row> waiting = new HashMap<>();

  /** {origin → LSN}: what was handed to the journal. */
  private final Map<ReplicaId, Long> given = new TreeMap<>();

  private List<Row> ready = new ArrayList<>();
  private final TreeSet<Integer> tell = new TreeSet<>();

  Inbox(Shell shell, World world, Disk disk, Journal journal) {
    this.shell = shell;
    this.world = world;
    this.disk = disk;
    this.journal = journal;
  }

  private long given(ReplicaId origin) {
    return Math.max(given.getOrDefault(origin, 0L), disk.held().get(origin));
  }

  /**
   * Rows came.
   *
   * @return whether something of them waits for what is missing here
   */
  boolean offer(ReplicaId from, List<Row> rows) {
    for (Row row : rows) {
      Row held = disk.row(row.origin(), row.lsn());
      if (held != null) {
        world.invariants().sameRow(shell, held, row);
      } else if (row.lsn() > given(row.origin())) {
        world.invariants().notOwn(shell, row);
        put(row);
      }
    }
    tell.add(world.nodeOf(from).index());
    drain();
    return !waiting.isEmpty() || aheadCount > 0;
  }

  private void put(Row row) {
    boolean isNext = row.lsn() == given(row.origin()) + 1;
    if (!isNext) {
      world.count(Coverage.ROWS_AHEAD);
    }
    if (isNext || aheadCount < world.settings().aheadCapacity()) {
      if (ahead.computeIfAbsent(row.origin(), o -> new TreeMap<>()).put(row.lsn(), row) == null) {
        aheadCount++;
      }
    }
  }

  /** Moves on what can be moved on. */
  void drain() {
    boolean moved = true;
    while (moved) {
      moved = false;
      for (ReplicaId origin : List.copyOf(ahead.keySet())) {
        moved |= drain(origin);
      }
    }
    if (!ready.isEmpty()) {
      journal.submit(shell, new Journal.Job.Foreign(ready, List.copyOf(tell)));
      ready = new ArrayList<>();
    }
    tell.clear();
  }

  private boolean drain(ReplicaId origin) {
    TreeMap<Long, Row> log = ahead.get(origin);
    if (log == null) {
      return false;
    }
    long next = given(origin) + 1;
    List<Row> run = new ArrayList<>();
    while (!log.isEmpty() && log.firstKey() < next) {
      log.pollFirstEntry();
      aheadCount--;
    }
    while (!log.isEmpty() && shell.epochs().isBehindCutOff(origin, log.lastKey())) {
      log.pollLastEntry();
      aheadCount--;
    }
    while (!log.isEmpty()
        && log.firstKey() == next
        && shell.epochs().mayStore(origin, log.firstKey())
        && (run.isEmpty() || run.get(0).entity() == log.firstEntry().getValue().entity())) {
      run.add(log.pollFirstEntry().getValue());
      aheadCount--;
      next++;
    }
    if (run.isEmpty() || run.get(0).event() != null) {
      return !run.isEmpty() && admit(run);
    }
    run.forEach(this::give);
    return true;
  }

  private boolean admit(List<Row> run) {
    int entity = run.get(0).entity();
    Map<Dot, Row> rows = new HashMap<>();
    List<ReplicatedEvent<Note>> events = new ArrayList<>();
    for (Row row : run) {
      ReplicatedEvent<Note> event = row.event();
      if (event != null) {
        rows.put(event.dot(), row);
        events.add(event);
        shell.observe(event.time());
      }
    }
    AdmitResult<Note> result = shell.entities().admit(entity, events);
    for (Refusal<Note> refusal : result.refused()) {
      Invariants.require(
          refusal.reason() == Refusal.Reason.GAP, () -> shell + " refuses: " + refusal.detail());
      world.count(Coverage.CAUSAL_BUFFER_FULL);
    }
    for (Dot dot : result.waiting()) {
      world.count(Coverage.CAUSAL_WAITS);
      waiting.put(new EntityDot(entity, dot), rows.get(dot));
    }
    for (ReplicatedEvent<Note> event : result.toPersist()) {
      Row row = waiting.remove(new EntityDot(entity, event.dot()));
      give(row != null ? row : Objects.requireNonNull(rows.get(event.dot())));
    }
    return !result.toPersist().isEmpty();
  }

  private void give(Row row) {
    given.merge(row.origin(), row.lsn(), Math::max);
    ready.add(row);
  }

  /** Whether rows of these logs are in causal buffers. */
  boolean isWaitingFor(Collection<ReplicaId> origins) {
    return waiting.values().stream().anyMatch(row -> origins.contains(row.origin()));
  }

  boolean isEmpty() {
    return waiting.isEmpty() && aheadCount == 0;
  }

  /** How many rows are kept that are not stored. */
  int size() {
    return waiting.size() + aheadCount;
  }
}
