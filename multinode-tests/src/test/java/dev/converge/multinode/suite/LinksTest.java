package dev.converge.multinode.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.multinode.MultiNode;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Links that are cut, cut one way, flap, or are slow, and clocks that are wrong. */
@ThreeNodes
class LinksTest extends Scenario {
  LinksTest(MultiNode group) {
    super(group);
  }

  private static Map<String, ?> add(String item) {
    return Map.of("command", "add", "item", item, "quantity", 1);
  }

  private JsonNode items(int node, String cart) {
    return entity(node, "cart/" + cart).at("/state/items");
  }

  @Test
  void overAThirdNodeNothingIsSeenBeforeWhatItDependsOn() {
    int rounds = 20;
    nodes.cut(1, 3);
    for (int round = 0; round < rounds; round++) {
      String cause = "cause-" + round;
      String effect = "effect-" + round;
      command(1, "cart/causal", add(cause));
      nodes.await("node-2 sees " + cause, () -> items(2, "causal").has(cause));
      command(2, "cart/causal", add(effect));
      nodes.await(
          "node-3 sees " + effect,
          () -> {
            JsonNode seen = items(3, "causal");
            assertThat(seen.has(effect) && !seen.has(cause))
                .as("an effect without its cause: %s", seen)
                .isFalse();
            return seen.has(effect);
          });
    }
    awaitSame("still cut", "cart/causal", 2 * rounds, all);
    nodes.heal();
    awaitSame("healed", "cart/causal", 2 * rounds, all);
  }

  @Test
  void aLinkThatWorksInOneDirectionOnlyStopsNobodyAndAllConverge() {
    group.cutOneWay("node-1", "node-3");
    for (int i = 0; i < 30; i++) {
      nodes.count(1 + i % 3, "one-way", 1);
      nodes.increment(1 + i % 3, "one-way", 1);
    }
    nodes.awaitCounted("one way", "one-way", 30, all);
    nodes.awaitValue("one way", "one-way", 30, all);
    nodes.heal();
    nodes.count(1, "one-way", 1);
    nodes.increment(1, "one-way", 1);
    nodes.awaitCounted("healed", "one-way", 31, all);
    nodes.awaitValue("healed", "one-way", 31, all);
  }

  @Test
  void aLinkThatFlapsLosesNothing() {
    int written = 0;
    for (int flap = 0; flap < 15; flap++) {
      nodes.cut(1 + flap % 3, 1 + (flap + 1) % 3);
      for (int i = 0; i < 6; i++) {
        nodes.count(1 + i % 3, "flapping", 1);
        nodes.increment(1 + i % 3, "flapping", 1);
        written++;
      }
      nodes.heal();
    }
    nodes.awaitCounted("settled", "flapping", written, all);
    nodes.awaitValue("settled", "flapping", written, all);
    awaitSame("settled", "counter/flapping", written, all);
  }

  @Test
  void aSlowNodeHoldsNobodyUpAndConverges() {
    group.slow("node-3", Duration.ofMillis(400));
    for (int i = 0; i < 60; i++) {
      nodes.count(1 + i % 3, "slow", 1);
      nodes.increment(1 + i % 3, "slow", 1);
    }
    // While node-3 lags.
    nodes.awaitCounted("the two others", "slow", 60, 1, 2);
    nodes.awaitCounted("still slow", "slow", 60, all);
    nodes.awaitValue("still slow", "slow", 60, all);
    for (int node : all) {
      assertThat(nodes.knows(1, node)).as("a slow node is no dead one").isTrue();
    }
    group.heal();
    awaitSame("quick again", "counter/slow", 60, all);
  }

  @Test
  void aClockTenMinutesOffLosesNoWriteAndOvertakesNobodyWhoHasSeenIt() {
    group.setClock("node-3", Duration.ofMinutes(10));
    setRegister(3, "of the future");
    command(3, "note/clock", patch("of the future"));
    awaitRegister("ahead", "of the future");
    awaitSame("ahead", "note/clock", 1, all);
    setRegister(1, "after it");
    command(1, "note/clock", patch("after it"));
    awaitRegister("ahead", "after it");
    awaitSame("ahead", "note/clock", 2, all);
    assertThat(entity(3, "note/clock").at("/state/fields/text").asText()).isEqualTo("after it");

    group.setClock("node-3", Duration.ofMinutes(-10));
    setRegister(3, "of the past");
    command(3, "note/clock", patch("of the past"));
    awaitRegister("behind", "of the past");
    awaitSame("behind", "note/clock", 3, all);
    assertThat(entity(1, "note/clock").at("/state/fields/text").asText()).isEqualTo("of the past");
    for (int i = 0; i < 30; i++) {
      nodes.count(1 + i % 3, "clock", 1);
    }
    nodes.awaitCounted("behind", "clock", 30, all);
    group.setClock("node-3", Duration.ZERO);
    nodes.await(
        "with the right time again all of it is final everywhere",
        () -> {
          for (int node : all) {
            if (!entity(node, "note/clock").path("final").asBoolean()) {
              return false;
            }
          }
          return true;
        });
  }

  private static Map<String, ?> patch(String text) {
    return Map.of("command", "patch", "fields", Map.of("text", text));
  }

  private void setRegister(int node, String value) {
    data(node, "clock", Map.of("type", "lwwregister", "op", "set", "value", value));
  }

  private void awaitRegister(String when, String value) {
    awaitValue(when, "clock", shown -> shown.asText().equals(value), all);
  }
}
