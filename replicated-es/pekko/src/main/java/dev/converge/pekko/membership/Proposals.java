package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.Admission;
import dev.converge.engine.membership.Change;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.MembershipInput;
import dev.converge.engine.membership.ReplicaSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What operators and joiners want of the set, until they have it: proposes one change after the
 * other, makes room for the proposals of others, and takes back what came to nothing, so that no
 * log stays closed.
 */
final class Proposals {
  /** What somebody wants. */
  private final class Wish {
    private final Set<ReplicaId> retired;
    private final @Nullable ReplicaId joiner;
    private final boolean force;
    private final @Nullable CompletableFuture<ReplicaSet> done;
    private long until;

    Wish(
        Set<ReplicaId> retired,
        @Nullable ReplicaId joiner,
        boolean force,
        @Nullable CompletableFuture<ReplicaSet> done,
        Duration limit) {
      this.retired = retired;
      this.joiner = joiner;
      this.force = force;
      this.done = done;
      this.until = shell.nanos() + limit.toNanos();
    }

    boolean isFulfilled() {
      ReplicaSet set = epochs.set();
      return joiner == null
          ? retired.stream().noneMatch(set::contains)
          : set.contains(joiner) || epochs.membership().retirementOf(joiner) != null;
    }

    Change change() {
      TreeSet<ReplicaId> leave = new TreeSet<>(retired);
      leave.retainAll(epochs.set().members());
      leave.addAll(replaced());
      leave.addAll(stranded(leave));
      Admission admission = joiner == null ? null : new Admission(joiner, shell.self());
      return new Change(admission, leave, force);
    }
  }

  private final Shell shell;
  private final Epochs epochs;
  private final Predicate<ReplicaId> hasRecord;
  private final List<Wish> wishes = new ArrayList<>();
  private long quietUntil;
  private long proposedAt;
  private long lingersSince;
  private boolean lingers;
  private String lastRefusal = "";

  /**
   * @param hasRecord whether a replica's join record has come, or it needs none
   */
  Proposals(Shell shell, Epochs epochs, Predicate<ReplicaId> hasRecord) {
    this.shell = shell;
    this.epochs = epochs;
    this.hasRecord = hasRecord;
    this.quietUntil = shell.nanos();
    shell.atEnd(
        () ->
            wishes.forEach(
                wish -> {
                  if (wish.done != null) {
                    wish.done.completeExceptionally(Shell.over());
                  }
                }));
  }

  /** An operator wants replicas to leave. */
  CompletionStage<ReplicaSet> retire(Set<ReplicaId> replicas, boolean force, Duration limit) {
    CompletableFuture<ReplicaSet> done = new CompletableFuture<>();
    wishes.add(0, new Wish(replicas, null, force, done, limit));
    tick();
    return done;
  }

  /** A new incarnation wants to be let in; asks again from time to time. */
  void join(ReplicaId joiner) {
    Duration limit = shell.settings.patience().multipliedBy(2);
    for (Wish wish : wishes) {
      if (joiner.equals(wish.joiner)) {
        wish.until = shell.nanos() + limit.toNanos();
        return;
      }
    }
    wishes.add(new Wish(Set.of(), joiner, false, null, limit));
    tick();
  }

  /**
   * Members whose databases are gone, as new incarnations of them ask to be let in. All leave with
   * the first change: none of them will ever answer.
   */
  private Set<ReplicaId> replaced() {
    Set<ReplicaId> replaced = new TreeSet<>();
    for (Wish wish : wishes) {
      for (ReplicaId member : epochs.set().members()) {
        if (wish.joiner != null && member.name().equals(wish.joiner.name())) {
          replaced.add(member);
        }
      }
    }
    return replaced;
  }

  /** Members that can never begin: their sponsor leaves, or has left, without a record for them. */
  private Set<ReplicaId> stranded(Set<ReplicaId> leave) {
    Set<ReplicaId> stranded = new TreeSet<>();
    for (EpochChange change : epochs.membership().durable().changes()) {
      Admission admission = change.admission();
      if (admission != null
          && epochs.set().contains(admission.joiner())
          && !hasRecord.test(admission.joiner())
          && (leave.contains(admission.sponsor()) || !epochs.set().contains(admission.sponsor()))) {
        stranded.add(admission.joiner());
      }
    }
    return stranded;
  }

