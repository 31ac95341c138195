package dev.converge.node.cli.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A running process of a node, with the last lines it has printed. Its standard input is open as
 * long as this JVM lives: when it ends, in whatever way, the child reads the end and stops itself.
 * Thread-safe.
 */
final class ChildProcess {
  private static final int LINES_KEPT = 20;

  private final Process process;
  private final Deque<String> lines = new ArrayDeque<>();
  private final Thread reader;

  private ChildProcess(Process process, String name) {
    this.process = process;
    this.reader = new Thread(this::readAll, "output of " + name);
    reader.setDaemon(true);
  }

  /** Starts it; {@code onExit} is called once, with the exit code, after its output is read. */
  static ChildProcess start(ProcessBuilder builder, String name, IntConsumer onExit)
      throws IOException {
    ChildProcess child = new ChildProcess(builder.start(), name);
    child.reader.start();
    child
        .process
        .onExit()
        .thenAccept(
            ended -> {
              child.awaitOutput();
              onExit.accept(ended.exitValue());
            });
    return child;
  }

  private void readAll() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        synchronized (lines) {
          lines.addLast(line);
          if (lines.size() > LINES_KEPT) {
            lines.removeFirst();
          }
        }
      }
    } catch (IOException e) {
      // The pipe broke with the process; what was read is what there is.
    }
  }

  /** A grandchild may hold the pipe open; the last lines are not worth waiting for longer. */
  private void awaitOutput() {
    try {
      reader.join(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  long pid() {
    return process.pid();
  }

  List<String> lastLines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended already.
    }
  }

  void kill() {
    process.destroyForcibly();
  }
}
