package dev.converge.pekko.entity;

import dev.converge.crdt.clock.Dot;
import dev.converge.pekko.EntityUnavailableException;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * One live entity as the node sees it from outside: its inbox, and what it says of itself. Made
 * before its actor begins to read the journal, so no row falls between.
 */
final class Slot {
  final String key;
  final Inbox inbox = new Inbox();

  /** Who waits for an answer. */
  final Set<CompletableFuture<?>> asked = ConcurrentHashMap.newKeySet();

  /** Whether it was told that the frontier has moved, and has not looked yet. */
  final AtomicBoolean frontierTold = new AtomicBoolean();

  private volatile @Nullable ActorRef<EntityMsg> actor;

  /** What it waits for from the frontier; null if nothing. */
  volatile @Nullable Unsettled unsettled;

  /** Whether it has changed since it last looked at the frontier. */
  volatile boolean changed;

  /** When it last had something to do. */
  private volatile long usedAt;

  volatile long parked;
  volatile List<Dot> cameTooLate = List.of();

  // Of the actor, and of the registry once that has stopped:

  /** What is being stored. */
  List<EntityMsg.Work> committing = List.of();

  /** What was taken from the inbox and has to wait. */
  List<EntityMsg.Work> backlog = new ArrayList<>();

  /** Who waits for something to become true. */
  final List<EntityMsg.Await<?>> waiters = new ArrayList<>();

  final List<Feed<?>> feeds = new ArrayList<>();

  /** Whether it stopped as it should. */
  boolean clean;

  /** Why it stops, if by a failure. */
  @Nullable RuntimeException reason;

  /** Whether the journal refused a commit as too old. */
  boolean fenced;

  // Of the registry:

  /** What came since it was told to stop; still counted as {@link Underway}. */
  final List<EntityMsg.Work> waiting = new ArrayList<>();

  volatile boolean leaving;

  Slot(String key) {
    this.key = key;
    this.usedAt = System.nanoTime();
  }

  /** For how long there has been nothing to do, in nanoseconds. */
  long idleNanos() {
    return System.nanoTime() - usedAt;
  }

  /** Whether it can leave memory: nobody waits for it. */
  boolean isIdle() {
    return asked.isEmpty() && inbox.isEmpty();
  }

  /**
   * Gives it work.
   *
   * @return false if it is gone, so that another has to be found or made
   */
  @SuppressWarnings("CollectionUndefinedEquality") // which future it is, is what counts
  boolean give(EntityMsg.Work work) {
    CompletableFuture<?> answer = work.answer();
    asked.add(answer);
    switch (inbox.add(work)) {
      case CLOSED -> {
        asked.remove(answer);
        return false;
      }
      case FULL ->
          answer.completeExceptionally(
              new EntityUnavailableException(
                  "too many requests at once for this entity; try again", null));
      case YES -> wake();
    }
    answer.whenComplete((value, error) -> asked.remove(answer));
    return true;
  }

  void started(ActorRef<EntityMsg> ref) {
    actor = ref;
  }

  boolean isActor(ActorRef<EntityMsg> ref) {
    return ref.equals(actor);
  }

  /** Tells the actor, if it is there; what is in the inbox it looks at when it starts. */
  void tell(EntityMsg message) {
    ActorRef<EntityMsg> ref = actor;
    if (ref != null) {
      ref.tell(message);
    }
  }

  /** Tells the actor that there is something in the inbox, unless it knows. */
  void wake() {
    usedAt = System.nanoTime();
    ActorRef<EntityMsg> ref = actor;
    if (ref != null && inbox.mustTell()) {
      ref.tell(new EntityMsg.WorkCame());
    }
  }

  /** Tells the actor that the frontier has moved, if that is news to it. */
  void frontierMoved(Frontier frontier) {
    Unsettled waitsFor = unsettled;
    if ((changed || (waitsFor != null && waitsFor.isMovedBy(frontier)))
        && frontierTold.compareAndSet(false, true)) {
      tell(new EntityMsg.FrontierMoved());
    }
  }
}
