package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.LinkSide;
import dev.converge.pekko.replication.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * What all parts of this package share: the loop that they run on, and what is around them. All is
 * dropped once {@link #end} was called: the incarnation is over, or the node stops.
 */
final class Shell {
  final ReplicaLog log;
  final LinkSide link;
  final NodeClock clock;
  final ReplicasHost host;
  final ReplicasSettings settings;
  final Random random;
  private final Loop loop;
  private final Executor blocking;
  private final List<Runnable> endings = new ArrayList<>();
  private boolean ended;

  Shell(
      Loop loop,
      Executor blocking,
      ReplicaLog log,
      LinkSide link,
      NodeClock clock,
      ReplicasHost host,
      ReplicasSettings settings,
      Random random) {
    this.loop = loop;
    this.blocking = blocking;
    this.log = log;
    this.link = link;
    this.clock = clock;
    this.host = host;
    this.settings = settings;
    this.random = random;
  }

  ReplicaId self() {
    return log.self();
  }

  void end() {
    ended = true;
    endings.forEach(Runnable::run);
    endings.clear();
  }

  /** Has something done when all is over. */
  void atEnd(Runnable ending) {
    endings.add(ending);
  }

  boolean isOver() {
    return ended;
  }

  void run(Runnable task) {
    loop.execute(unlessOver(task));
  }

  /** As {@link #run}; if all is over, the answer fails. */
  void runOrFail(CompletableFuture<?> answer, Runnable task) {
    loop.execute(
        () -> {
          if (ended) {
            answer.completeExceptionally(over());
          } else {
            task.run();
          }
        });
  }

  static MembershipException over() {
    return new MembershipException(
        "this incarnation of the replica is over; the node goes on with a new one in a moment");
  }

  void later(Duration delay, Runnable task) {
    loop.later(delay, unlessOver(task));
  }

  /** After about that long, with chance in it, so that nodes do not act in step. */
  void laterAbout(Duration delay, Runnable task) {
    long nanos = delay.toNanos();
    later(Duration.ofNanos(nanos / 2 + (long) (random.nextDouble() * nanos)), task);
  }

  private Runnable unlessOver(Runnable task) {
    return () -> {
      if (!ended) {
        task.run();
      }
    };
  }

  /** Goes on, on the loop, when a stage has ended. */
  <T> void then(CompletionStage<T> stage, Consumer<? super T> done, Consumer<Throwable> failed) {
    stage.whenComplete(
        (value, error) ->
            run(
                () -> {
                  if (error == null) {
                    done.accept(value);
                  } else {
                    failed.accept(
                        error instanceof CompletionException && error.getCause() != null
                            ? error.getCause()
                            : error);
                  }
                }));
  }

  /** Runs what may block on the database. */
  void blocking(Runnable task) {
    blocking.execute(task);
  }

  long nanos() {
    return loop.nanoTime();
  }
}
