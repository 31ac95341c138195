package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.multinode.MultiNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Whatever is written at the same time, or on two sides of a split, all replicas come to the same.
 */
@ThreeNodes
class ConvergenceTest extends Scenario {
  private static final int SET_SIZE = 2_000;
  private static final int BATCH = 500;

  /** One for each resolver, and each rule for deletes and creations. */
  static final List<String> DOCUMENTS = List.of("note", "profile", "contract", "pledge");

  ConvergenceTest(MultiNode group) {
    super(group);
  }

  @Test
  void parallelUpdatesOfEveryStoreTypeConvergeAndNoneIsLost() {
    group.runOnAll(
        node -> {
          JsonHttp own = own(node);
          int number = numberOf(node);
          node.barrier("all at once: the store");
          for (int round = 0; round < TypeScript.ROUNDS; round++) {
            for (TypeScript script : TypeScript.store()) {
              for (Map<String, ?> body : script.bodies(number, round)) {
                own.post("/v1/data/parallel-" + script.type(), body).expectSuccess();
              }
            }
          }
        });
    for (TypeScript script : TypeScript.store()) {
      awaitValue("after all", "parallel-" + script.type(), script.result(), all);
    }
  }

  @Test
  void parallelCommandsToEveryEntityTypeConvergeInOneOrderAndNoneIsLost() {
    group.runOnAll(
        node -> {
          JsonHttp own = own(node);
          int number = numberOf(node);
          node.barrier("all at once: entities");
          for (int round = 0; round < TypeScript.ROUNDS; round++) {
            for (TypeScript script : TypeScript.entities()) {
              for (Map<String, ?> command : script.operations().apply(number, round)) {
                own.post("/v1/entities/" + script.type() + "/parallel", command).expectSuccess();
              }
            }
          }
        });
    for (TypeScript script : TypeScript.entities()) {
      awaitSame("after all", script.type() + "/parallel", 3 * TypeScript.ROUNDS, all);
      assertThat(script.result())
          .as(script.type())
          .accepts(entity(1, script.type() + "/parallel").path("state"));
    }
  }

  private void batch(int node, List<Map<String, ?>> operations) {
    for (int from = 0; from < operations.size(); from += BATCH) {
      List<Map<String, ?>> part =
          operations.subList(from, Math.min(from + BATCH, operations.size()));
      JsonNode results =
          cluster
              .node(node)
              .http()
              .post("/v1/data", Map.of("operations", part))
              .expectSuccess()
              .body()
              .path("results");
      assertThat(results).allMatch(result -> !result.has("status"));
    }
  }

  private static List<Map<String, ?>> elements(String op, String prefix, int from, int to) {
    List<Map<String, ?>> operations = new ArrayList<>();
    for (int i = from; i < to; i++) {
      operations.add(Map.of("key", "big", "type", "orset", "op", op, "element", prefix + i));
    }
    return operations;
  }

  @Test
  void aSetOf2000ElementsKeepsAddsAndRemovesOfBothSidesOfASplit() {
    batch(1, elements("add", "e", 0, SET_SIZE));
    awaitValue("before the split", "big", set -> set.size() == SET_SIZE, all);
    nodes.cut(3, 1, 2);
    batch(1, elements("remove", "e", 0, 100));
    batch(3, elements("remove", "e", 50, 150));
    batch(2, elements("add", "a", 0, 100));
    batch(3, elements("add", "b", 0, 100));
    batch(3, elements("add", "e", 10, 11));
    awaitValue("on one side", "big", set -> set.size() == SET_SIZE - 100 + 100, 1, 2);
    assertThat(value(3, "big").size()).as("the split holds").isEqualTo(SET_SIZE - 100 + 100);
    nodes.heal();
    int left = SET_SIZE - 150 + 200 + 1;
    awaitValue("healed", "big", set -> set.size() == left, all);
    Set<String> elements = new TreeSet<>();
    value(2, "big").forEach(element -> elements.add(element.asText()));
    assertThat(elements)
        .as("an add wins over a concurrent removal; what both removed is gone")
        .contains("e10", "e150", "a0", "a99", "b0", "b99")
        .doesNotContain("e0", "e60", "e149");
  }

  /** Three sides, so that every command is concurrent with those of two others. */
  private void cutAll() {
    nodes.cut(1, 2, 3);
    nodes.cut(2, 3);
  }

  private static Map<String, ?> patch(String field, Object value) {
    return Map.of("command", "patch", "fields", Map.of(field, value));
  }

