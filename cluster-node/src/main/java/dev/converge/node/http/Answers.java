package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.json.Json;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;

/** The answers that are no problems. */
final class Answers {
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

  static HttpResponse noContent() {
    return HttpResponse.create().withStatus(StatusCodes.NO_CONTENT);
  }
}
