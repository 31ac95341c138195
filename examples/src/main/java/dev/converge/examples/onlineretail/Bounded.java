package dev.converge.examples.onlineretail;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs many asynchronous tasks, a bounded number at a time. */
final class Bounded {
  private Bounded() {}

  /**
   * Starts a task for each item in order, never more than {@code most} at a time, and returns when
   * all are done. After the first failure no further task is started, and it is thrown.
   */
  static <T> void forEach(List<T> items, int most, Function<T, CompletableFuture<?>> task)
      throws InterruptedException {
    Semaphore free = new Semaphore(most);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    for (T item : items) {
      free.acquire();
      if (failure.get() != null) {
        free.release();
        break;
      }
      task.apply(item)
          .whenComplete(
              (done, e) -> {
                if (e != null) {
                  failure.compareAndSet(null, e);
                }
                free.release();
              });
    }
    free.acquire(most);
    Throwable first = failure.get();
    if (first != null) {
      throw first instanceof CompletionException e ? e : new CompletionException(first);
    }
  }
}
