package dev.converge.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * A final event.
 *
 * @param cursor where to go on after it
 * @param type the entity's type
 * @param id the entity's id
 * @param replica who wrote it
 * @param sequence the how-manieth it is of that replica in the entity
 * @param time its hybrid time, {@code millis.counter}
 * @param event the JSON form of what took effect, or would have
 * @param decision applied, discarded, replaced or escalated; or erased: the whole entity is, and
 *     whoever keeps something of it is to forget it
 * @param isDuplicate whether its request had counted already, so that it has no effect
 * @param hasEffect whether it changed the entity's state; of an escalated one the type's rules say
 *     whether it does while a person has not decided
 */
public record FeedEvent(
    String cursor,
    String type,
    String id,
    String replica,
    long sequence,
    String time,
    JsonNode event,
    String decision,
    boolean isDuplicate,
    boolean hasEffect) {
  static FeedEvent of(JsonNode node) {
    boolean isReplaced = node.hasNonNull("replacement");
    String decision = node.path("decision").asText();
    boolean isDuplicate = node.hasNonNull("duplicateOf");
    boolean isApplied = isReplaced || decision.equals("applied");
    return new FeedEvent(
        node.path("cursor").asText(),
        node.path("type").asText(),
        node.path("id").asText(),
        node.path("dot").path("replica").asText(),
        node.path("dot").path("seq").asLong(),
        node.path("time").asText(),
        isReplaced ? node.path("replacement") : node.path("event"),
        decision,
        isDuplicate,
        node.path("hasEffect").asBoolean(isApplied && !isDuplicate)); // older nodes do not say it
  }

  /** The event, if it has an effect on the entity's state. */
  public Optional<JsonNode> effect() {
    return hasEffect ? Optional.of(event) : Optional.empty();
  }
}
