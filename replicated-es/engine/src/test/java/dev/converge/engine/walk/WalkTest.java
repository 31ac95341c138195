package dev.converge.engine.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.converge.engine.walk.Scope.Event;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every interleaving within a few small scopes; {@code -Dconverge.walk=large} walks larger ones,
 * which takes minutes.
 */
class WalkTest {
  private static final long NO_LIMIT = Integer.MAX_VALUE / 4;

  private static final Scope MESSAGES =
      Scope.of("messages late, lost, doubled, and crashes", 1)
          .with(Event.WRITE, 1)
          .with(Event.PROMISE, 1)
          .with(Event.TELL, 2)
          .with(Event.LOSE, 1)
          .with(Event.DUPLICATE, 1)
          .with(Event.CRASH, 1);
  private static final Scope FINALITY =
      Scope.of("finality", 0).with(Event.WRITE, 1).with(Event.PROMISE, 3).with(Event.TELL, 2);
  private static final Scope RETIREMENT =
      Scope.of("retirement", 0)
          .with(Event.WRITE, 1)
          .with(Event.PROMISE, 1)
          .with(Event.TELL, 1)
          .with(Event.RETIRE, 1);
  private static final Scope RIVAL_RETIREMENTS =
      Scope.of("two retirements at once", 0).with(Event.RETIRE, 2);
  private static final Scope LOST_DISK =
      Scope.of("a lost disk", 0)
          .with(Event.WRITE, 1)
          .with(Event.TELL, 1)
          .with(Event.LOST_DISK, 1)
          .with(Event.JOIN, 1);
  private static final Scope POWER_LOSS =
      Scope.of("lost power", 0)
          .with(Event.WRITE, 2)
          .with(Event.PUSH, 1)
          .with(Event.POWER_LOSS, 1);

  private static List<Scope> scopes() {
    List<Scope> small =
        List.of(MESSAGES, FINALITY, RETIREMENT, RIVAL_RETIREMENTS, LOST_DISK, POWER_LOSS);
    return System.getProperty("converge.walk", "small").equals("large")
        ? List.of(
            MESSAGES.with(Event.WRITE, 2).with(Event.TELL, 3).with(Event.PROMISE, 2),
            FINALITY.with(Event.WRITE, 2).with(Event.TELL, 3),
            RETIREMENT.with(Event.WRITE, 2).with(Event.TELL, 2).with(Event.CRASH, 1),
            RIVAL_RETIREMENTS.with(Event.WRITE, 1).with(Event.CRASH, 1),
            LOST_DISK.with(Event.PROMISE, 1).with(Event.TELL, 2),
            POWER_LOSS.with(Event.PUSH, 2).with(Event.TELL, 1).with(Event.PROMISE, 1))
        : small;
  }

  @Test
  void everyInvariantHoldsInEveryState() {
    long states = 0;
    long steps = 0;
    for (Scope scope : scopes()) {
      Walk.Outcome outcome = Walk.run(scope, Fault.NONE, NO_LIMIT);
      System.out.println("walked " + scope + ": " + outcome);
      states += outcome.states();
      steps += outcome.steps();
    }
    System.out.println("walked " + states + " states by " + steps + " steps");
    assertThat(states).isGreaterThan(10_000);
  }

  /** Walks until the fault is noticed, and gives the first line of what is said about it. */
  private static String caught(Fault fault, Scope scope) {
    Walk.Violation violation =
        catchThrowableOfType(
            Walk.Violation.class, () -> Walk.run(scope, fault, 200_000));
    assertThat(violation).as(fault + " was not noticed in " + scope).isNotNull();
    String first = String.valueOf(violation.getMessage()).lines().findFirst().orElse("");
    System.out.println(fault + " is caught: " + first);
    return first;
  }

  @Test
  void aPromiseBeforeTheCommitIsCaught() {
    assertThat(caught(Fault.PROMISE_BEFORE_COMMIT, FINALITY)).contains("is final");
  }

  @Test
  void aJoinWithoutARecordIsCaught() {
    Scope scope =
        LOST_DISK.with(Event.PROMISE, 3).with(Event.TELL, 2);
    assertThat(caught(Fault.JOIN_WITHOUT_RECORD, scope)).contains("is final");
  }

  @Test
  void aRetirementWithoutAMajorityIsCaught() {
    assertThat(caught(Fault.RETIRE_WITHOUT_MAJORITY, RIVAL_RETIREMENTS))
        .contains("two sets of replicas");
  }

  @Test
  void aDotUsedAgainAfterALostDiskIsCaught() {
    Scope scope =
        Scope.of("a lost disk", 0).with(Event.WRITE, 2).with(Event.LOST_DISK, 1);
    assertThat(caught(Fault.DOT_REUSED, scope)).contains("two contents");
  }

  @Test
  void aReleaseOneStepEarlyIsCaught() {
    Scope scope = Scope.of("pushes", 0).with(Event.WRITE, 1).with(Event.PUSH, 2);
    assertThat(caught(Fault.RELEASE_ONE_STEP_EARLY, scope)).contains("lets go of");
  }

  @Test
  void finalityWithoutAMajorityIsCaught() {
    Scope scope = FINALITY.with(Event.RETIRE, 1);
    assertThat(caught(Fault.FINAL_WITHOUT_MAJORITY, scope)).contains("final");
  }

  @Test
  void aDiskThatLostItsEndAndDoesNotAskIsCaught() {
    assertThat(caught(Fault.NO_GIVE_BACK, POWER_LOSS)).contains("two contents");
  }

  @Test
  void aRetiredReplicaThatDropsWhatItAcknowledgedIsCaught() {
    assertThat(caught(Fault.NO_CARRY_OVER, RETIREMENT)).contains("is lost");
  }
}
