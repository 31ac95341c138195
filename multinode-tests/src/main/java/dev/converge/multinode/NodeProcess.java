package dev.converge.multinode;

import dev.converge.node.config.NodeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One node of a {@link ProcessCluster}: its place, and the JVM that runs there, if one does. */
public final class NodeProcess implements AutoCloseable {
  private static final long END_LIMIT_SECONDS = 20;

  private final NodeConfig config;
  private final List<String> command;
  private final Path output;
  private final JsonHttp http;
  private @Nullable Process process;

  NodeProcess(NodeConfig config, List<String> command, Path output) {
    this.config = config;
    this.command = List.copyOf(command);
    this.output = output;
    this.http = new JsonHttp("http://" + config.http());
  }

  /**
   * What the node is told; the same for each of its lives.
   *
   * @return its configuration
   */
  public NodeConfig config() {
    return config;
  }

  /**
   * The node's name.
   *
   * @return its name
   */
  public String name() {
    return config.name();
  }

  /**
   * A client of the node.
   *
   * @return the client
   */
  public JsonHttp http() {
    return http;
  }

  /**
   * Whether its JVM runs.
   *
   * @return whether it runs
   */
  public synchronized boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** Starts its JVM, on its old ports and data, if none runs. Does not wait for it to answer. */
  public synchronized void start() {
    if (isRunning()) {
      return;
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CLASSPATH", classPath());
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends its JVM at once, as {@code kill -9} does. */
  public synchronized void kill() {
    if (process != null) {
      awaitEnd(process.destroyForcibly());
    }
  }

  /** Asks its JVM to end, as SIGTERM does, and waits until it has. */
  public synchronized void terminate() {
    if (process != null) {
      process.destroy();
      awaitEnd(process);
    }
  }

  /** Stops its JVM where it stands, as a machine does that is suspended. */
  public void pause() {
    signal("-STOP");
  }

  /** Lets a paused JVM go on. */
  public void resume() {
    signal("-CONT");
  }

  /** Deletes its data, as a lost disk does. Its JVM must not run. */
  public void loseDisk() {
    requireStopped();
    try (Stream<Path> files = Files.walk(config.dataDir())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
      Files.createDirectories(config.dataDir());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Copies its data, as a backup does. Its JVM must not run.
   *
   * @param folder created; must not exist
   */
  public void backUp(Path folder) {
    requireStopped();
    copy(config.dataDir(), folder);
  }

  /**
   * Puts data that was {@linkplain #backUp backed up} in the place of its own.
   *
   * @param folder where the copy is
   */
  public void restoreFrom(Path folder) {
    loseDisk();
    copy(folder, config.dataDir());
  }

  private void requireStopped() {
    if (isRunning()) {
      throw new IllegalStateException(name() + " runs; kill it first");
    }
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.sorted().toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void signal(String signal) {
    if (process == null) {
      throw new IllegalStateException(name() + " has not been started");
    }
    try {
      awaitEnd(
          new ProcessBuilder("kill", signal, Long.toString(process.pid())).inheritIO().start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The last lines that its JVMs have printed.
   *
   * @param lines at most how many
   * @return the lines
   */
  public List<String> output(int lines) {
    try {
      List<String> all =
          Files.exists(output)
              ? Files.readAllLines(output, StandardCharsets.UTF_8)
              : new ArrayList<>();
      return all.subList(Math.max(0, all.size() - lines), all.size());
    } catch (IOException e) {
      return List.of("(unreadable: " + e + ")");
    }
  }

  @Override
  public void close() {
    kill();
  }

  private void awaitEnd(Process ending) {
    try {
      if (!ending.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        ending.destroyForcibly();
        throw new IllegalStateException(name() + " did not end in " + END_LIMIT_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      ending.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static String classPath() {
    return Optional.ofNullable(System.getProperty("surefire.test.class.path"))
        .orElse(System.getProperty("java.class.path"));
  }
}
