package dev.converge.node.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Values under the fields of an {@code ormap}: each of a type that whoever wrote it first chose.
 */
final class NestedValues {
  /** Maps in maps; deeper ones could not travel. */
  static final int MAX_DEPTH = 8;

  private static final int MAX_NAME_BYTES = 512;

  private NestedValues() {}

  /** The name of a field of the map, from what an operation says. */
  static String name(Fields fields) {
    String name = fields.text("field");
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_NAME_BYTES) {
      throw new BadInputException(
          "field 'field' has " + bytes + " bytes; a name has at most " + MAX_NAME_BYTES, "field");
    }
    if (!Json.isWellFormed(name)) {
      throw new BadInputException(
          "field 'field' has half a surrogate pair, which is no valid Unicode", "field");
    }
    return name;
  }

  /**
   * Reads an operation on the value under a name: {@code update} is an operation as on a key, with
   * its type.
   *
   * @throws BadInputException if it is none, or is in too many maps
   */
  static Mutation<ORMap<String, Variant>> update(Fields fields) {
    String name = name(fields);
    JsonNode update = fields.any("update");
    int depth = 1;
    for (JsonNode inner = update; inner.has("update"); inner = inner.get("update")) {
      if (++depth > MAX_DEPTH) {
        throw new BadInputException("maps in maps go at most " + MAX_DEPTH + " deep", "update");
      }
    }
    Fields nested = Fields.of("field 'update'", update);
    StoreType<?> type = StoreType.named(nested.text("type"));
    if (!type.isNestable()) {
      throw new BadInputException(
          "field 'update': a " + type.name() + " cannot stand in a map; give it a key of its own",
          "update");
    }
    return update(name, type, nested);
  }

  private static <V extends CausalCrdt<V>> Mutation<ORMap<String, Variant>> update(
      String name, StoreType<V> type, Fields nested) {
    Mutation<V> mutation = type.operation(nested.text("op"), nested);
    return (map, writer) -> {
      LocalBucket.requireType(map.get(name), name, type);
      return map.update(
          name,
          variant ->
              variant.update(
                  writer.replica(), type.causal(), value -> mutation.apply(value, writer)));
    };
  }

  /** Each field with the value of the type that it shows. */
  static JsonNode json(ORMap<String, Variant> map) {
    Map<String, JsonNode> values = new TreeMap<>();
    map.forEach(
        (name, variant) ->
            variant
                .shown()
                .flatMap(StoreType::find)
                .ifPresent(type -> values.put(name, json(variant, type))));
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    values.forEach(object::set);
    return object;
  }

  private static <V extends CausalCrdt<V>> JsonNode json(Variant variant, StoreType<V> type) {
    return type.json(variant.get(type.causal()).orElseGet(type.causal()::empty));
  }

  /** Checks what came from another node. */
  static void check(DotMap<?, ?> map) {
    for (Map.Entry<?, ? extends DotStore> field : map) {
      if (!(field.getKey() instanceof String)) {
        throw new IllegalArgumentException("'" + field.getKey() + "' is no name of a field");
      }
      StoreType.checkChosen((DotMap<?, ?>) field.getValue());
    }
  }
}
