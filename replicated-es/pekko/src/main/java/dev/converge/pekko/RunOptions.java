package dev.converge.pekko;

import dev.converge.engine.event.OriginId;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a command is run.
 *
 * @param request the name of the client's request, so that it counts once however often it is sent,
 *     to whichever node; null: every command counts
 * @param seen what the client had seen when it decided, as the {@linkplain EntityAnswer#token
 *     token} of the answer that it looked at. The command then counts as made without knowledge of
 *     anything later, so that a conflict with that is found; what the client has seen is waited for
 *     if it has not come to this node yet. Null: the client has seen all that is here
 * @param level on how many replicas the events must be before the answer
 * @param limit how long the answer may take; null for what is {@linkplain
 *     Entities.Settings#askTimeout configured}
 */
public record RunOptions(
    @Nullable OriginId request,
    @Nullable SessionToken seen,
    WriteLevel level,
    @Nullable Duration limit) {
  /** No name, all seen, stored here, the configured time. */
  public static final RunOptions DEFAULT = new RunOptions(null, null, WriteLevel.local(), null);

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the limit is not positive, or the request's name is that of
   *     one of several events
   */
  public RunOptions {
    Objects.requireNonNull(level, "level");
    if (request != null && request.isPart()) {
      throw new IllegalArgumentException(
          "a request is named by an origin id without a mark of an event, not " + request);
    }
    if (limit != null && (limit.isZero() || limit.isNegative())) {
      throw new IllegalArgumentException("a limit is longer than nothing, not " + limit);
    }
  }

  /** With the name of the client's request. */
  public RunOptions withRequest(OriginId name) {
    return new RunOptions(name, seen, level, limit);
  }

  /** With what the client had seen. */
  public RunOptions withSeen(SessionToken token) {
    return new RunOptions(request, token, level, limit);
  }

  /** With a level. */
  public RunOptions withLevel(WriteLevel wanted) {
    return new RunOptions(request, seen, wanted, limit);
  }

  /** With a limit. */
  public RunOptions withLimit(Duration longest) {
    return new RunOptions(request, seen, level, longest);
  }
}