  /** Somebody else proposes: two that overtake each other for ever would decide nothing. */
  void makeRoom() {
    long step = shell.settings.retryInterval().toNanos() * 4;
    quietUntil = shell.nanos() + step + (long) (shell.random.nextDouble() * step);
  }

  /** An epoch began. */
  void began() {
    lingers = false;
    for (Wish wish : List.copyOf(wishes)) {
      if (wish.isFulfilled()) {
        wishes.remove(wish);
        if (wish.done != null) {
          wish.done.complete(epochs.set());
        }
      }
    }
  }

  void refused(Change change, String reason) {
    if (!wishes.isEmpty() && sameWish(wishes.get(0), change)) {
      Wish wish = wishes.remove(0);
      lastRefusal = reason;
      if (wish.done != null) {
        wish.done.completeExceptionally(new MembershipException(reason));
      }
    }
  }

  private static boolean sameWish(Wish wish, Change change) {
    Admission admission = change.admission();
    return admission == null
        ? wish.joiner == null && change.retired().containsAll(wish.retired)
        : admission.joiner().equals(wish.joiner);
  }

  void gaveUp() {
    makeRoom();
  }

  /** To be called once in a while. */
  void tick() {
    expire();
    long now = shell.nanos();
    boolean coordinating = epochs.membership().isCoordinating();
    if (coordinating && now - proposedAt < shell.settings.patience().toNanos()) {
      epochs.offer(new MembershipInput.Retry());
      return;
    }
    if (now - quietUntil < 0 || !epochs.isMember()) {
      return;
    }
    if (!wishes.isEmpty()) {
      if (coordinating) {
        wishes.add(wishes.remove(0));
      }
      propose(wishes.get(0).change());
    } else if (lingers(coordinating)) {
      propose(Change.nothing());
    }
  }

  private void propose(Change change) {
    proposedAt = shell.nanos();
    lingers = false;
    // If it is dropped on the way, it is made again after this.
    quietUntil = proposedAt + shell.settings.retryInterval().toNanos() * 2;
    epochs.offer(new MembershipInput.Propose(change));
  }

  /** Whether logs stay closed, or votes open, though nobody seems to propose anything. */
  private boolean lingers(boolean coordinating) {
    Membership.Durable durable = epochs.membership().durable();
    if (!coordinating && durable.fenced().isEmpty() && durable.vote() == null) {
      lingers = false;
      return false;
    }
    if (!lingers) {
      lingers = true;
      double wait = 1 + shell.random.nextDouble();
      lingersSince = shell.nanos() + (long) (wait * shell.settings.patience().toNanos());
    }
    return shell.nanos() - lingersSince > 0;
  }

  private void expire() {
    for (Wish wish : List.copyOf(wishes)) {
      if (shell.nanos() - wish.until > 0) {
        wishes.remove(wish);
        if (wish.done != null) {
          wish.done.completeExceptionally(
              new TimeoutException(
                  "not decided in time; all who stay have to answer, also retire who cannot be"
                      + " reached. The change may still be decided: look at the status"));
        }
      }
    }
  }

  /** What is open, for people. */
  List<String> open() {
    List<String> open = new ArrayList<>();
    for (Wish wish : wishes) {
      Change change = wish.change();
      Admission admission = change.admission();
      open.add(
          (admission == null ? "retire " : "let in " + admission.joiner() + " instead of ")
              + names(change.retired())
              + (change.force() ? " by force" : ""));
    }
    return open;
  }

  private static String names(Collection<ReplicaId> replicas) {
    return replicas.isEmpty() ? "nobody" : replicas.toString();
  }

  /** Why the last proposal was not possible; empty if none was refused. */
  String lastRefusal() {
    return lastRefusal;
  }
}
