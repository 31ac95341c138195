package dev.converge.node.http;

import dev.converge.crdt.clock.Dot;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The name of a conflict among all entities'. As text it needs no escape in a path, and is opaque
 * to clients.
 *
 * @param type the entity's type
 * @param entity the entity's id
 * @param dot the escalated event
 */
record ConflictId(String type, String entity, Dot dot) {
  String text() {
    String plain = type + '/' + dot + '/' + entity;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads what {@link #text} gave.
   *
   * @throws Problem 404 if it is anything else
   */
  static ConflictId parse(String text) {
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      String[] parts = plain.split("/", 3);
      if (parts.length == 3) {
        return new ConflictId(parts[0], parts[2], Dot.parse(parts[1]));
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw Problem.notFound("there is no conflict '" + text + "'; GET /v1/conflicts lists them");
  }
}
