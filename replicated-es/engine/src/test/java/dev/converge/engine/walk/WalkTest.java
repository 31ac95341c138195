package dev.converge.engine.walk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.engine.support.Seeds;
import dev.converge.engine.walk.Scope.Event;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every interleaving within a few small scopes, and one way by chance, many times, through scopes
 * that are too large for that. {@code -Dconverge.walk=large} walks larger ones, which takes
 * minutes.
 */
class WalkTest {
  private static final long NO_LIMIT = Integer.MAX_VALUE / 4;

  static final Scope MESSAGES =
      Scope.of("messages late, lost and doubled, and a crash", 1)
          .with(Event.WRITE, 1)
          .with(Event.PROMISE, 1)
          .with(Event.TELL, 2)
          .with(Event.LOSE, 1)
          .with(Event.DUPLICATE, 1)
          .with(Event.CRASH, 1)
          .whereOneFails();
  static final Scope FINALITY =
      Scope.of("finality", 0)
          .with(Event.WRITE, 1)
          .with(Event.PROMISE, 3)
          .with(Event.TELL, 2)
          .whereOneFails();
  static final Scope RETIREMENT =
      Scope.of("a retirement", 0)
          .with(Event.WRITE, 1)
          .with(Event.TELL, 1)
          .with(Event.RETIRE, 1)
          .with(Event.JOIN, 1)
          .whereOneFails();
  static final Scope RIVAL_RETIREMENTS =
      Scope.of("two retirements at once", 0).with(Event.RETIRE, 2);
  static final Scope LOST_DISK =
      Scope.of("a lost disk", 0)
          .with(Event.WRITE, 1)
          .with(Event.TELL, 1)
          .with(Event.LOST_DISK, 1)
          .with(Event.JOIN, 1)
          .whereOneFails();
  static final Scope POWER_LOSS =
      Scope.of("lost power", 0)
          .with(Event.WRITE, 2)
          .with(Event.PUSH, 2)
          .with(Event.PROMISE, 1)
          .with(Event.POWER_LOSS, 1)
          .whereOneFails();

  private static final Scope EVERYTHING =
      Scope.of("everything", 2)
          .with(Event.WRITE, 3)
          .with(Event.PROMISE, 4)
          .with(Event.TELL, 10)
          .with(Event.PUSH, 3)
          .with(Event.LOSE, 2)
          .with(Event.DUPLICATE, 2)
          .with(Event.CRASH, 1)
          .with(Event.RETIRE, 1)
          .with(Event.LOST_DISK, 1)
          .with(Event.JOIN, 2);

  /** Not with retirement: what only a retired replica's database still has is out of reach. */
  private static final Scope LOST_POWER_AMONG_MUCH_ELSE =
      Scope.of("lost power among much else", 2)
          .with(Event.WRITE, 4)
          .with(Event.PROMISE, 4)
          .with(Event.TELL, 8)
          .with(Event.PUSH, 5)
          .with(Event.LOSE, 2)
          .with(Event.DUPLICATE, 2)
          .with(Event.CRASH, 1)
          .with(Event.POWER_LOSS, 1);

  private static List<Scope> scopes() {
    if (System.getProperty("converge.walk", "small").equals("large")) {
      return List.of(
          MESSAGES.with(Event.WRITE, 2).with(Event.TELL, 3),
          FINALITY.with(Event.WRITE, 2).with(Event.TELL, 3),
          RETIREMENT.with(Event.WRITE, 2).with(Event.TELL, 2).with(Event.CRASH, 1),
          RIVAL_RETIREMENTS.with(Event.CRASH, 1),
          LOST_DISK.with(Event.PROMISE, 1).with(Event.TELL, 2),
          POWER_LOSS.with(Event.TELL, 2).with(Event.CRASH, 1));
    }
    return List.of(MESSAGES, FINALITY, RETIREMENT, RIVAL_RETIREMENTS, LOST_DISK, POWER_LOSS);
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
    assertThat(states).isGreaterThan(50_000);
  }

  @Test
  void everyInvariantHoldsOnWaysThroughLargerScopes() {
    Seeds.checkPart(WalkTest.class, 5_000, 10, seed -> Walk.stroll(EVERYTHING, Fault.NONE, seed));
    Seeds.checkPart(
        WalkTest.class,
        5_000,
        10,
        seed -> Walk.stroll(LOST_POWER_AMONG_MUCH_ELSE, Fault.NONE, seed));
  }
}
