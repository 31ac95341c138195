package dev.converge.multinode.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Scenarios fail where they should. */
@Tag("full")
class PlantedFaultsTest {
  private static final String SUITE = "dev.converge.multinode.suite.";
  private static final String BEFORE = "multinode.class-path-before";
  private static final String LIMIT = "converge.limit";

  @ParameterizedTest
  @CsvSource({
    "SKIP_REFOLD, ConvergenceTest,"
        + " concurrentConflictingCommandsAreDecidedTheSameWayEverywhereWithEachResolver",
    "SKIP_RELAY, LinksTest, overAThirdNodeNothingIsSeenBeforeWhatItDependsOn",
    "SKIP_RELAY, SkeletonAcceptanceTest, whatCannotComeDirectlyComesThroughTheThirdNode",
    "ACKNOWLEDGE_BEFORE_COMMIT, KillTest," + " aNodeAloneKeepsWhatItHasAcknowledgedThroughEveryKill"
  })
  void aPlantedFaultIsFoundByTheScenarioOfItsPromise(
      PlantedFault fault, String scenarios, String scenario, @TempDir Path folder)
      throws IOException {
    System.setProperty(BEFORE, fault.compile(folder).toString());
    System.setProperty(LIMIT, "20");
    try {
      Events tests =
          EngineTestKit.engine("junit-jupiter")
              .selectors(selectMethod(SUITE + scenarios + "#" + scenario))
              .execute()
              .testEvents();
      assertThat(tests.started().count()).isEqualTo(1);
      tests.failed().stream().forEach(event -> System.out.println(fault + ": " + event));
      assertThat(tests.failed().count()).as("%s is found by %s", fault, scenario).isEqualTo(1);
    } finally {
      System.clearProperty(BEFORE);
      System.clearProperty(LIMIT);
    }
  }
}
