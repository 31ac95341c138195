package dev.converge.crdt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The harness itself: a failure is made small, and the seed it names replays it. */
class PropertyTest {
  private static List<Integer> numbers(Rng rng) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = rng.below(30); i >= 0; i--) {
      numbers.add(rng.below(100));
    }
    return numbers;
  }

  /** Wrong as soon as two numbers above 90 are there. */
  private static void check(List<Integer> numbers) {
    if (numbers.stream().filter(n -> n > 90).count() >= 2) {
      throw new AssertionError("two large numbers");
    }
  }

  private static AssertionError failure() {
    return Objects.requireNonNull(
        catchThrowableOfType(
            AssertionError.class,
            () -> Property.check("numbers", PropertyTest::numbers, PropertyTest::check)));
  }

  @Test
  void aFailureIsMadeAsSmallAsItGoesAndItsSeedReplaysIt() {
    AssertionError first = failure();
    assertThat(first).hasMessageContaining("to 2 steps").hasMessageContaining("two large numbers");
    Matcher seed =
        Pattern.compile("-Dconverge\\.seed=(-?\\d+) -Dconverge\\.cases=1")
            .matcher(Objects.requireNonNull(first.getMessage()));
    assertThat(seed.find()).isTrue();
    String seedBefore = System.getProperty("converge.seed");
    String casesBefore = System.getProperty("converge.cases");
    try {
      System.setProperty("converge.seed", seed.group(1));
      System.setProperty("converge.cases", "1");
      assertThat(steps(failure())).isEqualTo(steps(first));
    } finally {
      restore("converge.seed", seedBefore);
      restore("converge.cases", casesBefore);
    }
  }

  private static List<String> steps(AssertionError failure) {
    return Objects.requireNonNull(failure.getMessage())
        .lines()
        .filter(line -> line.startsWith("  "))
        .toList();
  }

  private static void restore(String name, @Nullable String value) {
    if (value == null) {
      System.clearProperty(name);
    } else {
      System.setProperty(name, value);
    }
  }

  @Test
  void whatHoldsIsCheckedOnAsManyCasesAsAsked() {
    int[] cases = {0};
    Property.check("anything", 123, PropertyTest::numbers, numbers -> cases[0]++);
    assertThat(cases[0]).isEqualTo(123);
  }
}
