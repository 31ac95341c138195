package dev.converge.node.entity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.pekko.EntityType;

/**
 * An entity type that a node serves over HTTP: the type, and the JSON forms of its commands, states
 * and events. Implementations are stateless. Those of a user's own have a constructor without
 * arguments, and are named in {@code META-INF/services} of a jar in the node's folder {@code
 * plugins}, or on its class path.
 *
 * @param <C> commands
 * @param <E> events
 * @param <S> states
 */
public interface HostedType<C, E, S> {
  /** The type. */
  EntityType<C, E, S> type();

  /**
   * A command as it came.
   *
   * @param name the command's name
   * @param fields the other fields of the body; every one not taken is an error
   * @throws BadInputException if it is none of this type's
   */
  C command(String name, Fields fields);

  /** The JSON form of a state. */
  JsonNode state(S state);

  /** The JSON form of an event, in a history. */
  JsonNode event(E event);

  /**
   * An event as {@link #event} shows it: of a history from elsewhere. Not every type reads them.
   *
   * @throws BadInputException if it is none of this type's
   */
  default E event(Fields fields) {
    throw new BadInputException(
        "entity type '"
            + type().name()
            + "' reads no events as JSON; put a MigrationAdapter for it on the class path");
  }

  /** The complaint about a command that the type does not have. */
  static BadInputException unknownCommand(String type, String name, String known) {
    return new BadInputException(
        "entity type '" + type + "' has no command '" + name + "'; it has " + known, "command");
  }
}
