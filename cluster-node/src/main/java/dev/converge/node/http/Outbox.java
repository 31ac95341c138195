package dev.converge.node.http;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a slow reader has not taken yet: of each subject only the newest, in the order in which they
 * changed first; and a few messages of which none may be left out. So its size is bounded by the
 * number of subjects, however slow the reader is. Thread-safe; O(1).
 *
 * @param <T> what is read
 */
final class Outbox<T> {
  private final Map<String, T> newest = new LinkedHashMap<>();
  private final ArrayDeque<T> each = new ArrayDeque<>();
  private @Nullable CompletableFuture<Optional<T>> reader;
  private boolean closed;

  /** In place of what waits for the subject. */
  void put(String subject, T value) {
    change(() -> newest.put(subject, value));
  }

  /** Behind the other messages of its kind, before all subjects. */
  void add(T value) {
    change(() -> each.add(value));
  }

  /** Nothing more of this subject. */
  synchronized void drop(String subject) {
    newest.remove(subject);
  }

  /** How many messages wait that were {@linkplain #add added}. */
  synchronized int waiting() {
    return each.size();
  }

  /** Nothing more comes; the reader still gets what waits. */
  void close() {
    change(() -> closed = true);
  }

  private void change(Runnable change) {
    CompletableFuture<Optional<T>> waits;
    Optional<T> value;
    synchronized (this) {
      change.run();
      waits = reader;
      value = waits == null ? Optional.empty() : poll();
      if (waits == null || (value.isEmpty() && !closed)) {
        return;
      }
      reader = null;
    }
    waits.complete(value);
  }

  private Optional<T> poll() {
    if (!each.isEmpty()) {
      return Optional.of(each.remove());
    }
    for (Map.Entry<String, T> first : newest.entrySet()) {
      newest.remove(first.getKey());
      return Optional.of(first.getValue());
    }
    return Optional.empty();
  }

  /** The next, once there is one; empty at the end. One reader at a time. */
  synchronized CompletionStage<Optional<T>> next() {
    Optional<T> value = poll();
    if (value.isPresent() || closed) {
      return CompletableFuture.completedFuture(value);
    }
    CompletableFuture<Optional<T>> waits = new CompletableFuture<>();
    reader = waits;
    return waits;
  }
}
