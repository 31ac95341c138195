package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * One request, its body read whole: what a route looks at. Its getters throw a {@link Problem} that
 * names what is wrong.
 *
 * @param request the request
 * @param path what stood in the route's placeholders, decoded
 * @param query the query's parameters
 * @param body the body; empty for none
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one request and is never compared
record Call(HttpRequest request, Map<String, String> path, Map<String, String> query, byte[] body) {
  /** The longest key or id, in bytes of UTF-8. */
  private static final int MAX_KEY_BYTES = 512;

  /** A key or id in the path: 1 to 512 bytes of UTF-8. */
  String key(String name) {
    return checkKey(name, path.getOrDefault(name, ""));
  }

  /** A key or id from anywhere: 1 to 512 bytes of UTF-8. */
  static String checkKey(String name, String key) {
    int bytes = key.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > MAX_KEY_BYTES) {
      throw Problem.badParameter(
          name, "'" + name + "' has 1 to " + MAX_KEY_BYTES + " bytes of UTF-8, not " + bytes);
    }
    if (key.indexOf('\u0000') >= 0 || key.indexOf('\ufffd') >= 0) {
      throw Problem.badParameter(
          name, "'" + name + "' must be valid UTF-8 without the character U+0000");
    }
    return key;
  }

  /** The body as the fields of a JSON object. */
  Fields fields() {
    return Fields.of("the body", json());
  }

  /** The body as JSON. */
  JsonNode json() {
    return Json.read(body);
  }

  /** Complains about query parameters that the route does not have. */
  void onlyQuery(String... known) {
    Set<String> unknown = new TreeSet<>(query.keySet());
    unknown.removeAll(Set.of(known));
    if (!unknown.isEmpty()) {
      throw Problem.badParameter(
          unknown.iterator().next(),
          "unknown query parameter " + unknown + "; known here: " + new TreeSet<>(Set.of(known)));
    }
  }

  /** A query parameter, or {@code ifAbsent}. */
  String query(String name, String ifAbsent) {
    return query.getOrDefault(name, ifAbsent);
  }

  /** A whole number in the query between {@code least} and {@code most}, or {@code ifAbsent}. */
  int number(String name, int ifAbsent, int least, int most) {
    String text = query.get(name);
    if (text == null) {
      return ifAbsent;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw Problem.badParameter(
        name,
        "query parameter '"
            + name
            + "' is a number from "
            + least
            + " to "
            + most
            + ", not '"
            + text
            + "'");
  }

  /** A time in the query, or {@code ifAbsent}; see {@link #duration(String)}. */
  Duration duration(String name, Duration ifAbsent) {
    return duration(name).orElse(ifAbsent);
  }

  /** A time in the query, such as {@code 2s} or {@code 500ms}, up to a minute. */
  Optional<Duration> duration(String name) {
    String text = query.get(name);
    if (text == null) {
      return Optional.empty();
    }
    String lower = text.toLowerCase(Locale.ROOT);
    try {
      Duration value =
          lower.endsWith("ms")
              ? Duration.ofMillis(Long.parseLong(lower.substring(0, lower.length() - 2)))
              : lower.endsWith("s")
                  ? Duration.ofSeconds(Long.parseLong(lower.substring(0, lower.length() - 1)))
                  : Duration.ZERO;
      if (value.compareTo(Duration.ZERO) > 0 && value.compareTo(Duration.ofMinutes(1)) <= 0) {
        return Optional.of(value);
      }
    } catch (NumberFormatException | ArithmeticException e) {
      // said below
    }
    throw Problem.badParameter(
        name,
        "query parameter '"
            + name
            + "' is a time such as 2s or 500ms, up to 60s; not '"
            + text
            + "'");
  }

  /** A header's value. */
  Optional<String> header(String name) {
    return request.getHeader(name).map(HttpHeader::value);
  }

  /** Whether the client wants no body back. */
  boolean wantsMinimal() {
    return header("Prefer")
        .map(value -> value.replace(" ", "").contains("return=minimal"))
        .orElse(false);
  }
}
