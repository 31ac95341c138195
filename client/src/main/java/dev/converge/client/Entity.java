package dev.converge.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * An entity as a node has shown it. Immutable by agreement: nobody writes into the state.
 *
 * @param type its type
 * @param id its id
 * @param state the JSON form of its state
 * @param version how many events of each replica are in it
 * @param isFinal whether no event can come any more that is ordered before one of these
 */
public record Entity(
    String type, String id, JsonNode state, Map<String, Long> version, boolean isFinal) {
  /** Copies the version. */
  public Entity {
    version = Map.copyOf(version);
  }

  static Entity of(JsonNode node) {
    Map<String, Long> version = new TreeMap<>();
    node.path("version").properties().forEach(e -> version.put(e.getKey(), e.getValue().asLong()));
    return new Entity(
        node.path("type").asText(),
        node.path("id").asText(),
        node.path("state"),
        version,
        node.path("final").asBoolean());
  }
}
