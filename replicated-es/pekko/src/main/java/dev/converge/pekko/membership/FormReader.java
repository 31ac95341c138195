package dev.converge.pekko.membership;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.WireException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link FormWriter} wrote, and takes it as hostile: anything unexpected is a {@link
 * WireException}, and nothing is allocated on the word of a count alone.
 */
final class FormReader {
  /** More entries than any list has. */
  private static final int MAX_LIST = 100_000;

  private final JsonParser p;

  private FormReader(JsonParser p) {
    this.p = p;
  }

  /**
   * Reads one value.
   *
   * @param what names it in errors
   * @throws WireException if the bytes are anything else, or have more behind it
   */
  static <T> T read(String what, int form, byte[] bytes, Function<FormReader, T> body) {
    try (JsonParser p = FormWriter.FACTORY.createParser(bytes)) {
      FormReader in = new FormReader(p);
      in.expect(JsonToken.START_ARRAY, what);
      long found = in.number();
      if (found != form) {
        throw new WireException(
            what + " of form " + found + "; this node reads form " + form + ", upgrade it", null);
      }
      T value = body.apply(in);
      in.expect(JsonToken.END_ARRAY, "the end of " + what);
      if (p.nextToken() != null) {
        throw new WireException("more bytes behind " + what, null);
      }
      return value;
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      throw new WireException("not " + what + ": " + e.getMessage(), e);
    }
  }

  private JsonToken next() {
    try {
      JsonToken token = p.nextToken();
      if (token == null) {
        throw new WireException("the bytes end early", null);
      }
      return token;
    } catch (IOException e) {
      throw new WireException("not CBOR: " + e.getMessage(), e);
    }
  }

  private void expect(JsonToken wanted, String what) {
    JsonToken found = next();
    if (found != wanted) {
      throw new WireException("expected " + what + ", found " + found, null);
    }
  }

  long number() {
    expect(JsonToken.VALUE_NUMBER_INT, "a number");
    try {
      return p.getLongValue();
    } catch (IOException e) {
      throw new WireException("a number out of range: " + e.getMessage(), e);
    }
  }

  boolean flag() {
    JsonToken token = next();
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw new WireException("expected true or false, found " + token, null);
    }
    return token == JsonToken.VALUE_TRUE;
  }

  String text() {
    String text = textOrNull();
    if (text == null) {
      throw new WireException("expected a text, found null", null);
    }
    return text;
  }

  @Nullable String textOrNull() {
    JsonToken token = next();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token != JsonToken.VALUE_STRING) {
      throw new WireException("expected a text, found " + token, null);
    }
    try {
      return p.getText();
    } catch (IOException e) {
      throw new WireException("not a text: " + e.getMessage(), e);
    }
  }

  byte[] bytes() {
    expect(JsonToken.VALUE_EMBEDDED_OBJECT, "bytes");
    try {
      return p.getBinaryValue();
    } catch (IOException e) {
      throw new WireException("not bytes: " + e.getMessage(), e);
    }
  }

  HybridTimestamp time() {
    return HybridTimestamp.ofPacked(number());
  }

  ReplicaId replica() {
    return new ReplicaId(text(), number());
  }

  <T> @Nullable T maybe(Function<FormReader, T> form) {
    return flag() ? form.apply(this) : null;
  }

  <T> List<T> list(Function<FormReader, T> form) {
    long size = number();
    if (size < 0 || size > MAX_LIST) {
      throw new WireException("a list of " + size + " entries", null);
    }
    List<T> list = new ArrayList<>();
    for (long i = 0; i < size; i++) {
      list.add(form.apply(this));
    }
    return list;
  }

  TreeSet<ReplicaId> replicas() {
    TreeSet<ReplicaId> replicas = new TreeSet<>();
    for (ReplicaId replica : list(FormReader::replica)) {
      if (!replicas.add(replica)) {
        throw new WireException("a set names " + replica + " twice", null);
      }
    }
    return replicas;
  }

  VersionVector vector() {
    Map<ReplicaId, Long> entries = new TreeMap<>();
    for (Map.Entry<ReplicaId, Long> e : list(in -> Map.entry(in.replica(), in.number()))) {
      if (entries.put(e.getKey(), e.getValue()) != null) {
        throw new WireException("a vector names " + e.getKey() + " twice", null);
      }
    }
    return VersionVector.of(entries);
  }
}
