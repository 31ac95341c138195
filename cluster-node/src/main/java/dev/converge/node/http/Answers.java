package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.json.Json;
import dev.converge.node.store.StoreSession;
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
    return Seen.of(call).map(before -> joined(answer, before.with(token))).orElse(answer);
  }

  /** The same of keys of the store. */
  static HttpResponse seen(Call call, HttpResponse response, StoreSession here) {
    HttpResponse answer = response.addHeader(context(here));
    return Seen.of(call)
        .map(seen -> joined(answer, new Seen(seen.entities(), seen.store().merge(here))))
        .orElse(answer);
  }

  /** The same where this node has got all that the client had seen of them. */
  static HttpResponse caughtUp(Call call, HttpResponse response, StoreSession here) {
    HttpResponse answer = response.addHeader(context(here));
    return Seen.of(call)
        .map(seen -> joined(answer, new Seen(seen.entities(), seen.store().replacedBy(here))))
        .orElse(answer);
  }

  private static HttpHeader context(StoreSession session) {
    return RawHeader.create(CONTEXT_HEADER, session.text());
  }

  private static HttpResponse joined(HttpResponse answer, Seen all) {
    return answer.addHeader(RawHeader.create(SESSION_HEADER, all.text()));
  }

  static HttpResponse noContent() {
    return HttpResponse.create().withStatus(StatusCodes.NO_CONTENT);
  }
}
