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

  /** Walks a scope once for each replica whose frontiers are followed. */
  private static long walk(Scope scope, int... watchers) {
    long finals = 0;
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
    return finals;
  }

  @AfterAll
  static void printTheTotal() {
    System.out.printf(
        "All scopes: %,d states by %,d steps; every invariant held in each.%n",
        STATES.get(), STEPS.get());
  }

  @Test
  void messagesLateLostAndDoubledDoNoHarm() {
    walk(
        FULL ? Scopes.MESSAGES.more(Event.WRITE, 1).more(Event.PROMISE, 1) : Scopes.MESSAGES, A, C);
  }

  @Test
  void nothingComesBeforeWhatIsFinal() {
    assertThat(walk(FULL ? Scopes.FINALITY.more(Event.WRITE, 1) : Scopes.FINALITY, A, C))
        .as("states in which something is final")
        .isPositive();
  }

  @Test
  void effectsComeAfterTheirCauses() {
    walk(FULL ? Scopes.CAUSALITY.more(Event.WRITE, 1) : Scopes.CAUSALITY, A);
  }

  @Test
  void ofTwoRetirementsAtOnceOneIsDecided() {
    walk(FULL ? Scopes.RIVALS.more(Event.CRASH, 1).more(Event.LOSE, 1) : Scopes.RIVALS, A);
  }

  @Test
  void whatIsFinalSurvivesTheRetirementOfItsAuthor() {
    int[] watchers = FULL ? new int[] {A, B, C} : new int[] {C};
    assertThat(walk(Scopes.RETIREMENT, watchers))
        .as("states in which something is final")
        .isPositive();
  }

  @Test
  void aRetiredReplicaComesBackWithWhatItAcknowledged() {
    walk(FULL ? Scopes.COME_BACK.more(Event.PROMISE, 1) : Scopes.COME_BACK, A, C);
  }

  @Test
  void aReplicaJoinsWhileOthersWrite() {
    assertThat(FULL ? walk(Scopes.JOIN, A, B, C) : walk(Scopes.JOIN, C))
        .as("states in which something is final")
        .isPositive();
  }

  @Test
  void aLostDiskIsANewIncarnation() {
    walk(FULL ? Scopes.LOST_DISK.more(Event.PROMISE, 1) : Scopes.LOST_DISK, A, C);
  }

  @Test
  void lostPowerTakesNoDotTwice() {
    walk(FULL ? Scopes.POWER_LOSS.with(Event.TELL, Scope.ANY) : Scopes.POWER_LOSS, A, C);
  }
}
