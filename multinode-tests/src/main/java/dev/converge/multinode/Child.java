package dev.converge.multinode;

import dev.converge.multinode.wire.ChildSettings;
import dev.converge.multinode.wire.FromChild;
import dev.converge.multinode.wire.Lines;
import dev.converge.multinode.wire.ToChild;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One life of a child JVM, as its parent sees it. Thread-safe. */
final class Child {
  private static final String MAIN = "dev.converge.multinode.child.ChildMain";
  private static final long END_LIMIT_SECONDS = 20;
  private static final long LAST_WORDS_MILLIS = 2_000;

  /** Small and quick to start: several share a machine with the test. */
  private static final List<String> FLAGS =
      List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

  private final String name;
  private final OutputLog log;
  private final Process process;
  private final PrintStream toChild;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final Map<Long, CompletableFuture<FromChild.Answer>> open = new ConcurrentHashMap<>();
  private final Consumer<FromChild.AtBarrier> atBarrier;
  private volatile boolean endExpected;

  private Child(
      String name, OutputLog log, Process process, Consumer<FromChild.AtBarrier> atBarrier) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.atBarrier = atBarrier;
    this.toChild = new PrintStream(process.getOutputStream(), false, StandardCharsets.US_ASCII);
  }

  /**
   * Starts a JVM; does not wait for it.
   *
   * @param endedByItself told if it ends without having been told to
   */
  static Child start(
      ChildSettings settings,
      List<String> flags,
      SharedClasses classes,
      OutputLog log,
      Consumer<FromChild.AtBarrier> atBarrier,
      BiConsumer<Child, Integer> endedByItself) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(classes.flags());
    command.addAll(flags);
    command.add(MAIN);
    command.add(settings.name());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", classes.classPath());
    Child child;
    try {
      child = new Child(settings.name(), log, builder.start(), atBarrier);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread words =
        child.pump(child.process.getErrorStream(), line -> log.line(settings.name(), line));
    child.pump(child.process.getInputStream(), child::heard);
    child
        .process
        .onExit()
        .thenAccept(
            ended -> {
              awaitLastWords(words);
              child.ended(ended.exitValue(), endedByItself);
            });
    Lines.write(child.toChild, settings);
    return child;
  }

  /** So that a failure can show them. */
  private static void awaitLastWords(Thread words) {
    try {
      words.join(LAST_WORDS_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Thread pump(InputStream from, Consumer<String> to) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  to.accept(line);
                }
              } catch (IOException e) {
                // It was killed.
              }
            },
            "output of " + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void heard(String line) {
    Optional<Object> message = Lines.read(line);
    if (message.isEmpty()) {
      log.line(name, line);
    } else if (message.get() instanceof FromChild.Answer answer) {
      CompletableFuture<FromChild.Answer> waiting = open.remove(answer.id());
      if (waiting != null) {
        waiting.complete(answer);
      }
    } else if (message.get() instanceof FromChild.AtBarrier barrier) {
      atBarrier.accept(barrier);
    } else if (message.get() instanceof FromChild.Started) {
      started.complete(null);
    }
  }

  private void ended(int exitCode, BiConsumer<Child, Integer> endedByItself) {
    if (!endExpected) {
      endedByItself.accept(this, exitCode);
    }
    IllegalStateException gone =
        new IllegalStateException(name + " has ended with exit code " + exitCode);
    started.completeExceptionally(gone);
    open.values().forEach(waiting -> waiting.completeExceptionally(gone));
  }

  String name() {
    return name;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Completes when it runs and is connected to the conductor. */
  CompletableFuture<Void> started() {
    return started;
  }

  /** The answer comes unless the child ends before. */
  CompletableFuture<FromChild.Answer> call(long id, byte[] task) {
    CompletableFuture<FromChild.Answer> answer = new CompletableFuture<>();
    open.put(id, answer);
    if (!process.isAlive()) {
      answer.completeExceptionally(new IllegalStateException(name + " does not run"));
    } else {
      tell(new ToChild.Call(id, task));
    }
    return answer;
  }

  void tell(Serializable message) {
    Lines.write(toChild, message);
  }

  /** As {@code kill -9}. Returns when it has ended. */
  void kill() {
    endExpected = true;
    process.destroyForcibly();
    awaitEnd();
  }

  /** As SIGTERM. Returns when it has ended; kills it if that takes too long. */
  void terminate() {
    endExpected = true;
    process.destroy();
    awaitEnd();
  }

  void signal(String signal) {
    try {
      new ProcessBuilder("kill", signal, Long.toString(process.pid()))
          .inheritIO()
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new NodeFailure(
            name + " (process " + process.pid() + ") did not end in " + END_LIMIT_SECONDS + " s",
            null);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** What was thrown, if this failure says. */
  static @Nullable Throwable thrown(FromChild.Answer failure) {
    try {
      byte[] bytes = failure.thrown();
      return bytes == null ? null : (Throwable) Lines.object(bytes);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
