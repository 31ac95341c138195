package dev.converge.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.node.cli.ExampleMain;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ExamplesTest {
  /** Those with nodes of their own in their JVM. */
  private static final Set<String> IN_JVM = Set.of("replicated-counter", "plug-in");

  @Test
  void everyExampleHasANameAndALineAndThoseThatSpeakHttpTakeAUrl() {
    ServiceLoader<ExampleMain> examples = ServiceLoader.load(ExampleMain.class);

    assertThat(examples)
        .extracting(example -> new CommandLine(example).getCommandName())
        .contains(
            "online-retail", "plug-in", "read-model", "replicated-counter", "shopping-cart-orset");
    for (ExampleMain example : examples) {
      CommandLine line = new CommandLine(example);
      assertThat(line.getCommandSpec().usageMessage().description()).hasSize(1);
      assertThat(line.getCommandSpec().optionsMap()).containsKey("--help");
      if (!IN_JVM.contains(line.getCommandName())) {
        assertThat(line.getCommandSpec().optionsMap()).containsKey("--url");
      }
    }
  }
}
