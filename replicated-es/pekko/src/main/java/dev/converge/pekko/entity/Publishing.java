package dev.converge.pekko.entity;

import dev.converge.engine.fold.FoldException;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.EntityUnavailableException;
import java.util.concurrent.CompletableFuture;

/** Whom an entity tells of changes, and who waits for something to become true. */
final class Publishing<S> {
  private static final int MAX_WAITERS = 1_000;

  private final Slot slot;

  Publishing(Slot slot) {
    this.slot = slot;
  }

  static <A> void answer(EntityMsg.Look<A> look, LiveEntity<?, ?, ?> live) {
    try {
      look.answer().complete(look.question().apply(live));
    } catch (RuntimeException e) {
      look.answer().completeExceptionally(e);
    }
  }

  void add(EntityMsg.Await<?> await, LiveEntity<?, ?, ?> live) {
    if (check(await, live)) {
      return;
    }
    slot.waiters.removeIf(waiter -> waiter.answer().isDone());
    if (slot.waiters.size() >= MAX_WAITERS) {
      await
          .answer()
          .completeExceptionally(
              new EntityUnavailableException("too many wait for this entity; try again", null));
    } else {
      slot.waiters.add(await);
    }
  }

  void add(Feed<S> feed, LiveEntity<?, ?, S> live) {
    slot.feeds.removeIf(one -> one.ended().isDone());
    slot.feeds.add(feed);
    try {
      feed.offer(live.answer());
    } catch (FoldException e) {
      feed.ended().completeExceptionally(e);
    }
  }

  /** The entity may have changed. */
  void changed(LiveEntity<?, ?, S> live) {
    if (!slot.waiters.isEmpty()) {
      slot.waiters.removeIf(waiter -> check(waiter, live));
    }
    if (slot.feeds.isEmpty()) {
      return;
    }
    try {
      EntityAnswer<S> answer = live.answer();
      slot.feeds.removeIf(feed -> offer(feed, answer));
    } catch (FoldException e) {
      slot.feeds.forEach(feed -> feed.ended().completeExceptionally(e));
      slot.feeds.clear();
    }
  }

  @SuppressWarnings("unchecked") // only the entity's own are there
  private static <S> boolean offer(Feed<?> feed, EntityAnswer<S> answer) {
    if (feed.ended().isDone()) {
      return true;
    }
    ((Feed<S>) feed).offer(answer);
    return false;
  }

  private static <A> boolean check(EntityMsg.Await<A> await, LiveEntity<?, ?, ?> live) {
    CompletableFuture<A> answer = await.answer();
    if (answer.isDone()) {
      return true;
    }
    try {
      A found = await.question().apply(live);
      return found != null && answer.complete(found);
    } catch (RuntimeException e) {
      return answer.completeExceptionally(e);
    }
  }
}
