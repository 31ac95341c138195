package dev.converge.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.node.cli.ExampleMain;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ExamplesTest {
  @Test
  void everyExampleHasANameALineAndTheOptionUrl() {
    ServiceLoader<ExampleMain> examples = ServiceLoader.load(ExampleMain.class);

    assertThat(examples)
        .extracting(example -> new CommandLine(example).getCommandName())
        .contains("online-retail", "shopping-cart-orset");
    for (ExampleMain example : examples) {
      CommandLine line = new CommandLine(example);
      assertThat(line.getCommandSpec().usageMessage().description()).hasSize(1);
      assertThat(line.getCommandSpec().optionsMap()).containsKeys("--url", "--help");
    }
  }
}
