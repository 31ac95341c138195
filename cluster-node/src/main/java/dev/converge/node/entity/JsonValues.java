package dev.converge.node.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.json.Json;
import java.math.BigDecimal;

/**
 * JSON values in one form, whether they came from a client's text, from a journal's CBOR or from a
 * checkpoint. Jackson has several nodes for one number, which are not equal.
 */
final class JsonValues {
  private JsonValues() {}

  /**
   * The same value, with every number as a {@link BigIntegerNode} if it is written without a point
   * and an exponent, else as a {@link DecimalNode} without zeros at its end. O(size).
   */
  static JsonNode canonical(JsonNode value) {
    if (value.isObject()) {
      ObjectNode object = Json.object();
      value.properties().forEach(one -> object.set(one.getKey(), canonical(one.getValue())));
      return object;
    }
    if (value.isArray()) {
      ArrayNode array = Json.array();
      value.forEach(one -> array.add(canonical(one)));
      return array;
    }
    return value.isNumber() ? number(value) : value;
  }

  private static JsonNode number(JsonNode value) {
    if (value.isIntegralNumber()) {
      return value.isBigInteger() ? value : BigIntegerNode.valueOf(value.bigIntegerValue());
    }
    BigDecimal decimal = value.decimalValue().stripTrailingZeros();
    return decimal.scale() == 0
        ? BigIntegerNode.valueOf(decimal.unscaledValue())
        : DecimalNode.valueOf(decimal);
  }
}
