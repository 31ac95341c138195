package dev.converge.pekko.membership;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Whole nodes' sets of replicas over simulated journals, links and time: they crash at any point,
 * lose disks, retire each other, join, and come back. {@code -Dconverge.seed=N} runs one history,
 * {@code -Dconverge.seeds=N} so many.
 */
class ReplicasSimulationTest {

  @Test
  void aReplicaThatLostPowerDoesNotWaitForRowsOfALogThatItHasClosed() {
    new SimRun(32, SimFault.NONE).run();
  }

  @Test
  void aSponsorThatLosesItsDiskBeforeTheJoinerBeginsStopsNobody() {
    new SimRun(72, SimFault.NONE).run();
  }

  @Test
  void whoIsReplacedLeavesWithWhoIsRetiredAsNeitherWillAnswer() {
    new SimRun(850, SimFault.NONE).run();
  }

  @Test
  void oneSetEverywhereWhateverHappensAndNothingAcknowledgedOrFinalIsLost() {
    int retirements = 0;
    int joins = 0;
    int comebacks = 0;
    int carried = 0;
    int acknowledged = 0;
    int powerLosses = 0;
    Long one = Long.getLong("converge.seed");
    long seeds = Long.getLong("converge.seeds", 25);
    for (long seed = one == null ? 1 : one; seed <= (one == null ? seeds : one); seed++) {
      SimBooks books = new SimRun(seed, SimFault.NONE).run();
      retirements += books.retirements;
      joins += books.joins;
      comebacks += books.comebacks;
      carried += books.carried;
      acknowledged += books.size();
      powerLosses += books.powerLosses;
    }
    System.out.printf(
        "%d retired, %d joined, %d came back, %d events carried over, %d acknowledged,"
            + " %d times power was lost%n",
        retirements, joins, comebacks, carried, acknowledged, powerLosses);
    if (one == null && seeds >= 25) {
      assertThat(retirements).isPositive();
      assertThat(joins).isPositive();
      assertThat(comebacks).isPositive();
      assertThat(carried).isPositive();
      assertThat(powerLosses).isPositive();
    }
  }
}
