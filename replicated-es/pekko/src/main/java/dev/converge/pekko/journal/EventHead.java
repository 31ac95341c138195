package dev.converge.pekko.journal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.io.IOException;

/**
 * The first elements of an encoded event, which are all that the journal needs of it. O(1), where
 * decoding is O(bytes).
 *
 * @param dot the event's name
 * @param time its time
 * @param schemaVersion the version of its payload's form
 */
record EventHead(Dot dot, HybridTimestamp time, int schemaVersion) {
  private static final CBORFactory FACTORY = new CBORFactory();

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException if the bytes are no event of a form that this node knows
   */
  static EventHead of(byte[] encoded) {
    try (JsonParser p = FACTORY.createParser(encoded)) {
      if (p.nextToken() != JsonToken.START_ARRAY || p.nextIntValue(0) != 1) {
        throw new IllegalArgumentException("not an event of a form that this node knows");
      }
      String name = p.nextTextValue();
      if (name == null) {
        throw new IllegalArgumentException("an event without its replica's name");
      }
      ReplicaId replica = new ReplicaId(name, number(p));
      Dot dot = new Dot(replica, number(p));
      HybridTimestamp time = HybridTimestamp.ofPacked(number(p));
      return new EventHead(dot, time, Math.toIntExact(number(p)));
    } catch (IOException | ArithmeticException e) {
      throw new IllegalArgumentException("not an event: " + e.getMessage(), e);
    }
  }

  private static long number(JsonParser p) throws IOException {
    if (p.nextToken() != JsonToken.VALUE_NUMBER_INT) {
      throw new IllegalArgumentException("not an event: expected a number");
    }
    return p.getLongValue();
  }
}
