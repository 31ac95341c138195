package dev.converge.pekko.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes of an {@link EventRecord}: one CBOR array
 *
 * <pre>
 * [1, name, incarnation, sequence, packed time, schema version, origin id or null, hash,
 *  [name, incarnation, sequence, ...] (vector), [name, incarnation, sequence, ...] (cloud), payload]
 * </pre>
 *
 * <p>The first element is the version of this form. Reading takes the input as hostile: anything
 * unexpected is a {@link WireException}. Thread-safe; O(bytes).
 */
public final class EventRecordCodec {
  private static final int FORM = 1;
  private static final int MAX_CONTEXT = 100_000;
  private static final CBORFactory FACTORY = new CBORFactory();

  private EventRecordCodec() {}

  /** The bytes of {@code event}; equal records give equal bytes. */
  public static byte[] encode(EventRecord event) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(event.payload().length + 160);
    try (CBORGenerator g = FACTORY.createGenerator(out)) {
      g.writeStartArray(null, 11);
      g.writeNumber(FORM);
      writeDot(g, event.dot().replica(), event.dot().sequence());
      g.writeNumber(event.time().packed());
      g.writeNumber(event.schemaVersion());
      g.writeString(event.originId());
      g.writeBinary(event.hash());
      Map<ReplicaId, Long> vector = event.context().vector().entries();
      g.writeStartArray(null, vector.size() * 3);
      for (Map.Entry<ReplicaId, Long> e : vector.entrySet()) {
        writeDot(g, e.getKey(), e.getValue());
      }
      g.writeEndArray();
      g.writeStartArray(null, event.context().cloud().size() * 3);
      for (Dot dot : event.context().cloud()) {
        writeDot(g, dot.replica(), dot.sequence());
      }
      g.writeEndArray();
      g.writeBinary(event.payload());
      g.writeEndArray();
    } catch (IOException e) {
      throw new WireException("cannot encode event " + event.dot() + ": " + e, e);
    }
    return out.toByteArray();
  }

  private static void writeDot(CBORGenerator g, ReplicaId replica, long sequence)
      throws IOException {
    g.writeString(replica.name());
    g.writeNumber(replica.incarnation());
    g.writeNumber(sequence);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws WireException if the bytes are anything else
   */
  public static EventRecord decode(byte[] bytes) {
    try (JsonParser p = FACTORY.createParser(bytes)) {
      expect(p.nextToken(), JsonToken.START_ARRAY, "an event");
      int form = (int) number(p, "the version of the form");
      if (form != FORM) {
        throw new WireException(
            "an event of form " + form + "; this node reads form " + FORM + ", upgrade it", null);
      }
      Dot dot = new Dot(replica(p), number(p, "a sequence number"));
      HybridTimestamp time = HybridTimestamp.ofPacked(number(p, "a time"));
      int schemaVersion = Math.toIntExact(number(p, "a schema version"));
      JsonToken token = p.nextToken();
      String originId = null;
      if (token != JsonToken.VALUE_NULL) {
        expect(token, JsonToken.VALUE_STRING, "an origin id or null");
        originId = p.getText();
      }
      byte[] hash = binary(p, "a hash");
      Map<ReplicaId, Long> vector = new TreeMap<>();
      for (Dot entry : dots(p)) {
        if (vector.put(entry.replica(), entry.sequence()) != null) {
          throw new WireException("a vector names " + entry.replica() + " twice", null);
        }
      }
      CausalContext context = CausalContext.of(VersionVector.of(vector), dots(p));
      byte[] payload = binary(p, "a payload");
      expect(p.nextToken(), JsonToken.END_ARRAY, "the end of an event");
      return new EventRecord(dot, time, context, schemaVersion, originId, hash, payload);
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      throw new WireException("not an event: " + e.getMessage(), e);
    }
  }

  /**
   * Reads the event's time alone, without its context and payload.
   *
   * @throws WireException if the bytes do not begin as an event does
   */
  public static HybridTimestamp timeOf(byte[] bytes) {
    try (JsonParser p = FACTORY.createParser(bytes)) {
      expect(p.nextToken(), JsonToken.START_ARRAY, "an event");
      number(p, "the version of the form");
      replica(p);
      number(p, "a sequence number");
      return HybridTimestamp.ofPacked(number(p, "a time"));
    } catch (IOException | IllegalArgumentException e) {
      throw new WireException("not an event: " + e.getMessage(), e);
    }
  }

  /** Reads the version of the payload's form alone; errors as {@link #timeOf}. */
  static int schemaVersionOf(byte[] bytes) {
    try (JsonParser p = FACTORY.createParser(bytes)) {
      expect(p.nextToken(), JsonToken.START_ARRAY, "an event");
      number(p, "the version of the form");
      replica(p);
      number(p, "a sequence number");
      number(p, "a time");
      return Math.toIntExact(number(p, "a schema version"));
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      throw new WireException("not an event: " + e.getMessage(), e);
    }
  }

  private static List<Dot> dots(JsonParser p) throws IOException {
    expect(p.nextToken(), JsonToken.START_ARRAY, "dots");
    List<Dot> dots = new ArrayList<>();
    while (p.nextToken() != JsonToken.END_ARRAY) {
      expect(p.currentToken(), JsonToken.VALUE_STRING, "a replica's name");
      ReplicaId replica = new ReplicaId(p.getText(), number(p, "an incarnation"));
      dots.add(new Dot(replica, number(p, "a sequence number")));
      if (dots.size() > MAX_CONTEXT) {
        throw new WireException("a context of more than " + MAX_CONTEXT + " dots", null);
      }
    }
    return dots;
  }

  private static ReplicaId replica(JsonParser p) throws IOException {
    expect(p.nextToken(), JsonToken.VALUE_STRING, "a replica's name");
    return new ReplicaId(p.getText(), number(p, "an incarnation"));
  }

  private static long number(JsonParser p, String what) throws IOException {
    expect(p.nextToken(), JsonToken.VALUE_NUMBER_INT, what);
    return p.getLongValue();
  }

  private static byte[] binary(JsonParser p, String what) throws IOException {
    expect(p.nextToken(), JsonToken.VALUE_EMBEDDED_OBJECT, what);
    return p.getBinaryValue();
  }

  private static void expect(JsonToken found, JsonToken wanted, String what) {
    if (found != wanted) {
      throw new WireException("expected " + what + ", found " + found, null);
    }
  }
}
