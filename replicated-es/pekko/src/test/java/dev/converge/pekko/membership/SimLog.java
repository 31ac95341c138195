package dev.converge.pekko.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.journal.RowListener;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A journal on a {@link SimDisk}: one transaction after the other, each taking its time. A crash
 * may come before a transaction, or after it and before anybody is told.
 */
final class SimLog implements ReplicaLog {
  private record Job(Supplier<Runnable> commit) {}

  private final SimWorld world;
  private final SimDisk disk;
  private final Runnable crash;
  private final List<RowListener> listeners = new ArrayList<>();
  private final ArrayDeque<Job> queue = new ArrayDeque<>();
  private final List<LogRow> underWay = new ArrayList<>();
  private boolean running;
  private boolean ended;

  /**
   * @param crash ends the process, now
   */
  SimLog(SimWorld world, SimDisk disk, Runnable crash) {
    this.world = world;
    this.disk = disk;
    this.crash = crash;
  }

  /** A database that is only read. */
  static SimLog attic(SimWorld world, SimDisk disk) {
    SimLog log = new SimLog(world, disk, () -> {});
    log.ended = true;
    return log;
  }

  void end() {
    ended = true;
    queue.clear();
  }

  private <T> CompletionStage<T> submit(Supplier<T> commit) {
    CompletableFuture<T> done = new CompletableFuture<>();
    queue.add(
        new Job(
            () -> {
              try {
                T value = commit.get();
                return () -> done.complete(value);
              } catch (RuntimeException e) {
                return () -> done.completeExceptionally(e);
              }
            }));
    run();
    return done;
  }

  private void run() {
    if (running || ended || queue.isEmpty()) {
      return;
    }
    running = true;
    world.laterNanos(
        SimWorld.MS / 2 + world.random().nextInt(3) * SimWorld.MS,
        () -> {
          running = false;
          Job job = queue.poll();
          if (ended || job == null) {
            return;
          }
          Runnable tell = job.commit().get();
          if (!world.isCalm() && world.chance(0.0004)) {
            world.say(disk.id + " crashes between a commit and what follows from it");
            crash.run();
          } else {
            tell.run();
            run();
          }
        });
  }

  private List<LogRow> committed(List<LogRow> rows) {
    List<LogRow> placed = new ArrayList<>();
    rows.forEach(row -> placed.add(disk.store(row)));
    placed.forEach(row -> world.books().stored(disk, row));
    if (!ended) {
      listeners.forEach(listener -> listener.committed(placed));
    }
    return placed;
  }

  @Override
  public ReplicaId self() {
    return disk.id;
  }

  @Override
  public VersionVector held() {
    return disk.held;
  }

  @Override
  public Promise promise() {
    return disk.promise;
  }

  @Override
  public CompletionStage<Promise> promise(HybridTimestamp time) {
    return submit(
        () -> {
          disk.flush();
          if (time.compareTo(disk.promise.time()) > 0) {
            disk.promise = new Promise(disk.held.get(disk.id), time);
          }
          return disk.promise;
        });
  }

  @Override
  public CompletionStage<Void> store(List<LogRow> rows) {
    underWay.addAll(rows);
    return submit(
        () -> {
          underWay.removeAll(rows);
          List<LogRow> news = new ArrayList<>(rows);
          news.removeIf(row -> row.lsn() <= disk.held.get(row.origin()));
          committed(news);
          return null;
        });
  }

  @Override
  public CompletionStage<Void> write(String key, List<EventRecord> events) {
    throw new UnsupportedOperationException("no entity writes here");
  }

  @Override
  public CompletionStage<LogRow> append(BiFunction<Promise, VersionVector, LogEntry> make) {
    return submit(
        () -> {
          LogRow row = committed(List.of(own(make.apply(disk.promise, disk.held)))).get(0);
          disk.flush();
          return row;
        });
  }

