package dev.converge.node.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.converge.node.json.BadInputException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;

/** The JSON forms of what types are made of. */
final class JsonForms {
  /** Whole numbers up to this many trailing zeros are written out; 1e1000000 is not. */
  private static final int MAX_WRITTEN_ZEROS = 400;

  private JsonForms() {}

  static JsonNode integer(BigInteger value) {
    return JsonNodeFactory.instance.numberNode(value);
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
      return Element.of(node.decimalValue());
    }
    throw new BadInputException(
        "field '" + field + "' must be a string or a number, not " + node.getNodeType());
  }

  static JsonNode of(Element element) {
    if (element instanceof Element.Text text) {
      return JsonNodeFactory.instance.textNode(text.value());
    }
    BigDecimal number = ((Element.Numeric) element).value();
    return number.scale() <= 0 && number.scale() >= -MAX_WRITTEN_ZEROS
        ? integer(number.toBigIntegerExact())
        : JsonNodeFactory.instance.numberNode(number);
  }

  static JsonNode sorted(Collection<Element> elements) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode(elements.size());
    elements.stream().sorted().map(JsonForms::of).forEach(array::add);
    return array;
  }
}
