package dev.converge.crdt.json;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import dev.converge.crdt.binary.Bytes;
import java.io.IOException;
import java.math.BigInteger;
import java.util.UUID;

/** How an element, a key or the value of a write is read. */
abstract class JsonValue {
  /** The largest whole number that every JSON reader keeps exactly. */
  static final BigInteger MAX_SAFE = BigInteger.valueOf((1L << 53) - 1);

  static final JsonValue TEXT = new Text();
  static final JsonValue BOOLEAN = new Truth();
  static final JsonValue INTEGER = new Whole();
  static final JsonValue ANY = new Any();

  /** The value at the current token, never null. */
  abstract Object read(JsonInput in) throws IOException;

  /** A value that Jackson reads, by its static type. */
  static JsonValue of(JavaType type) {
    return new ByJackson(type);
  }

  private static final class ByJackson extends JsonValue {
    private final JavaType type;

    ByJackson(JavaType type) {
      this.type = type;
    }

    @Override
    Object read(JsonInput in) throws IOException {
      JsonDeserializer<Object> deserializer = in.deserializer(type);
      if (in.parser().currentToken() == JsonToken.VALUE_NULL) {
        throw in.malformed("null is no element, key or value");
      }
      Object value = deserializer.deserialize(in.parser(), in.context());
      if (value == null) {
        throw in.malformed("null is no element, key or value");
      }
      return value;
    }
  }

  private static final class Text extends JsonValue {
    @Override
    Object read(JsonInput in) throws IOException {
      return in.text("text");
    }
  }

  private static final class Truth extends JsonValue {
    @Override
    Object read(JsonInput in) throws IOException {
      JsonToken token = in.parser().currentToken();
      if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
        throw in.malformed("true or false is wanted here");
      }
      return token == JsonToken.VALUE_TRUE;
    }
  }

  /** A JSON number as long as all can read it, beyond that a text of digits. */
  private static final class Whole extends JsonValue {
    @Override
    Object read(JsonInput in) throws IOException {
      JsonToken token = in.parser().currentToken();
      if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_STRING) {
        throw in.malformed("a whole number is wanted here");
      }
      return wholeNumber(in, in.parser().getText());
    }
  }

  static BigInteger wholeNumber(JsonInput in, String digits) throws IOException {
    // Digits beyond this many take time that grows with their square.
    if (digits.length() > 10_000) {
      throw in.malformed("a whole number of more than 10000 digits");
    }
    try {
      BigInteger number = new BigInteger(digits);
      if (!number.toString().equals(digits)) {
        throw in.malformed("a whole number in another spelling: " + DotText.shown(digits));
      }
      return number;
    } catch (NumberFormatException e) {
      throw in.malformed("not a whole number: " + DotText.shown(digits));
    }
  }

  /** A value with the name of its type: what stands in variants. */
  private static final class Any extends JsonValue {
    @Override
    Object read(JsonInput in) throws IOException {
      JsonToken token = in.parser().currentToken();
      if (token == JsonToken.VALUE_STRING) {
        return in.text("text");
      }
      if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
        return token == JsonToken.VALUE_TRUE;
      }
      in.startObject();
      String type = in.field();
      if (type == null) {
        throw in.malformed("a value in a variant says its type, as in {\"long\": \"5\"}");
      }
      String text = in.text("the text of a value");
      Object value = typed(in, type, text);
      if (in.field() != null) {
        throw in.malformed("a value in a variant has one field");
      }
      return value;
    }

    private static Object typed(JsonInput in, String type, String text) throws IOException {
      try {
        Object value =
            switch (type) {
              case "integer" -> wholeNumber(in, text);
              case "long" -> Long.valueOf(text);
              case "int" -> Integer.valueOf(text);
              case "double" -> Double.valueOf(text);
              case "uuid" -> UUID.fromString(text);
              case "bytes" -> Bytes.of(java.util.HexFormat.of().parseHex(text));
              default -> throw in.malformed("no type of values is named " + DotText.shown(type));
            };
        if (!value.toString().equals(text)) {
          throw in.malformed("a value in another spelling: " + DotText.shown(text));
        }
        return value;
      } catch (IllegalArgumentException e) {
        throw in.malformed("not of type " + type + ": " + DotText.shown(text));
      }
    }
  }
}
