package dev.converge.node.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object, taken out one by one; {@link #end} complains about what nobody took.
 * Not thread-safe. Every method throws {@link BadInputException} that names the field, what was
 * found and what is allowed.
 */
public final class Fields {
  private final String where;
  private final JsonNode object;
  private final Set<String> taken = new TreeSet<>();

  private Fields(String where, JsonNode object) {
    this.where = where;
    this.object = object;
  }

  /** The fields of {@code node}, which must be an object; {@code where} names it in complaints. */
  public static Fields of(String where, JsonNode node) {
    if (!node.isObject()) {
      throw new BadInputException(where + " is " + kind(node) + "; a JSON object is expected");
    }
    return new Fields(where, node);
  }

  /** A text that must be there. */
  public String text(String field) {
    JsonNode value = required(field);
    if (!value.isTextual()) {
      throw wrong(field, value, "a string");
    }
    return value.textValue();
  }

  /** A text that must be there and not be empty. */
  public String nonEmptyText(String field) {
    String value = text(field);
    if (value.isEmpty()) {
      throw new BadInputException("field '" + field + "' of " + where + " is empty", field);
    }
    return value;
  }

  /** An integer above 0, or {@code ifAbsent}; of any size. */
  public BigInteger positive(String field, BigInteger ifAbsent) {
    JsonNode value = optional(field);
    return value == null ? ifAbsent : integer(field, value, BigInteger.ONE, "a positive integer");
  }

  /** An integer above 0 that must be there; of any size. */
  public BigInteger positive(String field) {
    return integer(field, required(field), BigInteger.ONE, "a positive integer");
  }

  /** An integer from 0 up that must be there; of any size. */
  public BigInteger notNegative(String field) {
    return integer(field, required(field), BigInteger.ZERO, "an integer from 0 up");
  }

  private BigInteger integer(String field, JsonNode value, BigInteger least, String allowed) {
    if (!value.isIntegralNumber() || value.bigIntegerValue().compareTo(least) < 0) {
      throw wrong(field, value, allowed);
    }
    return value.bigIntegerValue();
  }

  /** An integer that must be there; of any size. */
  public BigInteger integer(String field) {
    JsonNode value = required(field);
    if (!value.isIntegralNumber()) {
      throw wrong(field, value, "an integer");
    }
    return value.bigIntegerValue();
  }

  /** Whether there is a field of that name; it is not taken by that. */
  public boolean has(String field) {
    return object.has(field);
  }

  /** The names of all fields, in their order. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Any JSON value that must be there; null is one. */
  public JsonNode any(String field) {
    return required(field);
  }

  /** An object that must be there, as its entries. */
  public Map<String, JsonNode> object(String field) {
    JsonNode value = required(field);
    if (!value.isObject()) {
      throw wrong(field, value, "a JSON object");
    }
    Map<String, JsonNode> entries = new TreeMap<>();
    value.properties().forEach(e -> entries.put(e.getKey(), e.getValue()));
    return entries;
  }

  /** An array of texts that must be there. */
  public List<String> texts(String field) {
    JsonNode value = required(field);
    List<String> texts = new ArrayList<>();
    value.forEach(each -> texts.add(each.textValue()));
    if (!value.isArray() || texts.contains(null)) {
      throw wrong(field, value, "an array of strings");
    }
    return texts;
  }

  /** True or false, or {@code ifAbsent}. */
  public boolean flag(String field, boolean ifAbsent) {
    JsonNode value = optional(field);
    if (value != null && !value.isBoolean()) {
      throw wrong(field, value, "true or false");
    }
    return value == null ? ifAbsent : value.booleanValue();
  }

  /** Complains if a field is left. */
  public void end() {
    Set<String> unknown = new TreeSet<>();
    object.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(taken);
    if (!unknown.isEmpty()) {
      throw new BadInputException(
          "unknown field " + unknown + " in " + where + "; known here: " + taken,
          unknown.iterator().next());
    }
  }

  private JsonNode required(String field) {
    JsonNode value = optional(field);
    if (value == null) {
      throw new BadInputException("field '" + field + "' is missing in " + where, field);
    }
    return value;
  }

  private @Nullable JsonNode optional(String field) {
    taken.add(field);
    return object.get(field);
  }

  private BadInputException wrong(String field, JsonNode value, String allowed) {
    String shown = value.toString();
    return new BadInputException(
        "field '"
            + field
            + "' of "
            + where
            + " must be "
            + allowed
            + ", not "
            + (shown.length() > 60 ? shown.substring(0, 60) + "..." : shown),
        field);
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "an array";
      case BOOLEAN -> "a boolean";
      case NULL -> "null";
      case NUMBER -> "a number";
      case STRING -> "a string";
      default -> "something else";
    };
  }
}
