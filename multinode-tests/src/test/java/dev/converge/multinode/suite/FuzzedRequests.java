package dev.converge.multinode.suite;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * A seeded row of HTTP/1.1 requests: words of the contract put together as no client should, half
 * of the bodies such as a client might send, some bytes damaged.
 */
final class FuzzedRequests {
  private static final List<String> METHODS =
      List.of("GET", "GET", "POST", "POST", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS");
  private static final List<String> PATHS =
      List.of(
          "/",
          "/v1/data",
          "/v1/data/@",
          "/v1/data/@/changes",
          "/v1/entities/counter/@",
          "/v1/entities/cart/@",
          "/v1/entities/note/@",
          "/v1/entities/profile/@",
          "/v1/entities/@/@",
          "/v1/entities/counter",
          "/v1/entities/cart/@/history",
          "/v1/entities/cart/@/export",
          "/v1/entities/cart/@/repair",
          "/v1/entities/profile/@/erase",
          "/v1/conflicts",
          "/v1/conflicts/@",
          "/v1/feed",
          "/v1/stream",
          "/v1/cluster",
          "/v1/replicas",
          "/v1/replicas/introduce",
          "/v1/openapi.json",
          "/health/live",
          "/metrics",
          "/@/@");
  private static final List<String> QUERIES =
      List.of(
          "write",
          "read",
          "consistency",
          "timeout",
          "limit",
          "after",
          "prefix",
          "from",
          "seen",
          "type",
          "@");
  private static final List<String> VALUES =
      List.of(
          "local",
          "majority",
          "all",
          "session",
          "context",
          "1",
          "-1",
          "0",
          "99999999999",
          "2s",
          "1ms",
          "start",
          "end",
          "@",
          "",
          "%00",
          "%ff",
          "%");
  private static final List<String> FIELDS =
      List.of(
          "type",
          "op",
          "by",
          "element",
          "value",
          "field",
          "index",
          "count",
          "text",
          "command",
          "item",
          "quantity",
          "fields",
          "operations",
          "choose",
          "key",
          "update",
          "to",
          "@");
  private static final List<String> WORDS =
      List.of(
          "gcounter",
          "pncounter",
          "gset",
          "orset",
          "rwset",
          "lwwset",
          "lwwregister",
          "mvregister",
          "ewflag",
          "dwflag",
          "lwwmap",
          "ormap",
          "rga",
          "text",
          "boundedcounter",
          "increment",
          "decrement",
          "add",
          "remove",
          "set",
          "enable",
          "disable",
          "put",
          "update",
          "insert",
          "delete",
          "transfer",
          "setQuantity",
          "checkout",
          "patch",
          "replace",
          "@");

  private final Random random;

  FuzzedRequests(Random random) {
    this.random = random;
  }

  private <T> T any(List<T> choice) {
    return choice.get(random.nextInt(choice.size()));
  }

  /** Something odd in place of each @. */
  private String odd(String pattern) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '@') {
        text.append(
            switch (random.nextInt(8)) {
              case 0 -> "%C3%BC%2F%20";
              case 1 -> "%00";
              case 2 -> "%ED%A0%80";
              case 3 -> "x".repeat(random.nextInt(700));
              case 4 -> "..";
              case 5 -> "%zz";
              default -> "k" + random.nextInt(5);
            });
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private String json(int depth) {
    return switch (random.nextInt(depth > 3 ? 7 : 12)) {
      case 0 -> "null";
      case 1 -> "true";
      case 2 -> Integer.toString(random.nextInt(20) - 5);
      case 3 -> "1" + "0".repeat(random.nextInt(1_200));
      case 4 -> "1e" + (random.nextInt(2_000_000) - 1_000_000);
      case 5 -> "\"" + any(WORDS) + "\"";
      case 6 -> "\"\\ud800" + random.nextInt(9) + "\"";
      case 7 -> "[" + json(depth + 1) + "," + json(depth + 1) + "]";
      case 8 -> "[".repeat(random.nextInt(200));
      default -> object(depth);
    };
  }

  private String object(int depth) {
    StringBuilder text = new StringBuilder("{");
    int fields = random.nextInt(5);
    for (int i = 0; i < fields; i++) {
      text.append(i == 0 ? "" : ",").append('"').append(any(FIELDS)).append("\":");
      text.append(random.nextBoolean() ? "\"" + any(WORDS) + "\"" : json(depth + 1));
    }
    return text.append('}').toString();
  }

  /** Half of them do what a client might do. */
  private String body() {
    return switch (random.nextInt(10)) {
      case 0 -> "{\"type\":\"gcounter\",\"op\":\"increment\",\"by\":" + json(9) + "}";
      case 1 -> "{\"type\":\"orset\",\"op\":\"add\",\"element\":" + json(9) + "}";
      case 2 -> "{\"type\":\"lwwregister\",\"op\":\"set\",\"value\":" + json(1) + "}";
      case 3 -> "{\"command\":\"add\",\"item\":" + json(9) + ",\"quantity\":" + json(9) + "}";
      case 4 -> "{\"command\":\"patch\",\"fields\":" + object(1) + "}";
      case 5 -> "{\"operations\":[" + object(2) + "," + object(2) + "]}";
      case 6 -> {
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        yield new String(noise, StandardCharsets.ISO_8859_1);
      }
      default -> object(0);
    };
  }

  /** The bytes of the next one, head and body. */
  byte[] next() throws IOException {
    StringBuilder target = new StringBuilder(odd(any(PATHS)));
    for (int i = random.nextInt(3); i > 0; i--) {
      target.append(target.indexOf("?") < 0 ? '?' : '&');
      target.append(odd(any(QUERIES))).append('=').append(odd(any(VALUES)));
    }
    String method = random.nextInt(50) == 0 ? "BREW" : any(METHODS);
    byte[] body =
        method.equals("POST") || random.nextInt(10) == 0
            ? body().getBytes(StandardCharsets.ISO_8859_1)
            : new byte[0];
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: node\r\n");
    head.append("Connection: close\r\n");
    if (body.length > 0) {
      int length = random.nextInt(100) == 0 ? body.length + 5 : body.length;
      head.append("Content-Length: ").append(length).append("\r\n");
      head.append("Content-Type: ")
          .append(random.nextInt(20) == 0 ? "text/plain" : "application/json")
          .append("\r\n");
    }
    header(head, "Converge-Context");
    header(head, "Idempotency-Key");
    header(head, "Prefer");
    header(head, "Last-Event-ID");
    head.append("\r\n");
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    request.write(body);
    byte[] bytes = request.toByteArray();
    if (random.nextInt(40) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private void header(StringBuilder head, String name) {
    if (random.nextInt(12) == 0) {
      head.append(name).append(": ").append(odd(any(VALUES))).append("\r\n");
    }
  }
}
