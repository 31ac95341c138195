package dev.converge.node.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of {@link FakeMain}, leader of a process group of its own, with what it prints. */
final class Launched implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Pattern STARTED = Pattern.compile("(node-\\d+) started, process (\\d+)");

  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private Launched(Process process) {
    this.process = process;
    this.reader = new Thread(() -> process.inputReader().lines().forEach(lines::add), "launched");
    reader.setDaemon(true);
    reader.start();
  }

  static Launched run(String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "setsid",
                // A shell starts what it puts into the background with SIGINT ignored, and all
                // that is started from there ignores it too.
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                FakeMain.class.getName()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder
        .environment()
        .put("CONVERGE_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Dconverge.node.stop-timeout=2s");
    return new Launched(builder.start());
  }

  List<String> lines() {
    return lines;
  }

  Launched awaitLine(String part) {
    await("a line with \"" + part + "\" in " + lines)
        .atMost(LIMIT)
        .until(() -> lines.stream().anyMatch(l -> l.contains(part)));
    return this;
  }

  /** The process id that the launcher has given last for {@code node}. */
  ProcessHandle child(String node) {
    ProcessHandle last = null;
    for (String line : lines) {
      Matcher m = STARTED.matcher(line);
      if (m.matches() && m.group(1).equals(node)) {
        last = ProcessHandle.of(Long.parseLong(m.group(2))).orElse(null);
      }
    }
    assertThat(last).as("process of %s in %s", node, lines).isNotNull();
    return java.util.Objects.requireNonNull(last);
  }

  List<ProcessHandle> children() {
    return lines.stream()
        .map(STARTED::matcher)
        .filter(Matcher::matches)
        .flatMap(m -> ProcessHandle.of(Long.parseLong(m.group(2))).stream())
        .toList();
  }

  void signal(String signal) throws IOException, InterruptedException {
    kill(signal, Long.toString(process.pid()));
  }

  void signalGroup(String signal) throws IOException, InterruptedException {
    kill(signal, "-" + process.pid());
  }

  static void kill(String signal, String target) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-s", signal, "--", target).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  int awaitExit() throws InterruptedException {
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
        .as("the process should end; it printed %s", lines)
        .isTrue();
    reader.join(LIMIT.toMillis());
    return process.exitValue();
  }

  static void awaitGone(List<ProcessHandle> processes) {
    await("the end of " + processes)
        .atMost(LIMIT)
        .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Override
  public void close() {
    children().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
