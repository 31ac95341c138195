package dev.converge.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A command to an entity: its name and fields. Immutable. */
public final class Command {
  private final ObjectNode body;

  private Command(ObjectNode body) {
    this.body = body;
  }

  /** A command without fields. */
  public static Command of(String name) {
    return new Command(Transport.JSON.createObjectNode().put("command", name));
  }

  /**
   * With one field more.
   *
   * @param value anything that Jackson writes as JSON
   */
  public Command with(String field, Object value) {
    ObjectNode more = body.deepCopy();
    more.set(field, Transport.JSON.valueToTree(value));
    return new Command(more);
  }

  JsonNode body() {
    return body;
  }
}
