package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.LinkSide;
import dev.converge.pekko.replication.Loop;
import dev.converge.pekko.replication.MembershipSide;
import dev.converge.pekko.replication.ReplicaState;
import dev.converge.pekko.wire.WireException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The set of replicas, as one node has part in it: who counts, what is final, whether this node may
 * write; and the ways in and out. One for each incarnation of the node's database.
 *
 * <p>Thread-safe, but for {@link #side}, which is called on the loop. Nothing blocks but {@link
 * #start}. Stages complete on the loop.
 */
public final class Replicas implements ReplicaState {
  private static final Logger LOG = LoggerFactory.getLogger(Replicas.class);

  private final Shell shell;
  private final Incarnation incarnation;
  private final MajorityReads reads;

  /**
   * A node's part in its set of replicas; {@link #start} begins.
   *
   * @param loop runs all of it
   * @param blocking for what blocks on the database, a few tasks at a time
   * @param attics the databases of former incarnations that {@link ReplicasHost#atticDone} was not
   *     called for, the oldest first, open for reading
   * @param random for waits with chance in them
   */
  public Replicas(
      Loop loop,
      Executor blocking,
      ReplicaLog log,
      LinkSide link,
      NodeClock clock,
      ReplicasHost host,
      List<ReplicaLog> attics,
      ReplicasSettings settings,
      Random random) {
    this.shell = new Shell(loop, blocking, log, link, clock, host, settings, random);
    this.incarnation = new Incarnation(shell, attics);
    this.reads = new MajorityReads(shell, incarnation::set);
  }

  /**
   * Reads what is stored, and begins. Once, before anything else, with the link there and no
   * command accepted yet.
   *
   * @throws dev.converge.pekko.journal.JournalException if the database cannot be read
   * @throws WireException if what it has is damaged, or of a newer version
   */
  public void start() {
    incarnation.start();
  }

  /** Ends, after all that writes has ended. The next start knows that the disk has all. */
  public CompletionStage<Void> close() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    shell.runOrFail(
        closed,
        () ->
            shell.then(
                incarnation.disk().closing(),
                stored -> {
                  shell.end();
                  closed.complete(null);
                },
                error -> {
                  shell.end();
                  closed.completeExceptionally(error);
                }));
    return closed.exceptionally(
        error -> {
          LOG.debug("not closed cleanly", error);
          return null;
        });
  }

  /** What the link between nodes is to be given. */
  public MembershipSide side() {
    return new FromLink(shell, incarnation);
  }

  // What the node's entities ask

  @Override
  public Frontier frontier() {
    return incarnation.frontier();
  }

  @Override
  public void onFrontier(Runnable listener) {
    incarnation.onFrontier(listener);
  }

  @Override
  public @Nullable String refusesWrites() {
    return incarnation.refusesWrites();
  }

  @Override
  public @Nullable ReplicaSet set() {
    return incarnation.set();
  }

  @Override
  public VersionVector ownFloor() {
    return incarnation.ownFloor();
  }

  @Override
  public CompletionStage<Void> heldBy(int replicas, VersionVector rows, Duration limit) {
    return incarnation.confirmations().await(replicas, rows, limit);
  }

  @Override
  public CompletionStage<VersionVector> majorityHolds(Duration limit) {
    return reads.read(limit);
  }

  // What operators ask

  /**
   * Has replicas leave the set for good: the others decide it, and wait no more for them. Name all
   * that cannot be reached: all who stay have to answer. One that lives nevertheless comes back by
   * itself, as a new incarnation, with what it alone had acknowledged; stop a node first that is
   * not to come back.
   *
   * @param replicas configured names, or whole replica ids
   * @param force decide also without a majority. <strong>Unsafe</strong> if one of those who leave
   *     lives, and decides something else meanwhile
   * @return the set without them; fails with a {@link MembershipException} if it is not possible,
   *     with a {@link java.util.concurrent.TimeoutException} if it was not decided within {@code
   *     limit}; it may be decided later all the same
   */
  public CompletionStage<ReplicaSet> retire(
      Collection<String> replicas, boolean force, Duration limit) {
    CompletableFuture<ReplicaSet> answer = new CompletableFuture<>();
    List<String> names = List.copyOf(replicas);
    shell.runOrFail(
        answer,
        () -> {
          Member now = incarnation.member();
          if (now == null || !now.lifetime().isActive()) {
            answer.completeExceptionally(
                new MembershipException(
                    "this node has no say in the set of replicas now: "
                        + (now == null ? "it belongs to none yet" : now.refusesWrites())
                        + "; ask another one"));
            return;
          }
          try {
            now.proposals()
                .retire(new TreeSet<>(Operators.resolve(names, now.set())), force, limit)
                .whenComplete(
                    (next, error) -> {
                      if (error == null) {
                        answer.complete(next);
                      } else {
                        answer.completeExceptionally(error);
                      }
                    });
          } catch (MembershipException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /**
   * Has this node's database taken for an old backup: nothing more is accepted on it, and the node
   * goes on with a new incarnation, into which what only this database has is carried over.
   *
   * @return completed before {@link ReplicasHost#comeBack} is called; fails with a {@link
   *     MembershipException} if the set of replicas has no other member
   */
  public CompletionStage<Void> restored() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    shell.runOrFail(
        answer,
        () -> {
          ReplicaSet set = incarnation.set();
          if (set != null && set.members().size() == 1) {
            answer.completeExceptionally(alone(shell.self()));
            return;
          }
          incarnation.over(CarryBack.AS_RETIRED);
          answer.complete(null);
        });
    return answer;
  }

  /**
   * Whether the incarnation that this database belongs to is over: it is to be moved to the attic,
   * and an empty one put in its place. Blocks on the database.
   */
  public static boolean isOver(ReplicaLog log) {
    return log.state(CarryBack.OVER).isPresent();
  }

  /**
   * The same, for the database of a node that does not run: the next start begins with it.
   *
   * @throws MembershipException if the set of replicas has no other member, so that there is nobody
   *     to be behind
   */
  public static CompletionStage<Void> markRestored(ReplicaLog log) {
    log.state(Epochs.STATE)
        .map(MembershipForms::durable)
        .map(Membership::of)
        .filter(membership -> membership.set().members().size() == 1)
        .ifPresent(
            membership -> {
              throw alone(log.self());
            });
    return log.putState(CarryBack.OVER, CarryBack.over(CarryBack.AS_RETIRED));
  }

  /**
   * Makes a node known that no configuration names, so that it can join; the other nodes learn of
   * it from this one.
   *
   * @param address {@code host:port}
   */
  public void introduce(String name, String address) {
    shell.run(() -> incarnation.peers().learn(name, Map.of(name, address)));
  }

  private static MembershipException alone(ReplicaId self) {
    return new MembershipException(
        self + " is the only replica, and has nobody to be behind; it goes on as the backup was");
  }

  /** Says no more to a node that is gone for good, and that is in no configuration any more. */
  public void forget(String name) {
    shell.run(() -> incarnation.peers().forget(name));
  }

  /** How it stands. */
  public CompletionStage<ReplicasStatus> status() {
    CompletableFuture<ReplicasStatus> answer = new CompletableFuture<>();
    shell.runOrFail(
        answer,
        () -> {
          incarnation.publish();
          answer.complete(
              new Operators(shell, incarnation.peers(), incarnation.confirmations())
                  .status(
                      incarnation.member(),
                      incarnation.state(),
                      incarnation.refusesWrites(),
                      incarnation.notes()));
        });
    return answer;
  }
}
