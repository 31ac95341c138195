package dev.converge.engine.walk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.engine.walk.Scope.Event;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Every interleaving within small scopes: each is walked to its end. {@code -Dconverge.walk=full}
 * walks larger ones, which takes minutes and up to 3 GB.
 */
class WalkTest {
  private static final boolean FULL = System.getProperty("converge.walk", "").equals("full");
  private static final int LIMIT = 20_000_000;
  private static final int A = 0;
  private static final int B = 1;
  private static final int C = 2;
  private static final AtomicLong STATES = new AtomicLong();
  private static final AtomicLong STEPS = new AtomicLong();

  /**
   * Walks scopes to their ends, once for each replica whose frontiers are followed.
   *
   * @return in how many states something is final
   */
  private static long walk(int[] watchers, Scope... scopes) {
    long finals = 0;
    for (Scope scope : scopes) {
      for (int watcher : watchers) {
        long start = System.nanoTime();
        Walk.Outcome outcome = Walk.run(scope.watching(watcher), Fault.NONE, LIMIT);
        long millis = (System.nanoTime() - start) / 1_000_000;
        System.out.println(scope.watching(watcher) + ": " + outcome + "; " + millis + " ms");
        assertThat(outcome.states()).as("states").isGreaterThan(100);
        STATES.addAndGet(outcome.states());
        STEPS.addAndGet(outcome.steps());
        finals += outcome.finals();
      }
    }
    return finals;
  }

  private static int[] of(int... watchers) {
    return watchers;
  }

  @AfterAll
  static void printTheTotal() {
    System.out.printf(
        "All scopes: %,d states by %,d steps; every invariant held in each.%n",
        STATES.get(), STEPS.get());
  }

  @Test
  void messagesLateLostAndDoubledDoNoHarm() {
    walk(of(A, C), FULL ? Scopes.MESSAGES.more(Event.WRITE, 1) : Scopes.MESSAGES);
  }

  @Test
  void nothingComesBeforeWhatIsFinal() {
    assertSomethingIsFinal(walk(of(A, C), Scopes.FINALITY));
    if (FULL) {
      assertSomethingIsFinal(walk(of(A), Scopes.FINALITY_ANYWHERE));
    }
  }

  @Test
  void effectsComeAfterTheirCauses() {
    walk(of(A), FULL ? Scopes.CAUSALITY.more(Event.WRITE, 1) : Scopes.CAUSALITY);
  }

  @Test
  void ofTwoRetirementsAtOnceOneIsDecided() {
    walk(of(A), FULL ? Scopes.RIVALS.more(Event.JOIN, 1) : Scopes.RIVALS);
  }

  @Test
  void aRetirementIsDecidedOnceWhateverIsLost() {
    walk(of(A), Scopes.RETIREMENT_UNDER_LOSS);
  }

  @Test
  void whatIsFinalSurvivesTheRetirementOfItsAuthor() {
    assertSomethingIsFinal(
        FULL
            ? walk(of(A, C), Scopes.RETIREMENT.more(Event.JOIN, 1))
            : walk(of(C), Scopes.RETIREMENT.whereOneProposes()));
  }

  @Test
  void aRetiredReplicaComesBackWithWhatItAcknowledged() {
    Scope larger = Scopes.COME_BACK.with(Event.PROMISE, 1).with(Event.LOSE, 1);
    walk(of(A, C), FULL ? larger : Scopes.COME_BACK);
  }

  @Test
  void aReplicaJoinsWhileOthersWrite() {
    assertSomethingIsFinal(
        FULL ? walk(of(A, B, C), Scopes.JOIN, Scopes.JOIN_ANYWHERE) : walk(of(A, C), Scopes.JOIN));
  }

  @Test
  void aLostDiskIsANewIncarnation() {
    walk(of(A, C), Scopes.LOST_DISK);
    if (FULL) {
      Scope scope = Scopes.LOST_DISK.with(Event.PROMISE, 3).whereEachPromisesOnce();
      assertSomethingIsFinal(walk(of(A, C), scope));
    }
  }

  @Test
  void lostPowerTakesNoDotTwice() {
    walk(of(A, C), FULL ? Scopes.POWER_LOSS.with(Event.TELL, Scope.ANY) : Scopes.POWER_LOSS);
  }

  @Test
  void whatAReplicaThatLostPowerHadConfirmedStaysFinal() {
    assertSomethingIsFinal(walk(FULL ? of(A, B, C) : of(A, B), Scopes.POWER_LOSS_ELSEWHERE));
  }

  private static void assertSomethingIsFinal(long states) {
    assertThat(states).as("states in which something is final").isPositive();
  }
}
