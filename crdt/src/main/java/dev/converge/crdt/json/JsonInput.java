package dev.converge.crdt.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.converge.crdt.binary.DecodingLimits;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One document being read: a parser, the limits, and the replicas met so far.
 *
 * <p>Methods read the current token; those that go on to the next say so. Not thread-safe.
 */
final class JsonInput {
  private final JsonParser parser;
  private final DeserializationContext context;
  private final DecodingLimits limits;
  private final Map<JavaType, JsonDeserializer<Object>> deserializers = new HashMap<>();
  private final DotText dots = new DotText();
  private int depth;
  private long elements;

  JsonInput(JsonParser parser, DeserializationContext context, DecodingLimits limits) {
    this.parser = parser;
    this.context = context;
    this.limits = limits;
  }

  JsonParser parser() {
    return parser;
  }

  DeserializationContext context() {
    return context;
  }

  DecodingLimits limits() {
    return limits;
  }

  DotText dots() {
    return dots;
  }

  JsonDeserializer<Object> deserializer(JavaType type) throws JsonMappingException {
    JsonDeserializer<Object> known = deserializers.get(type);
    if (known == null) {
      known = context.findRootValueDeserializer(type);
      deserializers.put(type, known);
    }
    return known;
  }

  JsonMappingException malformed(String what) {
    return MismatchedInputException.from(parser, (JavaType) null, what);
  }

  void enter() throws IOException {
    if (++depth > limits.maxDepth()) {
      throw malformed("nested deeper than the " + limits.maxDepth() + " levels that are allowed");
    }
  }

  void leave() {
    depth--;
  }

  /** To be called for each element, key or write that is kept. */
  void count() throws IOException {
    count(1);
  }

  /** {@link #count()} for so many at once. */
  void count(int more) throws IOException {
    elements += more;
    if (elements > limits.maxElements()) {
      throw malformed("more than the " + limits.maxElements() + " elements that are allowed");
    }
  }

  void startObject() throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw malformed("an object is wanted here");
    }
  }

  void startArray() throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw malformed("an array is wanted here");
    }
  }

  /** Goes to the value of the next field and returns its name; null at the end of the object. */
  @Nullable String field() throws IOException {
    JsonToken token = parser.nextToken();
    if (token == JsonToken.END_OBJECT) {
      return null;
    }
    if (token != JsonToken.FIELD_NAME) {
      throw malformed("a field is wanted here");
    }
    String name = parser.currentName();
    parser.nextToken();
    return name;
  }

  /** Goes to the next element; false at the end of the array. */
  boolean element() throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw malformed("cut off");
    }
    return token != JsonToken.END_ARRAY;
  }

  String text(String what) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw malformed(what + " is wanted here");
    }
    return parser.getText();
  }

  Dot dot() throws IOException {
    String text = text("a dot");
    try {
      return dots.dot(text);
    } catch (IllegalArgumentException e) {
      throw malformed("not a dot: " + e.getMessage());
    }
  }

  DotText.Run run() throws IOException {
    String text = text("a run of dots");
    try {
      return dots.run(text);
    } catch (IllegalArgumentException e) {
      throw malformed("not a run of dots: " + e.getMessage());
    }
  }

  HybridTimestamp time() throws IOException {
    String text = text("a time");
    try {
      return DotText.time(text);
    } catch (IllegalArgumentException e) {
      throw malformed("not a time: " + e.getMessage());
    }
  }

  ReplicaId replica(String text) throws IOException {
    try {
      return dots.replica(text);
    } catch (IllegalArgumentException e) {
      throw malformed("not a replica: " + DotText.shown(text));
    }
  }
}
