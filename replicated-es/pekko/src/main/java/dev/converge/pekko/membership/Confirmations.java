package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who has what, as they said it themselves, and who waits for that. A call costs O(waiting ·
 * members).
 */
final class Confirmations {
  private static final Duration SWEEP = Duration.ofMillis(50);

  /** What is known of the set while one waits. */
  interface Known {
    /** Whether a replica is a member; all are, while no set is formed. */
    boolean isMember(ReplicaId replica);

    /** What a majority has, so that no retirement can cut it off. */
    VersionVector safe();
  }

  private record Wait(int replicas, VersionVector rows, long until, CompletableFuture<Void> done) {}

  private final Shell shell;
  private final Known known;
  private final Map<ReplicaId, VersionVector> held = new HashMap<>();
  private final List<Wait> waits = new ArrayList<>();
  private boolean sweeping;

  Confirmations(Shell shell, Known known) {
    this.shell = shell;
    this.known = known;
    shell.atEnd(() -> waits.forEach(wait -> wait.done().completeExceptionally(Shell.over())));
  }

  /** At a handshake: what it has now, which may be less than it had before a loss of power. */
  void met(ReplicaId replica, VersionVector vector) {
    held.put(replica, vector);
  }

  /** A replica said what it has. */
  void told(ReplicaId from, VersionVector vector) {
    held.merge(from, vector, VersionVector::merge);
  }

  /** What a replica last said; nothing if it never did. */
  VersionVector heldBy(ReplicaId replica) {
    return held.getOrDefault(replica, VersionVector.empty());
  }

  /** See {@link dev.converge.pekko.replication.ReplicaState#heldBy}; on any thread. */
  CompletionStage<Void> await(int replicas, VersionVector rows, Duration limit) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (replicas < 0) {
      done.completeExceptionally(
          new IllegalArgumentException("a number of replicas is not negative: " + replicas));
      return done;
    }
    shell.runOrFail(
        done,
        () -> {
          Wait wait = new Wait(replicas, rows, shell.nanos() + limit.toNanos(), done);
          if (!settles(wait)) {
            waits.add(wait);
            sweep();
          }
        });
    return done;
  }

  /** Something may have changed: completes what can be. */
  void settle() {
    waits.removeIf(this::settles);
  }

  private boolean settles(Wait wait) {
    boolean enough =
        wait.replicas() == 0
            ? known.safe().covers(wait.rows())
            : count(wait.rows(), wait.replicas()) >= wait.replicas();
    if (enough) {
      wait.done().complete(null);
    }
    return enough;
  }

  private int count(VersionVector rows, int enough) {
    Predicate<@Nullable VersionVector> has = vector -> vector != null && vector.covers(rows);
    int count = has.test(shell.log.held()) ? 1 : 0;
    for (Map.Entry<ReplicaId, VersionVector> e : held.entrySet()) {
      if (count >= enough) {
        break;
      }
      if (!e.getKey().equals(shell.self())
          && known.isMember(e.getKey())
          && has.test(e.getValue())) {
        count++;
      }
    }
    return count;
  }

  private void sweep() {
    if (!sweeping && !waits.isEmpty()) {
      sweeping = true;
      shell.later(
          SWEEP,
          () -> {
            sweeping = false;
            giveUp();
            sweep();
          });
    }
  }

  private void giveUp() {
    for (Iterator<Wait> all = waits.iterator(); all.hasNext(); ) {
      Wait wait = all.next();
      if (shell.nanos() - wait.until() >= 0) {
        all.remove();
        wait.done()
            .completeExceptionally(
                new TimeoutException(
                    wait.replicas() == 0
                        ? "a majority has not confirmed in time"
                        : count(wait.rows(), wait.replicas())
                            + " of "
                            + wait.replicas()
                            + " replicas have confirmed in time"));
      }
    }
  }
}
