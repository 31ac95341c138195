package dev.converge.multinode.suite;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * What each of three nodes does to a type, ten rounds of it, all at the same time, and what must
 * come of it.
 *
 * @param type of the store, or of entities
 * @param operations of a node, from 1, in a round, from 0
 * @param result whether the value, or the state, is one that these can come to
 */
record TypeScript(
    String type,
    BiFunction<Integer, Integer, List<Map<String, ?>>> operations,
    Predicate<JsonNode> result) {
  static final int ROUNDS = 10;

  /** 1 + 2 + 3, in each round. */
  private static final int SUM = 6 * ROUNDS;

  /** Every type of the store that the contract names. */
  static List<TypeScript> store() {
    List<TypeScript> all = new ArrayList<>();
    all.add(of("gcounter", (n, r) -> op("increment", "by", n), v -> v.asInt() == SUM));
    all.add(
        new TypeScript(
            "pncounter",
            (n, r) -> List.of(op("increment", "by", 2 * n), op("decrement", "by", n)),
            v -> v.asInt() == SUM));
    all.add(of("boundedcounter", (n, r) -> op("increment", "by", n), v -> v.asInt() == SUM));
    all.add(of("gset", (n, r) -> op("add", "element", n + "-" + r), v -> v.size() == 3 * ROUNDS));
    for (String set : List.of("orset", "rwset", "lwwset")) {
      all.add(
          new TypeScript(
              set,
              (n, r) ->
                  List.of(
                      op("add", "element", n + "-" + r),
                      op(r % 2 == 0 ? "remove" : "add", "element", n + "-" + r)),
              v -> v.size() == 3 * ROUNDS / 2));
    }
    all.add(of("lwwregister", (n, r) -> op("set", "value", r), v -> v.asInt(-1) == ROUNDS - 1));
    all.add(of("mvregister", (n, r) -> op("set", "value", n + "-" + r), v -> !v.isEmpty()));
    all.add(of("ewflag", (n, r) -> op(r % 2 == 0 ? "disable" : "enable"), JsonNode::asBoolean));
    all.add(of("dwflag", (n, r) -> op(r % 2 == 0 ? "enable" : "disable"), v -> !v.asBoolean()));
    all.add(
        of(
            "lwwmap",
            (n, r) -> op("put", "field", "of-" + n, "value", r),
            v -> v.size() == 3 && v.path("of-3").asInt() == ROUNDS - 1));
    all.add(
        of(
            "ormap",
            (n, r) ->
                op(
                    "update",
                    "field",
                    "sum",
                    "update",
                    Map.of("type", "pncounter", "op", "increment", "by", n)),
            v -> v.size() == 1));
    all.add(of("rga", (n, r) -> op("insert", "index", 0, "value", n), v -> v.size() == 3 * ROUNDS));
    all.add(
        of(
            "text",
            (n, r) -> op("insert", "index", 0, "text", "" + n),
            v -> v.asText().length() == 3 * ROUNDS));
    return all;
  }

  /** Every ready-made type of entities, and one declared document type for each resolver. */
  static List<TypeScript> entities() {
    List<TypeScript> all = new ArrayList<>();
    all.add(of("counter", (n, r) -> command("increment", "by", n), s -> is(s, "/value", SUM)));
    all.add(
        of(
            "cart",
            (n, r) -> command("add", "item", "shared", "quantity", n),
            s -> is(s, "/items/shared", SUM)));
    for (String document : ConvergenceTest.DOCUMENTS) {
      all.add(
          of(
              document,
              (n, r) -> command("patch", "fields", Map.of("of-" + n, r)),
              s -> s.at("/fields").size() > 0));
    }
    return all;
  }

  private static boolean is(JsonNode state, String pointer, int value) {
    return state.at(pointer).asInt() == value;
  }

  private static TypeScript of(
      String type,
      BiFunction<Integer, Integer, Map<String, ?>> operation,
      Predicate<JsonNode> result) {
    return new TypeScript(type, (n, r) -> List.of(operation.apply(n, r)), result);
  }

  private static Map<String, ?> op(String op, Object... fields) {
    return withFields("op", op, fields);
  }

  private static Map<String, ?> command(String command, Object... fields) {
    return withFields("command", command, fields);
  }

  private static Map<String, ?> withFields(String key, String name, Object... fields) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(key, name);
    for (int i = 0; i < fields.length; i += 2) {
      map.put((String) fields[i], fields[i + 1]);
    }
    return map;
  }

  /** The operations of a round as bodies of requests to the store. */
  List<Map<String, ?>> bodies(int node, int round) {
    List<Map<String, ?>> bodies = new ArrayList<>();
    for (Map<String, ?> operation : operations.apply(node, round)) {
      Map<String, Object> body = new LinkedHashMap<>(operation);
      body.put("type", type);
      bodies.add(body);
    }
    return bodies;
  }
}