  @Test
  void concurrentConflictingCommandsAreDecidedTheSameWayEverywhereWithEachResolver() {
    for (String type : DOCUMENTS) {
      command(1, type + "/deleted", patch("text", "before"));
      awaitSame("before", type + "/deleted", 1, all);
    }
    command(1, "cart/left", Map.of("command", "add", "item", "tea", "quantity", 1));
    awaitSame("before", "cart/left", 1, all);
    cutAll();
    for (String type : DOCUMENTS) {
      for (int node : all) {
        command(node, type + "/same-field", patch("text", "of " + node));
        command(node, type + "/same-field", patch("own-" + node, node));
        command(node, type + "/created", replace("by", node));
      }
      command(1, type + "/deleted", Map.of("command", "delete"));
      command(2, type + "/deleted", patch("text", "after"));
      command(3, type + "/deleted", patch("more", "after"));
    }
    command(1, "cart/left", Map.of("command", "checkout"));
    command(2, "cart/left", Map.of("command", "add", "item", "milk", "quantity", 2));
    command(3, "cart/left", Map.of("command", "setQuantity", "item", "tea", "quantity", 7));
    nodes.heal();
    for (String type : DOCUMENTS) {
      awaitSame("healed", type + "/same-field", 6, all);
      awaitSame("healed", type + "/created", 3, all);
      awaitSame("healed", type + "/deleted", 4, all);
      assertThat(history(1, type + "/same-field").path("events").findValues("concurrentWith"))
          .as("there was something to decide")
          .anyMatch(dots -> !dots.isEmpty());
    }
    awaitSame("healed", "cart/left", 4, all);
    nodes.await(
        "the same conflicts wait for a person everywhere",
        () -> {
          JsonNode first = conflicts(1);
          return !first.isEmpty() && first.equals(conflicts(2)) && first.equals(conflicts(3));
        });
  }

  private static Map<String, ?> replace(String field, Object value) {
    return Map.of("command", "replace", "fields", Map.of(field, value));
  }

  private JsonNode conflicts(int node) {
    return cluster.node(node).http().get("/v1/conflicts").expectSuccess().body().path("conflicts");
  }

  @Test
  void keysAreDeletedAndCreatedAgainOnBothSidesOfASplit() {
    Map<String, ?> old = Map.of("type", "orset", "op", "add", "element", "old");
    Map<String, ?> five = Map.of("type", "pncounter", "op", "increment", "by", 5);
    data(1, "again", old);
    data(1, "gone", old);
    data(1, "other-type", five);
    for (String key : List.of("again", "gone", "other-type")) {
      awaitValue("before the split", key, value -> true, all);
    }
    nodes.cut(3, 1, 2);
    delete(1, "again");
    delete(3, "again");
    data(1, "again", Map.of("type", "orset", "op", "add", "element", "one"));
    data(3, "again", Map.of("type", "orset", "op", "add", "element", "three"));
    delete(1, "gone");
    delete(3, "gone");
    delete(1, "other-type");
    // Until node-2 has heard of it, the key is one of the old type there.
    awaitGone("on one side", "other-type", 1, 2);
    data(2, "other-type", Map.of("type", "lwwregister", "op", "set", "value", "new"));
    delete(3, "other-type");
    nodes.heal();
    awaitValue("healed", "again", set -> set.size() == 2, all);
    assertThat(value(2, "again").toString()).isEqualTo("[\"one\",\"three\"]");
    awaitGone("healed", "gone", all);
    awaitValue("healed", "other-type", value -> value.asText().equals("new"), all);
  }

  private void awaitGone(String when, String key, int... at) {
    nodes.await(
        when + ": " + key + " is gone at " + Arrays.toString(at),
        () ->
            IntStream.of(at)
                .allMatch(
                    node -> cluster.node(node).http().get("/v1/data/" + key).status() == 404));
  }

  private void delete(int node, String key) {
    cluster.node(node).http().delete("/v1/data/" + key).expectSuccess();
  }

  @Test
  void subscribersSeeEveryFinalValueOnceTheDustHasSettled() {
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      data(1, "told-" + i, Map.of("type", "gcounter", "op", "increment", "by", 1));
      nodes.count(1, "told-" + i, 1);
      paths.add("/v1/data/told-" + i);
      paths.add("/v1/entities/counter/told-" + i);
    }
    List<Subscriber> subscribers = new ArrayList<>();
    try {
      for (int node : all) {
        for (String path : paths) {
          subscribers.add(Subscriber.start(cluster.node(node).http(), path));
        }
      }
      for (int round = 0; round < 4; round++) {
        nodes.cut(1 + round % 3, 1 + (round + 1) % 3);
        for (int i = 0; i < 50; i++) {
          int node = 1 + i % 3;
          data(node, "told-" + i % 5, Map.of("type", "gcounter", "op", "increment", "by", 1));
          nodes.count(node, "told-" + i % 5, 1);
        }
        nodes.heal();
      }
      for (int i = 0; i < 5; i++) {
        awaitValue("settled", "told-" + i, value -> value.asInt() == 41, all);
        nodes.awaitCounted("settled", "told-" + i, 41, all);
      }
      nodes.await(
          "every subscriber has been told the last value last",
          () -> subscribers.stream().allMatch(subscriber -> subscriber.last().equals("41")));
    } finally {
      subscribers.forEach(Subscriber::close);
    }
  }
}
