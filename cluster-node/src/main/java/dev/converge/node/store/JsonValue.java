package dev.converge.node.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Json;
import java.nio.charset.StandardCharsets;

/**
 * A JSON value that is compared, kept and sent as its text. Immutable.
 *
 * @param text JSON, as {@link #of} writes it
 */
public record JsonValue(String text) {
  /**
   * A value from its tree. O(size).
   *
   * @throws BadInputException if a text in it is no valid Unicode
   */
  public static JsonValue of(JsonNode node) {
    if (!Json.isWellFormed(node)) {
      throw new BadInputException(
          "a text in the value has half a surrogate pair, which is no valid Unicode");
    }
    return new JsonValue(new String(Json.write(node), StandardCharsets.UTF_8));
  }

  /**
   * A value from a text that came from outside. O(size).
   *
   * @throws IllegalArgumentException if it is no JSON
   */
  static JsonValue parse(String text) {
    try {
      JsonValue value = new JsonValue(text);
      value.tree();
      return value;
    } catch (BadInputException e) {
      throw new IllegalArgumentException("a register holds no JSON: " + e.getMessage(), e);
    }
  }

  /** The tree, made anew at each call. O(size). */
  public JsonNode tree() {
    return Json.read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return text;
  }
}
