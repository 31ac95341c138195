package dev.converge.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulation is worth its time only if it notices a protocol that is broken. */
class MutationTest {
  /** What the first seed that fails says; at most so many are tried. */
  private record Caught(long seed, String message) {}

  private static Caught caught(Mutation mutation, int seeds) {
    for (long seed = 1; seed <= seeds; seed++) {
      try {
        Simulation.run(seed, mutation);
      } catch (RuntimeException | AssertionError e) {
        return new Caught(seed, String.valueOf(e.getMessage()));
      }
    }
    return fail(mutation + " was not noticed in " + seeds + " histories");
  }

  static long firstCaught(Mutation mutation, int seeds) {
    return caught(mutation, seeds).seed();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SKIP_CAUSAL_CHECK       |  100 | which follows
          SKIP_REFOLD             |  100 | one set of events, two states
          RELEASE_ONE_STEP_EARLY  |  100 | lets go of
          PROMISE_BEFORE_COMMIT   | 1000 | final
          JOIN_WITHOUT_RECORD     |  400 | final
          RETIRE_WITHOUT_MAJORITY |  400 | two sets of replicas
          DOT_REUSED              |  100 | two contents
          ORIGIN_ID_IGNORED       |  100 | acts twice
          DROP_RELAY              |  400 | no convergence
          REPLY_BEFORE_STORED     |  100 | stored
          TAIL_NOT_READ_AGAIN     |  400 | without what they had not seen
          NO_CARRY_OVER           |  400 | acknowledged
          FENCE_IGNORED           | 1000 | closed
          FINAL_WITHOUT_MAJORITY  | 2000 | final
          """)
  void eachFaultOfTheProtocolIsCaught(Mutation mutation, int seeds, String message) {
    Caught caught = caught(mutation, seeds);
    System.out.println(
        mutation
            + " is caught by seed "
            + caught.seed()
            + ": "
            + caught.message().lines().findFirst());
    assertThat(caught.message()).contains(message);
  }
}
