package dev.converge.node.http;

import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.ParsingErrorHandler;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.StatusCode;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;

/**
 * Requests that Pekko HTTP cannot even parse get a problem document too. Named in {@code
 * converge-http.conf}.
 */
public final class ParsingProblems extends ParsingErrorHandler {
  /** Called by Pekko HTTP by reflection. */
  public ParsingProblems() {}

  @Override
  public HttpResponse handle(
      StatusCode status, ErrorInfo info, LoggingAdapter log, ServerSettings settings) {
    log.debug("a request that cannot be read: {}", info.formatPretty());
    return new Problem(status.intValue(), status.reason(), info.summary()).response();
  }
}
