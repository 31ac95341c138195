package dev.converge.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node's answer that is no success: a problem document (RFC 9457). What the caller may do is in
 * {@link #getMessage}. A status of 503 means that no node could do it in time; of a write it says
 * whether that stands and will spread.
 */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String title;
  private final @Nullable String field;

  ProblemException(int status, JsonNode problem) {
    super(status + " " + problem.path("detail").asText("no detail"));
    this.status = status;
    this.title = problem.path("title").asText("");
    this.field =
        problem.hasNonNull("field")
            ? problem.get("field").asText()
            : problem.hasNonNull("parameter") ? problem.get("parameter").asText() : null;
  }

  /** The HTTP status: 400 bad input, 404 unknown, 409 another type, 422 refused by the rules ... */
  public int status() {
    return status;
  }

  /** The kind of problem in few words. */
  public String title() {
    return title;
  }

  /** The field or parameter that is wrong, if it is one. */
  public Optional<String> field() {
    return Optional.ofNullable(field);
  }
}
