package dev.converge.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/** The simulation is worth its time only if it notices a protocol that is broken. */
class MutationTest {
  private static final int SEEDS = 200;

  /** The message of the first seed that fails. */
  private static String caught(Mutation mutation) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        Simulation.run(seed, mutation);
      } catch (AssertionError e) {
        String message = String.valueOf(e.getMessage());
        System.out.println(
            mutation + " caught by seed " + seed + ": " + message.lines().findFirst());
        return message;
      }
    }
    return fail(mutation + " was not noticed in " + SEEDS + " histories");
  }

  @Test
  void aSkippedRefoldIsCaught() {
    assertThat(caught(Mutation.SKIP_REFOLD)).contains("and before it was");
  }

  @Test
  void aSkippedCausalCheckIsCaught() {
    assertThat(caught(Mutation.SKIP_CAUSAL_CHECK)).contains("which follows");
  }

  @Test
  void aDroppedRelayIsCaught() {
    assertThat(caught(Mutation.DROP_RELAY)).containsAnyOf("no convergence", "still waits");
  }

  @Test
  void aReplyBeforeTheWriteIsStoredIsCaught() {
    assertThat(caught(Mutation.REPLY_BEFORE_STORED))
        .containsAnyOf("acknowledged", "two contents", "was held with content");
  }
}
