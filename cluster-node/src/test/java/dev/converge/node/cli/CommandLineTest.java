package dev.converge.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.node.lifecycle.StartupException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void helpListsTheCommands() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("local", "node", "example", "status");
    assertThat(run("local", "--help")).isZero();
    assertThat(out.toString())
        .contains("--nodes", "--data", "--fresh", "--http-port", "--remote-port", "--config")
        .doesNotContain("--supervised");
  }

  @Test
  void theVersionIsPrinted() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("Converge ").contains("Java 1");
    assertThat(run("local", "--version")).isZero();
    assertThat(out.toString().lines().filter(l -> l.startsWith("Converge "))).hasSize(2);
  }

  @Test
  void aWrongOptionIsNamedWithExitCodeTwo() {
    assertThat(run("local", "--nodse", "3")).isEqualTo(2);
    assertThat(err.toString()).contains("'--nodse'").contains("See: converge local --help");
  }

  @Test
  void aWrongValueIsNamedWithExitCodeTwo() {
    assertThat(run("local", "--nodes", "many")).isEqualTo(2);
    assertThat(err.toString()).contains("--nodes").contains("many");
    assertThat(run("local", "--nodes", "17")).isEqualTo(2);
    assertThat(err.toString()).contains("--nodes must be from 1 to 16, not 17");
    assertThat(run("status", "--url", "localhost:8551")).isEqualTo(2);
    assertThat(err.toString()).contains("--url must be like http://127.0.0.1:8551");
  }

  @Test
  void aMissingOrUnknownCommandIsExitCodeTwo() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).startsWith("A command is missing, such as local.");
    assertThat(run("locla")).isEqualTo(2);
    assertThat(err.toString()).contains("locla");
    assertThat(run("node")).isEqualTo(2);
    assertThat(err.toString()).contains("--config");
  }

  @Test
  void anUnknownExampleIsNamed() {
    assertThat(run("example", "nothing")).isEqualTo(2);
    assertThat(err.toString()).contains("There is no example nothing");
  }

  @Test
  void aNodeThatCannotStartSaysWhyInOneLine() throws Exception {
    Path config = Files.writeString(folder.resolve("a.conf"), "converge.node.name = a");
    assertThat(run("node", "--config", config.toString())).isEqualTo(1);
    assertThat(err.toString()).isEqualToIgnoringNewLines("The disk is full.");
  }

  @Test
  void aWrongConfigurationIsShownWithoutATrace() throws Exception {
    Path config = Files.writeString(folder.resolve("a.conf"), "converge.node.nam = a");
    assertThat(run("node", "--config", config.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("did you mean converge.node.name?").doesNotContain("\tat ");
  }

  private int run(String... args) {
    CommandLine line =
        Main.commandLine(
            Main.class,
            (config, raw) -> {
              throw new StartupException("The disk is full.");
            });
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(args);
  }
}
