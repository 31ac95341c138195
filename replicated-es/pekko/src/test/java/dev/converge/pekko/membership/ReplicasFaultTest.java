package dev.converge.pekko.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** The shell's duties broken on purpose: the simulation has to notice. */
class ReplicasFaultTest {
  @Test
  void everyPlantedFaultIsCaught() {
    for (SimFault fault : EnumSet.complementOf(EnumSet.of(SimFault.NONE))) {
      long caught = 0;
      String how = "";
      for (long seed = fault.seed; seed < fault.seed + 200 && caught == 0; seed++) {
        try {
          new SimRun(seed, fault).run();
        } catch (AssertionError e) {
          caught = seed;
          how = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        }
      }
      System.out.println(fault + ": seed " + caught + ", " + how);
      assertThat(caught).as(fault + " is not caught in 200 histories").isPositive();
    }
  }
}
