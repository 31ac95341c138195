package dev.converge.examples.onlineretail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DifferenceTest {
  @Test
  void equalCartsHaveNone() {
    assertThat(Difference.between("c", "n", Map.of("A", 1), Map.of("A", 1))).isEmpty();
  }

  @Test
  void missingWrongAndSurplusItemsAreAllFound() {
    assertThat(Difference.between("c", "n", Map.of("A", 1, "B", 2), Map.of("B", 3, "C", 4)))
        .containsExactly(
            new Difference("c", "n", "A", 1, 0),
            new Difference("c", "n", "B", 2, 3),
            new Difference("c", "n", "C", 0, 4))
        .first()
        .hasToString("c at n: A is 0, not 1");
  }
}
