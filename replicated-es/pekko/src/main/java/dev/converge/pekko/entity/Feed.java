package dev.converge.pekko.entity;

import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.EntityUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber to an entity's changes. Of what it has not asked for yet only the newest is kept.
 * Its code runs on an executor, never on the entity's thread. Thread-safe.
 */
public final class Feed<S> implements Flow.Subscription {
  private final Flow.Subscriber<? super EntityAnswer<S>> subscriber;
  private final Executor executor;
  private final CompletableFuture<Done> ended = new CompletableFuture<>();
  private final AtomicReference<@Nullable EntityAnswer<S>> newest = new AtomicReference<>();
  private final AtomicLong requested = new AtomicLong();

  /** Signals that have not been looked at: whoever finds none before its own looks. */
  private final AtomicInteger signals = new AtomicInteger();

  /** The last that was offered. Of the entity's thread. */
  private @Nullable EntityAnswer<S> last;

  private volatile boolean begun;
  private volatile boolean cancelled;
  private boolean done;

  /** A feed; {@link #begin} it before anything else. */
  public Feed(Flow.Subscriber<? super EntityAnswer<S>> subscriber, Executor executor) {
    this.subscriber = subscriber;
    this.executor = executor;
    ended.whenComplete((value, error) -> drain());
  }

  /** Tells the subscriber that it is subscribed. */
  public void begin() {
    executor.execute(
        () -> {
          subscriber.onSubscribe(this);
          begun = true;
          drain();
        });
  }

  /** Completed when nobody listens any more, or nothing comes any more. */
  public CompletableFuture<Done> ended() {
    return ended;
  }

  /** The entity may have changed. On the entity's thread. */
  void offer(EntityAnswer<S> answer) {
    EntityAnswer<S> before = last;
    last = answer;
    if (before == null
        || !before.version().equals(answer.version())
        || before.isFinal() != answer.isFinal()) {
      newest.set(answer);
      drain();
    }
  }

  @Override
  public void request(long n) {
    if (n < 1) {
      ended.completeExceptionally(
          new IllegalArgumentException("a subscriber asks for 1 or more, not " + n));
      return;
    }
    requested.accumulateAndGet(
        n, (held, more) -> held > Long.MAX_VALUE - more ? Long.MAX_VALUE : held + more);
    drain();
  }

  @Override
  public void cancel() {
    cancelled = true;
    ended.complete(Done.getInstance());
  }

  private void drain() {
    if (begun && signals.getAndIncrement() == 0) {
      executor.execute(this::look);
    }
  }

  private void look() {
    int seen = signals.get();
    do {
      deliver();
      seen = signals.addAndGet(-seen);
    } while (seen != 0);
  }

  private void deliver() {
    if (cancelled || done) {
      return;
    }
    if (requested.get() > 0) {
      EntityAnswer<S> answer = newest.getAndSet(null);
      if (answer != null) {
        requested.updateAndGet(held -> held == Long.MAX_VALUE ? held : held - 1);
        subscriber.onNext(answer);
      }
    }
    if (ended.isDone() && !cancelled) {
      done = true;
      Throwable error = ended.handle((value, why) -> why == null ? null : why).getNow(null);
      if (error == null) {
        subscriber.onComplete();
      } else {
        subscriber.onError(
            error instanceof RuntimeException known
                ? known
                : new EntityUnavailableException(String.valueOf(error.getMessage()), error));
      }
    }
  }
}
