package dev.converge.engine.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.converge.engine.walk.Scope.Event;
import org.junit.jupiter.api.Test;

/**
 * The walk is worth its time only if it notices a protocol that is broken. The shortest way to each
 * fault is printed.
 */
class FaultTest {
  private static final int LIMIT = 1_000_000;
  private static final int A = 0;
  private static final int C = 2;

  /** Walks until the fault is noticed; what is said about it. */
  private static String caught(Fault fault, Scope scope, int watcher) {
    try {
      Walk.Outcome outcome = Walk.run(scope.watching(watcher), fault, LIMIT);
      return fail(fault + " was not noticed in " + scope + ": " + outcome);
    } catch (Walk.Violation e) {
      System.out.println(fault + ", caught by " + e.steps().size() + " steps: " + e.getMessage());
      return e.what();
    }
  }

  @Test
  void aPromiseBeforeTheCommitIsCaught() {
    assertThat(caught(Fault.PROMISE_BEFORE_COMMIT, Scopes.FINALITY, A)).contains("is final");
  }

  @Test
  void anEventBeforeItsCausesIsCaught() {
    assertThat(caught(Fault.NO_CAUSAL_CHECK, Scopes.CAUSALITY, A)).contains("before its causes");
  }

  @Test
  void aJoinWithoutARecordIsCaught() {
    assertThat(caught(Fault.JOIN_WITHOUT_RECORD, Scopes.JOIN_ANYWHERE, A)).contains("lets go of");
  }

  @Test
  void anUnrecordedJoinerThatWritesIsCaught() {
    assertThat(caught(Fault.JOIN_WITHOUT_RECORD, Scopes.JOIN, A)).contains("is final");
  }

  @Test
  void aRetirementWithoutAMajorityIsCaught() {
    assertThat(caught(Fault.RETIRE_WITHOUT_MAJORITY, Scopes.RIVALS, A))
        .contains("two sets of replicas");
  }

  @Test
  void aDotUsedAgainAfterALostDiskIsCaught() {
    assertThat(caught(Fault.DOT_REUSED, Scopes.LOST_DISK.more(Event.WRITE, 1), A))
        .contains("a dot with two contents");
  }

  @Test
  void aReleaseOneStepEarlyIsCaught() {
    assertThat(caught(Fault.RELEASE_ONE_STEP_EARLY, Scopes.MESSAGES.with(Event.PUSH, 2), C))
        .contains("lets go of");
  }

  @Test
  void finalityWithoutAMajorityIsCaught() {
    Scope scope = Scopes.RETIREMENT.whereOneProposes();
    assertThat(caught(Fault.FINAL_WITHOUT_MAJORITY, scope, C))
        .contains("what was final is cut off");
  }

  @Test
  void aDiskThatLostItsEndAndDoesNotAskIsCaught() {
    assertThat(caught(Fault.NO_GIVE_BACK, Scopes.POWER_LOSS, A))
        .contains("a dot with two contents");
  }

  @Test
  void aSessionThatGoesOnAfterTheHandshakeIsCaught() {
    assertThat(caught(Fault.OLD_SESSION_GOES_ON, Scopes.POWER_LOSS, A))
        .contains("a dot with two contents");
  }

  @Test
  void aRetiredReplicaThatDropsWhatItAcknowledgedIsCaught() {
    assertThat(caught(Fault.NO_CARRY_OVER, Scopes.COME_BACK, A))
        .contains("was acknowledged and is lost");
  }
}
