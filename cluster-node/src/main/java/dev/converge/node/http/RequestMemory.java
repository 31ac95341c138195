package dev.converge.node.http;

import dev.converge.engine.event.OriginId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * What requests with an {@code Idempotency-Key} came to, for when they come again: for the store,
 * whose operations leave no trace of who sent them. In this node's memory, for some minutes; the
 * oldest go first when there are too many. Requests that did nothing are not remembered.
 * Thread-safe; O(1).
 */
final class RequestMemory {
  static final Duration KEPT = Duration.ofMinutes(10);
  private static final int MAX_REQUESTS = 50_000;
  private static final long MAX_BYTES = 32L << 20;

  /** Beside the body, of one that is remembered. */
  private static final int OVERHEAD = 400;

  private record Known(
      String fingerprint, CompletableFuture<HttpResponse> answer, long nanos, long bytes) {}

  private final LongSupplier nanoTime;

  /** By key, in the order in which they came; guarded by this. */
  private final Map<String, Known> known = new LinkedHashMap<>();

  private long bytes;

  RequestMemory(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Runs a request, unless it has run already or is under way: then the answer is that one's.
   *
   * @throws Problem 422 if the key was used for another request
   */
  CompletionStage<HttpResponse> once(Call call, Supplier<CompletionStage<HttpResponse>> run) {
    Optional<OriginId> header = EntityLevels.request(call);
    if (header.isEmpty()) {
      return run.get();
    }
    String key = header.get().value();
    String fingerprint = fingerprint(call);
    CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    Known before = begin(key, new Known(fingerprint, answer, nanoTime.getAsLong(), OVERHEAD));
    if (before != null) {
      if (!before.fingerprint().equals(fingerprint)) {
        throw new Problem(
            422,
            "Key used before",
            "this 'Idempotency-Key' came with another request; each request has a key of its own");
      }
      return before.answer();
    }
    try {
      run.get()
          .whenComplete(
              (response, error) -> {
                ended(key, response, error);
                if (error == null) {
                  answer.complete(response);
                } else {
                  answer.completeExceptionally(error);
                }
              });
    } catch (RuntimeException e) {
      ended(key, null, e);
      throw e;
    }
    return answer;
  }

  private synchronized @Nullable Known begin(String key, Known fresh) {
    forgetOld(fresh.nanos());
    Known before = known.putIfAbsent(key, fresh);
    if (before == null) {
      bytes += fresh.bytes();
    }
    return before;
  }

  /**
   * Keeps what changed something: an answer, or the news that a write stands and may not spread.
   */
  private synchronized void ended(
      String key, @Nullable HttpResponse response, @Nullable Throwable error) {
    Known running = known.get(key);
    if (running == null) {
      return;
    }
    bytes -= running.bytes();
    if (response == null || error != null) {
      if (error == null || Problem.of(error).status() != 503) {
        known.remove(key);
        return;
      }
    }
    long size = OVERHEAD;
    if (response != null && response.entity() instanceof HttpEntity.Strict body) {
      size += body.getData().size();
    }
    known.put(key, new Known(running.fingerprint(), running.answer(), running.nanos(), size));
    bytes += size;
  }

  private void forgetOld(long now) {
    Iterator<Known> oldest = known.values().iterator();
    while (oldest.hasNext()) {
      Known one = oldest.next();
      boolean isOld = now - one.nanos() > KEPT.toNanos();
      if (!isOld && known.size() < MAX_REQUESTS && bytes < MAX_BYTES) {
        return;
      }
      oldest.remove();
      bytes -= one.bytes();
    }
  }

  synchronized int size() {
    return known.size();
  }

  private static String fingerprint(Call call) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String line = call.request().method().value() + ' ' + call.request().getUri() + '\n';
      digest.update(line.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest.digest(call.body()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
