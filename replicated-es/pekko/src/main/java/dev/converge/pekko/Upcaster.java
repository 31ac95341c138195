package dev.converge.pekko;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.pekko.wire.WireException;
import java.io.IOException;
import java.util.function.UnaryOperator;

/**
 * Brings the payload of an event from one schema version to the next. Pure, deterministic and
 * thread-safe: all replicas must get the same. What is stored stays as it was written.
 */
@FunctionalInterface
public interface Upcaster {
  /**
   * The payload in the form of the next version.
   *
   * @throws WireException if the bytes are no payload of this version
   */
  byte[] upcast(byte[] payload);

  /**
   * Over the tree of a payload that {@link EventCodec#cbor} wrote.
   *
   * @param change may change the tree it is given, and returns what is to be read
   */
  static Upcaster json(UnaryOperator<JsonNode> change) {
    return payload -> {
      try {
        return Cbor.MAPPER.writeValueAsBytes(change.apply(Cbor.MAPPER.readTree(payload)));
      } catch (IOException e) {
        throw new WireException("not a payload to upcast: " + e.getMessage(), e);
      }
    };
  }
}
