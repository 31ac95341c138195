package dev.converge.node.entity;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.engine.fold.EventContext;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.Effect;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.ReplicatedEntity;
import java.math.BigInteger;

/**
 * {@code counter}: a number of any size that every node may raise and lower; all changes add up.
 */
public final class CounterType
    implements HostedType<CounterType.Add, CounterType.Added, BigInteger> {
  private static final EntityType<Add, Added, BigInteger> TYPE =
      EntityType.<Add, Added, BigInteger>of("counter", Added.class, id -> new Counter())
          .withStates(new States());

  /** {@code {"value":"-12"}}; a text, as a number may have any length. */
  static final class States extends JsonStates<BigInteger> {
    States() {
      super("counter");
    }

    @Override
    JsonNode form(BigInteger state) {
      return Json.object().put("value", state.toString());
    }

    @Override
    BigInteger state(JsonNode form) {
      return new BigInteger(text(part(form, "value")));
    }
  }

  /**
   * Adds to the counter.
   *
   * @param by how much; negative to lower it
   */
  public record Add(BigInteger by) {}

  /**
   * The counter was changed.
   *
   * @param by by how much
   */
  public record Added(@JsonProperty("by") BigInteger by) {}

  private static final class Counter extends ReplicatedEntity<Add, Added, BigInteger> {
    @Override
    public BigInteger emptyState() {
      return BigInteger.ZERO;
    }

    @Override
    public Effect<Added> onCommand(BigInteger state, Add command) {
      return Effect.persist(new Added(command.by()));
    }

    @Override
    public BigInteger onEvent(BigInteger state, Added event, EventContext context) {
      return state.add(event.by());
    }

    @Override
    public boolean commutes() {
      return true;
    }
  }

  @Override
  public EntityType<Add, Added, BigInteger> type() {
    return TYPE;
  }

  @Override
  public Add command(String name, Fields fields) {
    BigInteger by = fields.positive("by", BigInteger.ONE);
    return switch (name) {
      case "increment" -> new Add(by);
      case "decrement" -> new Add(by.negate());
      default -> throw HostedType.unknownCommand("counter", name, "increment, decrement");
    };
  }

  @Override
  public JsonNode state(BigInteger state) {
    return Json.object().put("value", state);
  }

  @Override
  public JsonNode event(Added event) {
    return event.by().signum() < 0
        ? Json.object().put("event", "decremented").put("by", event.by().negate())
        : Json.object().put("event", "incremented").put("by", event.by());
  }

  /** {@code {"event":"incremented","by":2}} or decremented, or {@code {"by":-2}}. */
  @Override
  public Added event(Fields fields) {
    if (!fields.has("event")) {
      return new Added(fields.integer("by"));
    }
    BigInteger by = fields.positive("by", BigInteger.ONE);
    String event = fields.text("event");
    return switch (event) {
      case "incremented" -> new Added(by);
      case "decremented" -> new Added(by.negate());
      default ->
          throw new BadInputException(
              "a counter has no event '" + event + "'; it has incremented, decremented");
    };
  }
}
