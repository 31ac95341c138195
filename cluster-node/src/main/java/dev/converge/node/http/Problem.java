package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.converge.engine.fold.FoldException;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Json;
import dev.converge.pekko.CommandRefusedException;
import dev.converge.pekko.EntityDamagedException;
import dev.converge.pekko.EntityErasedException;
import dev.converge.pekko.EntityUnavailableException;
import dev.converge.pekko.WriteLevelNotReachedException;
import dev.converge.pekko.feed.FeedGoneException;
import dev.converge.pekko.membership.MembershipException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.scaladsl.model.EntityStreamException;
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

  private static final HttpHeader RETRY_SOON = RawHeader.create("Retry-After", "1");

  private static final ContentType PROBLEM_JSON =
      ContentTypes.create(
          MediaTypes.applicationWithFixedCharset("problem+json", HttpCharsets.UTF_8));

  private final int status;
  private final String title;

  /** Further members of the document, which the RFC calls extensions. */
  private final transient ObjectNode extensions = Json.object();

  private final transient List<HttpHeader> headers = new ArrayList<>();

  Problem(int status, String title, String detail) {
    super(detail, null, false, false);
    this.status = status;
    this.title = title;
  }

  /** With one more member in the document. */
  Problem with(String name, JsonNode value) {
    extensions.set(name, value);
    return this;
  }

  /** With one more header. */
  Problem withHeader(HttpHeader header) {
    headers.add(header);
    return this;
  }

  int status() {
    return status;
  }

  static Problem badRequest(String detail) {
    return new Problem(400, "Bad request", detail);
  }

  /** A parameter of the query, or a part of the path, is not what it should be. */
  static Problem badParameter(String name, String detail) {
    return badRequest(detail).with("parameter", TextNode.valueOf(name));
  }

  static Problem notFound(String detail) {
    return new Problem(404, "Not found", detail);
  }

  static Problem conflict(String detail) {
    return new Problem(409, "Conflict", detail);
  }

  /** Worth another try soon. */
  static Problem unavailable(String detail) {
    return new Problem(503, "Not available now", detail).withHeader(RETRY_SOON);
  }

  /** Too much at once; nothing was done. */
  static Problem tooMany(String detail) {
    return new Problem(429, "Too many requests", detail).withHeader(RETRY_SOON);
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
    if (e instanceof BadInputException bad) {
      Problem problem = badRequest(String.valueOf(e.getMessage()));
      String field = bad.field();
      return field == null ? problem : problem.with("field", TextNode.valueOf(field));
    }
    if (e instanceof CommandRefusedException) {
      return new Problem(422, "Refused by the entity's rules", String.valueOf(e.getMessage()));
    }
    if (e instanceof EntityErasedException erased) {
      Problem problem = new Problem(410, "Erased", String.valueOf(e.getMessage()));
      return erased
          .erasure()
          .map(erasure -> problem.with("erased", EntityJson.erased(erasure)))
          .orElse(problem);
    }
    if (e instanceof EntityUnavailableException || e instanceof TimeoutException) {
      return unavailable(String.valueOf(e.getMessage()));
    }
    if (e instanceof WriteLevelNotReachedException late) {
      return unavailable("the write stands locally and will spread: " + late.getMessage())
          .withHeader(Answers.context(late.answer().token()));
    }
    if (e instanceof MembershipException) {
      return conflict(String.valueOf(e.getMessage()));
    }
    if (e instanceof FeedGoneException) {
      return new Problem(410, "Gone", String.valueOf(e.getMessage()));
    }
    if (e instanceof EntityDamagedException) {
      // No time to retry after: it stays so here until it is repaired. Another node can answer.
      return new Problem(
          503,
          "Entity damaged at this node",
          e.getMessage()
              + "; POST to /repair below the entity, or ./converge repair, gets it from the peers");
    }
    if (e instanceof FoldException) {
      LOG.error("an entity's handler or resolver failed", e);
      return new Problem(500, "The entity's own code failed", String.valueOf(e.getMessage()));
    }
    if (e instanceof EntityStreamSizeException size) {
      return new Problem(
          413,
          "Body too large",
          "a body may have " + size.limit() + " bytes; send less or raise converge.http.max-body");
    }
    if (e instanceof EntityStreamException) {
      // Nobody is there any more to read it.
      return badRequest("the request ended in the middle of its body");
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
        .put("detail", getMessage())
        .setAll(extensions);
  }

  HttpResponse response() {
    StatusCode code = StatusCodes.get(status);
    return HttpResponse.create()
        .withStatus(code)
        .addHeaders(headers)
        .withEntity(PROBLEM_JSON, Json.write(json()));
  }
}
