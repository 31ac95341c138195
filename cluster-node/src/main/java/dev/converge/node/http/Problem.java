package dev.converge.node.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Json;
import dev.converge.pekko.CommandRefusedException;
import dev.converge.pekko.EntityUnavailableException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.scaladsl.model.EntityStreamSizeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An error as {@code application/problem+json} (RFC 9457), thrown by whoever finds it. Never
 * carries a stack trace.
 */
final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(Problem.class);

  private static final ContentType PROBLEM_JSON =
      ContentTypes.create(
          MediaTypes.applicationWithFixedCharset("problem+json", HttpCharsets.UTF_8));

  private final int status;
  private final String title;

  Problem(int status, String title, String detail) {
    super(detail, null, false, false);
    this.status = status;
    this.title = title;
  }

  int status() {
    return status;
  }

  static Problem badRequest(String detail) {
    return new Problem(400, "Bad request", detail);
  }

  static Problem notFound(String detail) {
    return new Problem(404, "Not found", detail);
  }

  static Problem conflict(String detail) {
    return new Problem(409, "Conflict", detail);
  }

  static Problem unavailable(String detail) {
    return new Problem(503, "Not available now", detail);
  }

  /** What {@code error} means to a client. */
  static Problem of(Throwable error) {
    Throwable e = error;
    while ((e instanceof CompletionException || e instanceof ExecutionException)
        && e.getCause() != null) {
      e = e.getCause();
    }
    if (e instanceof Problem problem) {
      return problem;
    }
    if (e instanceof BadInputException) {
      return badRequest(String.valueOf(e.getMessage()));
    }
    if (e instanceof CommandRefusedException) {
      return new Problem(422, "Refused by the entity's rules", String.valueOf(e.getMessage()));
    }
    if (e instanceof EntityUnavailableException || e instanceof TimeoutException) {
      return unavailable(String.valueOf(e.getMessage()));
    }
    if (e instanceof EntityStreamSizeException size) {
      return new Problem(
          413,
          "Body too large",
          "a body may have " + size.limit() + " bytes; send less or raise converge.http.max-body");
    }
    LOG.error("a request failed in a way that nobody planned for", e);
    return new Problem(
        500, "Internal error", "the node made a mistake; its log says what happened");
  }

  ObjectNode json() {
    return Json.object()
        .put("type", "about:blank")
        .put("title", title)
        .put("status", status)
        .put("detail", getMessage());
  }

  HttpResponse response() {
    StatusCode code = StatusCodes.get(status);
    HttpResponse response =
        HttpResponse.create().withStatus(code).withEntity(PROBLEM_JSON, Json.write(json()));
    return status == 503 ? response.addHeader(RawHeader.create("Retry-After", "1")) : response;
  }
}
