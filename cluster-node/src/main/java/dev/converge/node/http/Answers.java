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

  private Answers() {}

  static HttpResponse json(JsonNode body) {
    return HttpResponse.create()
        .withStatus(StatusCodes.OK)
        .withEntity(ContentTypes.APPLICATION_JSON, Json.write(body));
  }

  /** 204 for a client that prefers it, else {@code body}. */
  static HttpResponse afterWrite(Call call, JsonNode body) {
    return call.wantsMinimal() ? noContent() : json(body);
  }

  /** The header that tells a client what it has seen now. */
  static HttpHeader context(SessionToken token) {
    return RawHeader.create(CONTEXT_HEADER, token.text());
  }

  static HttpResponse noContent() {
    return HttpResponse.create().withStatus(StatusCodes.NO_CONTENT);
  }
}
