package dev.converge.engine.simulation;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.support.Note;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way onto a disk: one transaction after the other, each taking its time. What is not committed
 * at a crash is lost; what is being committed then may be stored, and nobody was told.
 */
final class Journal {
  /** One transaction. */
  sealed interface Job {
    /** Own events; they get their places in the log in the transaction. */
    record Own(int entity, List<ReplicatedEvent<Note>> events, Runnable stored) implements Job {}

    /** Rows of others, which have their places. */
    record Foreign(List<Row> rows, Collection<Integer> tell) implements Job {}

    /** A promise: nothing new will be as old as this. */
    record PromiseAt(HybridTimestamp time) implements Job {}

    /** The record of a join. */
    record Sponsor(EpochChange change) implements Job {}
  }

  private final World world;
  private final Disk disk;
  private final ArrayDeque<Job> queue = new ArrayDeque<>();
  private int life;
  private boolean running;

  Journal(World world, Disk disk) {
    this.world = world;
    this.disk = disk;
  }

  void submit(Shell shell, Job job) {
    queue.add(job);
    run(shell);
  }

  /** A transaction of its own, which does not wait for those that have not begun. */
  void submitNext(Shell shell, Job job) {
    Job first = running ? queue.remove() : null;
    queue.addFirst(job);
    if (first != null) {
      queue.addFirst(first);
    }
    run(shell);
  }

  private void run(Shell shell) {
    if (running || queue.isEmpty()) {
      return;
    }
    running = true;
    int thisLife = life;
    world.later(
        1 + world.random().nextInt(4),
        () -> {
          if (life == thisLife) {
            running = false;
            Job job = queue.remove();
            List<Row> rows = commit(job, shell.reading());
            if (rows == null) {
              shell.restart("the journal refuses what is older than the promise");
            } else {
              shell.stored(job, rows);
              run(shell);
            }
          }
        });
  }

  /** The process is gone. Of the transaction under way, all or nothing may be stored. */
  void crash(boolean storesOne) {
    Job first = running ? queue.peek() : null;
    if (first != null && storesOne) {
      commit(first, disk.latestTime().next());
    }
    queue.clear();
    running = false;
    life++;
  }

  boolean isIdle() {
    return queue.isEmpty();
  }

  /** Whether rows of these logs are on their way onto the disk. */
  boolean isStoring(Collection<ReplicaId> origins) {
    for (Job job : queue) {
      if (job instanceof Job.Foreign foreign
          && foreign.rows().stream().anyMatch(row -> origins.contains(row.origin()))) {
        return true;
      }
    }
    return false;
  }

  /** Null if it is refused: an own event is not later than the promise. */
  private @Nullable List<Row> commit(Job job, HybridTimestamp reading) {
    List<Row> rows = new ArrayList<>();
    if (job instanceof Job.Own own) {
      for (ReplicatedEvent<Note> event : own.events()) {
        if (event.time().compareTo(disk.promise.time()) <= 0
            && world.mutation() != Mutation.PROMISE_BEFORE_COMMIT) {
          world.count(Coverage.WRITE_REFUSED_BY_PROMISE);
          return null;
        }
        rows.add(Row.of(disk.id, disk.ownLsn() + rows.size() + 1, own.entity(), event));
      }
    } else if (job instanceof Job.Foreign foreign) {
      rows.addAll(foreign.rows());
    } else if (job instanceof Job.PromiseAt promise) {
      if (promise.time().compareTo(disk.promise.time()) > 0) {
        disk.promise = new Promise(disk.ownLsn(), promise.time());
      }
    } else if (job instanceof Job.Sponsor sponsor && disk.joinOf(joiner(sponsor)) == null) {
      JoinRecord record = JoinRecord.write(sponsor.change(), disk.promise, reading, disk.held());
      rows.add(Row.of(disk.id, disk.ownLsn() + 1, record));
    }
    for (Row row : rows) {
      disk.store(row);
      world.books().stored(row);
    }
    return rows;
  }

  private static ReplicaId joiner(Job.Sponsor sponsor) {
    var admission = sponsor.change().admission();
    if (admission == null) {
      throw new AssertionError("nobody joins with " + sponsor.change());
    }
    return admission.joiner();
  }
}
