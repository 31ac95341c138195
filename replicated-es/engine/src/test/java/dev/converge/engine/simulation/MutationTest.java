package dev.converge.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulation is worth its time only if it notices a protocol that is broken. */
class MutationTest {
  private record Caught(long seed, String message) {}

  /** The first seed in which one of these invariants does not hold; others may fail before. */
  private static Caught caught(Mutation mutation, int seeds, String... messages) {
    for (long seed = 1; seed <= seeds; seed++) {
      try {
        Simulation.run(seed, mutation);
      } catch (RuntimeException | AssertionError e) {
        String message = String.valueOf(e.getMessage());
        if (Arrays.stream(messages).anyMatch(message::contains)) {
          return new Caught(seed, message);
        }
      }
    }
    return fail(mutation + " was not noticed in " + seeds + " histories");
  }

  static long firstCaught(Mutation mutation, int seeds) {
    return caught(mutation, seeds, "").seed();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SKIP_CAUSAL_CHECK       |   50 | which follows
          SKIP_REFOLD             |   50 | one set of events, two states
          RELEASE_ONE_STEP_EARLY  |   50 | lets go of
          PROMISE_BEFORE_COMMIT   |  600 | were final
          JOIN_WITHOUT_RECORD     |  600 | were final
          RETIRE_WITHOUT_MAJORITY |  200 | what was final changed
          DOT_REUSED              |   50 | two contents; more of its own log
          ORIGIN_ID_IGNORED       |   50 | acts twice
          DROP_RELAY              |  200 | not well again
          REPLY_BEFORE_STORED     |   50 | was acknowledged before it was stored
          TAIL_NOT_READ_AGAIN     |   50 | one set of events, two states; without what they
          NO_CARRY_OVER           |  200 | was acknowledged, and no disk has it
          FENCE_IGNORED           |  200 | its log is closed
          FINAL_WITHOUT_MAJORITY  |  600 | what was final changed; were final
          """)
  void eachFaultOfTheProtocolIsCaught(Mutation mutation, int seeds, String messages) {
    Caught caught = caught(mutation, seeds, messages.split("; "));
    System.out.println(
        mutation
            + " is caught by seed "
            + caught.seed()
            + ": "
            + caught.message().lines().findFirst().orElse(""));
    assertThat(caught.seed()).isBetween(1L, (long) seeds);
  }
}
