package dev.converge.node.http;

import dev.converge.node.store.KeyTypeMismatchException;
import dev.converge.node.store.NoRightsException;
import dev.converge.node.store.QuorumNotReachedException;
import dev.converge.node.store.StoreLimitException;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.jspecify.annotations.Nullable;

/** What the store's failures mean to a client. */
final class StoreProblems {
  private StoreProblems() {}

  static Problem noKey(String key) {
    return Problem.notFound("there is no key '" + key + "'");
  }

  static Problem of(Throwable error) {
    Throwable e = error;
    while (e instanceof CompletionException && e.getCause() != null) {
      e = e.getCause();
    }
    String detail = String.valueOf(e.getMessage());
    if (e instanceof KeyTypeMismatchException) {
      return Problem.conflict(detail);
    }
    if (e instanceof NoRightsException) {
      return new Problem(422, "Not enough rights", detail);
    }
    if (e instanceof QuorumNotReachedException) {
      return Problem.unavailable(detail);
    }
    if (e instanceof StoreLimitException limit) {
      return switch (limit.limit()) {
        case KEY -> Problem.badRequest(detail);
        case VALUE -> new Problem(413, "Value too large", detail);
        case STORE -> new Problem(507, "Store full", detail);
      };
    }
    return Problem.of(e);
  }

  /** The answer {@code success} makes, or the problem. */
  static <T> BiFunction<@Nullable T, @Nullable Throwable, HttpResponse> orElse(
      Function<T, HttpResponse> success) {
    return (value, error) -> {
      if (error != null || value == null) {
        throw of(error == null ? new IllegalStateException("neither value nor error") : error);
      }
      return success.apply(value);
    };
  }
}
