package dev.converge.multinode.nemesis;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.multinode.history.Operation.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The kinds of keys that a workload writes to, and how each is asked. A key is the path of its
 * entity or entry, as in a history.
 */
enum Keys {
  /** A cart, an item an element. */
  CART("cart"),
  /** A document in which the last writer wins; an element is what some event has written. */
  NOTE("note"),
  /** A document that is merged field by field. */
  PROFILE("profile"),
  /** A document whose conflicts wait for a person. */
  CONTRACT("contract"),
  /** An observed-remove set of the store. */
  DATA("data");

  private final String type;

  Keys(String type) {
    this.type = type;
  }

  static Keys of(String key) {
    return valueOf(key.substring(0, key.indexOf('/')).toUpperCase(Locale.ROOT));
  }

  String key(String id) {
    return type + "/" + id;
  }

  boolean isDocument() {
    return this == NOTE || this == PROFILE || this == CONTRACT;
  }

  /** Below the address of a node. */
  static String path(String key) {
    return of(key) == DATA ? "/v1/" + key : "/v1/entities/" + key;
  }

  static String writeLevel(Level level) {
    return "?timeout=2s&write=" + (level == Level.MAJORITY ? "majority" : "local");
  }

  static String readLevel(String key, Level level) {
    String word = level.name().toLowerCase(Locale.ROOT);
    return of(key) == DATA ? "?timeout=2s&read=" + word : "?timeout=2s&consistency=" + word;
  }

  Map<String, ?> adding(String element) {
    if (this == DATA) {
      return Map.of("type", "orset", "op", "add", "element", element);
    }
    if (this == CART) {
      return Map.of("command", "add", "item", element, "quantity", 1);
    }
    // Few fields, so that there are conflicts. An event of a note has all of its fields, so there
    // is no more than one, or elements would be in the events of others, too.
    return Map.of(
        "command",
        this == NOTE ? "replace" : "patch",
        "fields",
        Map.of("f" + Math.abs(element.hashCode() % 3), element));
  }

  Map<String, ?> removing(String element) {
    return this == DATA
        ? Map.of("type", "orset", "op", "remove", "element", element)
        : Map.of("command", "remove", "item", element);
  }

  /** The elements in the answer to a read or a write; of documents only a history shows them. */
  List<String> elements(JsonNode answer) {
    List<String> elements = new ArrayList<>();
    if (this == DATA) {
      answer.path("value").forEach(element -> elements.add(element.asText()));
    } else if (this == CART) {
      for (Map.Entry<String, JsonNode> item : answer.at("/state/items").properties()) {
        for (int i = 0; i < item.getValue().asInt(); i++) {
          elements.add(item.getKey());
        }
      }
    }
    return elements;
  }

  /** What the events of a document's history have written. */
  static List<String> written(JsonNode history) {
    List<String> elements = new ArrayList<>();
    for (JsonNode event : history.path("events")) {
      event
          .path("event")
          .findValues("fields")
          .forEach(fields -> fields.forEach(v -> elements.add(v.asText())));
    }
    return elements;
  }

  /** The final events of a history, each with its decision. */
  static List<String> finalEvents(JsonNode history) {
    List<String> events = new ArrayList<>();
    for (JsonNode event : history.path("events")) {
      if (!event.path("final").asBoolean()) {
        break;
      }
      events.add(
          event.at("/dot/replica").asText()
              + ":"
              + event.at("/dot/seq").asText()
              + " "
              + event.path("decision").asText());
    }
    return events;
  }
}
