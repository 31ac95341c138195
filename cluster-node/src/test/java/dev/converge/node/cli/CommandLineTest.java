package dev.converge.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.node.lifecycle.StartupException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    assertThat(out.toString())
        .contains(
            "local", "node", "example", "status", "retire", "restore", "repair", "erase", "replay");
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
  void aWrongUseOfTheOperatorsCommandsIsExitCodeTwo() {
    assertThat(run("retire")).isEqualTo(2);
    assertThat(err.toString()).contains("NODE");
    assertThat(run("retire", "node-3", "--farce")).isEqualTo(2);
    assertThat(run("restore")).isEqualTo(2);
    assertThat(err.toString()).contains("--url must be given once");
    assertThat(run("erase", "cart", "c")).as("without a reason").isEqualTo(2);
    assertThat(run("repair", "cart")).isEqualTo(2);
    assertThat(err.toString()).contains("ID");
    assertThat(run("repair", "cart", "c", "d")).isEqualTo(2);
    for (String command : List.of("retire", "restore", "repair")) {
      assertThat(run(command, "--help")).isZero();
    }
    assertThat(out.toString())
        .contains("--force", "--url", "UNSAFE", "old backup", "would be lost");
  }

  @Test
  void aHistoryIsReplayedWithoutANode() throws Exception {
    Path file = folder.resolve("history");
    Files.writeString(
        file,
        "{\"format\":\"converge-history\",\"version\":1,\"type\":\"note\",\"id\":\"n\"}\n{\"events\":0}\n");
    assertThat(run("replay", file.toString())).isZero();
    assertThat(out.toString()).contains("events   0", "\"deleted\":false", "hash     ");
    Files.writeString(file, Files.readString(file).replace("note", "nothing"));
    assertThat(run("replay", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("'nothing', which is not known here");
    Files.writeString(file, "x");
    assertThat(run("replay", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("line 1 is not JSON");
    assertThat(run("replay", folder.resolve("none").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("cannot read");
    assertThat(run("replay")).isEqualTo(2);
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