  private LogRow own(LogEntry entry) {
    VersionVector[] after = {VersionVector.empty()};
    disk.held.forEach(
        (origin, lsn) -> {
          if (!origin.equals(disk.id)) {
            after[0] = after[0].with(origin, lsn);
          }
        });
    return new LogRow(disk.id, disk.held.get(disk.id) + 1, after[0], entry, 0);
  }

  /** An own event; refused if it is not later than the promise. */
  CompletionStage<LogRow> write(LogEntry.Event event) {
    return submit(
        () -> {
          if (EventRecordCodec.timeOf(event.encoded()).compareTo(disk.promise.time()) <= 0) {
            throw new JournalException("fenced", null);
          }
          return committed(List.of(own(event))).get(0);
        });
  }

  @Override
  public List<LogRow> log(ReplicaId origin, long after, int maxRows, long maxBytes) {
    List<LogRow> log = disk.log(origin);
    int from = (int) Math.min(after, log.size());
    return List.copyOf(log.subList(from, Math.min(log.size(), from + Math.min(maxRows, 7))));
  }

  @Override
  public Optional<LogRow> row(ReplicaId origin, long lsn) {
    return Optional.ofNullable(disk.row(origin, lsn));
  }

  @Override
  public List<LogRow> entityRows(String key, long afterPosition, int maxRows) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<LogRow> marks(long afterPosition, int maxRows) {
    return disk.arrivals.stream()
        .filter(row -> row.position() > afterPosition && !(row.entry() instanceof LogEntry.Event))
        .limit(maxRows)
        .toList();
  }

  @Override
  public ExportPage exportPage(byte[] cursor, int maxBytes) {
    int from =
        cursor.length == 0 ? 0 : Integer.parseInt(new String(cursor, StandardCharsets.US_ASCII));
    int to = Math.min(disk.arrivals.size(), from + 10);
    byte[] body = JoinForms.rows(disk.arrivals.subList(from, to));
    boolean last = to == disk.arrivals.size();
    return new ExportPage(
        body,
        last ? new byte[0] : Integer.toString(to).getBytes(StandardCharsets.US_ASCII),
        last ? disk.held : VersionVector.empty());
  }

  @Override
  public CompletionStage<Void> importBegin() {
    return submit(
        () -> {
          disk.staged.clear();
          return null;
        });
  }

  @Override
  public CompletionStage<Void> importPage(byte[] body) {
    List<LogRow> rows = JoinForms.readRows(body);
    return submit(
        () -> {
          disk.staged.addAll(rows);
          return null;
        });
  }

  @Override
  public CompletionStage<Void> importEnd(VersionVector held, Map<String, byte[]> states) {
    return submit(
        () -> {
          if (disk.held.get(disk.id) > 0) {
            throw new JournalException("own rows are here", null);
          }
          disk.staged.forEach(row -> world.books().stored(disk, disk.store(row)));
          disk.staged.clear();
          if (!disk.held.equals(held)) {
            throw new AssertionError("imported " + disk.held + ", said to be " + held);
          }
          disk.states.putAll(states);
          disk.flush();
          return null;
        });
  }

  @Override
  public void addRowListener(RowListener listener) {
    listeners.add(listener);
  }

  @Override
  public Optional<byte[]> state(String name) {
    return Optional.ofNullable(disk.states.get(name));
  }

  @Override
  public CompletionStage<Void> putState(String name, byte[] value) {
    boolean isSet = name.equals(Epochs.STATE);
    if (isSet && world.fault() == SimFault.CLOSED_WHILE_STORING) {
      put(name, value);
      return CompletableFuture.completedFuture(null);
    }
    CompletionStage<Void> stored = submit(() -> put(name, value));
    return isSet && world.fault() == SimFault.EFFECTS_BEFORE_STORED
        ? CompletableFuture.completedFuture(null)
        : stored;
  }

  private @Nullable Void put(String name, byte[] value) {
    disk.states.put(name, value);
    disk.flush();
    world.books().state(disk, name, value);
    return null;
  }
}
