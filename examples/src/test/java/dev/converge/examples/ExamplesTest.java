package dev.converge.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.node.cli.ExampleMain;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ExamplesTest {
  @Test
  void everyExampleHasANameAndALineAndThoseThatSpeakHttpTakeAUrl() {
    ServiceLoader<ExampleMain> examples = ServiceLoader.load(ExampleMain.class);

    assertThat(examples)
        .extracting(example -> new CommandLine(example).getCommandName())
        .contains("online-retail", "read-model", "replicated-counter", "shopping-cart-orset");
    for (ExampleMain example : examples) {
      CommandLine line = new CommandLine(example);
      assertThat(line.getCommandSpec().usageMessage().description()).hasSize(1);
      assertThat(line.getCommandSpec().optionsMap()).containsKey("--help");
      if (!line.getCommandName().equals("replicated-counter")) { // has its own nodes, in its JVM
        assertThat(line.getCommandSpec().optionsMap()).containsKey("--url");
      }
    }
  }
}
