package dev.converge.node.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.crdt.LWWMap;
import dev.converge.node.json.BadInputException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Comparator;
import java.util.TreeMap;

/** The JSON forms of what types are made of. */
final class JsonForms {
  /**
   * On each side of the decimal point; so whole numbers can be written out, and clients read them.
   */
  private static final int MAX_DIGITS = 1_000;

  private JsonForms() {}

  static JsonNode integer(BigInteger value) {
    return JsonNodeFactory.instance.numberNode(value);
  }

  static JsonNode text(String text) {
    return JsonNodeFactory.instance.textNode(text);
  }

  static JsonNode array(Collection<JsonValue> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode(values.size());
    values.forEach(value -> array.add(value.tree()));
    return array;
  }

  static Element element(String field, JsonNode node) {
    if (node.isTextual()) {
      try {
        return Element.of(node.textValue());
      } catch (IllegalArgumentException e) {
        throw new BadInputException("field '" + field + "': " + e.getMessage());
      }
    }
    if (node.isIntegralNumber()) {
      return Element.of(node.bigIntegerValue());
    }
    if (node.isNumber()) {
      return Element.of(bounded(field, node.decimalValue()));
    }
    throw new BadInputException(
        "field '" + field + "' must be a string or a number, not " + node.getNodeType());
  }

  private static BigDecimal bounded(String field, BigDecimal number) {
    long digitsBefore = (long) number.precision() - number.scale();
    if (digitsBefore > MAX_DIGITS || number.scale() > MAX_DIGITS) {
      throw new BadInputException(
          "field '"
              + field
              + "' must have at most "
              + MAX_DIGITS
              + " digits before and after the decimal point when written out");
    }
    return number;
  }

  static JsonNode of(Element element) {
    if (element instanceof Element.Text text) {
      return JsonNodeFactory.instance.textNode(text.value());
    }
    BigDecimal number = ((Element.Numeric) element).value();
    return number.scale() <= 0 && number.scale() >= -MAX_DIGITS
        ? integer(number.toBigIntegerExact())
        : JsonNodeFactory.instance.numberNode(number);
  }

  /** What was written concurrently, in an order that is the same at all nodes. */
  static JsonNode siblings(Collection<JsonValue> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode(values.size());
    values.stream()
        .sorted(Comparator.comparing(JsonValue::text))
        .map(JsonValue::tree)
        .forEach(array::add);
    return array;
  }

  static JsonNode object(LWWMap<String, JsonValue> map) {
    TreeMap<String, JsonValue> sorted = new TreeMap<>();
    map.forEach(sorted::put);
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    sorted.forEach((name, value) -> object.set(name, value.tree()));
    return object;
  }

  static JsonNode sorted(Collection<Element> elements) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode(elements.size());
    elements.stream().sorted().map(JsonForms::of).forEach(array::add);
    return array;
  }
}
