package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.json.Json;
import dev.converge.pekko.SessionToken;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/** The answers that are no problems. */
final class Answers {
  /** What a client has seen; opaque to it. */
  static final String CONTEXT_HEADER = "Converge-Context";

  static final String SESSION_HEADER = "Converge-Session";

  private static final HttpHeader MINIMAL =
      RawHeader.create("Preference-Applied", "return=minimal");

  private Answers() {}

  static HttpResponse json(JsonNode body) {
    return HttpResponse.create()
        .withStatus(StatusCodes.OK)
        .withEntity(ContentTypes.APPLICATION_JSON, Json.write(body));
  }

  /** 204 for a client that prefers it, else {@code body}. */
  static HttpResponse afterWrite(Call call, JsonNode body) {
    return call.wantsMinimal() ? noContent().addHeader(MINIMAL) : json(body);
  }

  /** The header that tells a client what it has seen now. */
  static HttpHeader context(SessionToken token) {
    return RawHeader.create(CONTEXT_HEADER, token.text());
  }

  /**
   * What a client has seen: of this entity; and, if it said what it had seen before, all that and
   * this together, for its next request about any entity.
   */
  static HttpResponse seen(Call call, HttpResponse response, SessionToken token) {
    HttpResponse answer = response.addHeader(context(token));
    return EntityLevels.session(call)
        .map(
            before ->
                answer.addHeader(RawHeader.create(SESSION_HEADER, before.merge(token).text())))
        .orElse(answer);
  }

  static HttpResponse noContent() {
    return HttpResponse.create().withStatus(StatusCodes.NO_CONTENT);
  }
}
