package dev.converge.engine.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.converge.engine.walk.Scope.Event;
import org.junit.jupiter.api.Test;

/** The walk is worth its time only if it notices a protocol that is broken. */
class FaultTest {
  private static final int LIMIT = 100_000;
  private static final int STROLLS = 2_000;

  /** Walks until the fault is noticed; the first line of what is said about it. */
  private static String walked(Fault fault, Scope scope) {
    try {
      Walk.Outcome outcome = Walk.run(scope, fault, LIMIT);
      return fail(fault + " was not noticed in " + scope + ": " + outcome);
    } catch (Walk.Violation e) {
      return first(fault, e);
    }
  }

  /** The same, on ways by chance, for what takes many steps. */
  private static String strolled(Fault fault, Scope scope) {
    for (long seed = 1; seed <= STROLLS; seed++) {
      try {
        Walk.stroll(scope, fault, seed);
      } catch (Walk.Violation e) {
        return first(fault, e);
      }
    }
    return fail(fault + " was not noticed on " + STROLLS + " ways through " + scope);
  }

  private static String first(Fault fault, Walk.Violation violation) {
    String first = String.valueOf(violation.getMessage()).lines().findFirst().orElse("");
    System.out.println(fault + " caught: " + first);
    return first;
  }

  @Test
  void aPromiseBeforeTheCommitIsCaught() {
    assertThat(walked(Fault.PROMISE_BEFORE_COMMIT, WalkTest.FINALITY)).contains("is final");
  }

  @Test
  void aJoinWithoutARecordIsCaught() {
    Scope scope = WalkTest.LOST_DISK.with(Event.PROMISE, 3).with(Event.TELL, 2);
    assertThat(strolled(Fault.JOIN_WITHOUT_RECORD, scope)).contains("is final");
  }

  @Test
  void aRetirementWithoutAMajorityIsCaught() {
    assertThat(walked(Fault.RETIRE_WITHOUT_MAJORITY, WalkTest.RIVAL_RETIREMENTS))
        .contains("two sets of replicas");
  }

  @Test
  void aDotUsedAgainAfterALostDiskIsCaught() {
    Scope scope = WalkTest.LOST_DISK.with(Event.WRITE, 2);
    assertThat(walked(Fault.DOT_REUSED, scope)).contains("a dot with two contents");
  }

  @Test
  void aReleaseOneStepEarlyIsCaught() {
    Scope scope = WalkTest.MESSAGES.with(Event.PUSH, 2);
    assertThat(walked(Fault.RELEASE_ONE_STEP_EARLY, scope)).contains("lets go of");
  }

  @Test
  void finalityWithoutAMajorityIsCaught() {
    Scope scope =
        WalkTest.RETIREMENT.with(Event.PROMISE, 6).with(Event.TELL, 12).with(Event.JOIN, 0);
    assertThat(strolled(Fault.FINAL_WITHOUT_MAJORITY, scope)).contains("final");
  }

  @Test
  void aDiskThatLostItsEndAndDoesNotAskIsCaught() {
    assertThat(walked(Fault.NO_GIVE_BACK, WalkTest.POWER_LOSS)).contains("a dot with two contents");
  }

  @Test
  void aRetiredReplicaThatDropsWhatItAcknowledgedIsCaught() {
    assertThat(walked(Fault.NO_CARRY_OVER, WalkTest.RETIREMENT))
        .contains("was acknowledged and is lost");
  }
}
