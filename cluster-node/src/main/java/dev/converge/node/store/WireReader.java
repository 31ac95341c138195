package dev.converge.node.store;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigInteger;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/** Reads tokens that must be what is expected. Not thread-safe. */
final class WireReader {
  private final JsonParser parser;

  WireReader(JsonParser parser) {
    this.parser = parser;
  }

  void next() throws IOException {
    parser.nextToken();
  }

  /** Moves on; whether there is an element before the array ends. */
  boolean hasNext() throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw new WireFormatException("the bytes end too early");
    }
    return token != JsonToken.END_ARRAY;
  }

  boolean isArray() {
    return parser.currentToken() == JsonToken.START_ARRAY;
  }

  boolean isText() {
    return parser.currentToken() == JsonToken.VALUE_STRING;
  }

  void startArray(String what) throws IOException {
    expect(parser.nextToken(), JsonToken.START_ARRAY, what);
  }

  void endArray(String what) throws IOException {
    expect(parser.nextToken(), JsonToken.END_ARRAY, "the end of " + what);
  }

  /** Complains if there is more. */
  void end() throws IOException {
    if (parser.nextToken() != null) {
      throw new WireFormatException("there are bytes after the end");
    }
  }

  long number(String what) throws IOException {
    parser.nextToken();
    return currentNumber(what);
  }

  long currentNumber(String what) throws IOException {
    expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
    return parser.getLongValue();
  }

  BigInteger currentInteger(String what) throws IOException {
    expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
    return parser.getBigIntegerValue();
  }

  String text(String what) throws IOException {
    parser.nextToken();
    return currentText(what);
  }

  String currentText(String what) throws IOException {
    expect(parser.currentToken(), JsonToken.VALUE_STRING, what);
    return parser.getText();
  }

  ByteString bytes(String what) throws IOException {
    expect(parser.nextToken(), JsonToken.VALUE_EMBEDDED_OBJECT, what);
    return ByteString.fromArrayUnsafe(parser.getBinaryValue());
  }

  private static void expect(@Nullable JsonToken found, JsonToken wanted, String what) {
    if (found != wanted) {
      throw new WireFormatException("expected " + what + ", found " + found);
    }
  }
}
