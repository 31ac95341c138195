package dev.converge.pekko.journal;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** What is queued for the thread that commits. Each has an outcome of its own. */
sealed interface Job
    permits Write, Importing, Job.Store, Job.Append, Job.Promising, Job.Put, Job.Save, Job.Prune {
  /** What it is, in errors. */
  String what();

  /** About how many bytes it writes. */
  long bytes();

  /**
   * Whether it has to be on the disk when it is said to be done, also where events need not be: the
   * others rely on it that a replica keeps its promises and votes, through a loss of power too.
   */
  default boolean isForced() {
    return false;
  }

  /**
   * Adds to a batch what is to be written, or nothing of it.
   *
   * @return to be run after the commit
   * @throws RuntimeException if it is refused
   */
  Runnable plan(Batch batch);

  /** Who waits. */
  CompletableFuture<?> done();

  /** It did not take place. */
  default void fail(RuntimeException why) {
    done().completeExceptionally(why);
  }

  /** Rows of logs. */
  record Store(List<LogRow> rows, CompletableFuture<Void> done) implements Job {
    @Override
    public String what() {
      return rows.size() + " rows from a peer";
    }

    @Override
    public long bytes() {
      long sum = 0;
      for (LogRow row : rows) {
        sum += EntryForm.of(row.entry()).payload().length;
      }
      return sum;
    }

    @Override
    @SuppressWarnings("NullAway") // the one value that Void has
    public Runnable plan(Batch batch) {
      batch.take(batch.head().store(rows, batch.unlisted()));
      return () -> done.complete(null);
    }
  }

  /** An own row that is no event. */
  record Append(BiFunction<Promise, VersionVector, LogEntry> make, CompletableFuture<LogRow> done)
      implements Job {
    @Override
    public String what() {
      return "a record of this replica";
    }

    @Override
    public boolean isForced() {
      return true;
    }

    @Override
    public long bytes() {
      return 256;
    }

    @Override
    public Runnable plan(Batch batch) {
      LogHead.Step step = batch.head().append(make);
      batch.take(step);
      LogRow row = step.rows().get(0).listed();
      return () -> done.complete(row);
    }
  }

  /** A promise. */
  record Promising(HybridTimestamp time, CompletableFuture<Promise> done) implements Job {
    @Override
    public String what() {
      return "a promise";
    }

    @Override
    public boolean isForced() {
      return true;
    }

    @Override
    public long bytes() {
      return 16;
    }

    @Override
    public Runnable plan(Batch batch) {
      batch.take(batch.head().promising(time));
      Promise promise = batch.head().asPromise();
      return () -> done.complete(promise);
    }
  }

  /** A small named value. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Put(String name, byte[] value, CompletableFuture<Void> done) implements Job {
    @Override
    public String what() {
      return "the value '" + name + "'";
    }

    @Override
    public boolean isForced() {
      return true;
    }

    @Override
    public long bytes() {
      return value.length;
    }

    @Override
    @SuppressWarnings("NullAway") // the one value that Void has
    public Runnable plan(Batch batch) {
      batch.put(name, value);
      return () -> done.complete(null);
    }
  }

  /** A snapshot. */
  record Save(Snapshot snapshot, CompletableFuture<Void> done) implements Job {
    @Override
    public String what() {
      return "a snapshot of " + snapshot.persistenceId();
    }

    @Override
    public long bytes() {
      return snapshot.payload().length;
    }

    @Override
    @SuppressWarnings("NullAway") // the one value that Void has
    public Runnable plan(Batch batch) {
      batch.save(snapshot);
      return () -> done.complete(null);
    }
  }

  /** Lets go of the checkpoints before one. */
  record Prune(String persistenceId, long base, CompletableFuture<Void> done) implements Job {
    @Override
    public String what() {
      return "the compaction of " + persistenceId;
    }

    @Override
    public long bytes() {
      return 16;
    }

    @Override
    @SuppressWarnings("NullAway") // the one value that Void has
    public Runnable plan(Batch batch) {
      batch.prune(this);
      return () -> done.complete(null);
    }
  }
}
