package dev.converge.multinode.suite;

import dev.converge.multinode.MultiNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** One node of a {@link TestCluster}: its place, and the JVM that runs there, if one does. */
final class TestClusterNode {
  private final MultiNode group;
  private final String name;
  private final JsonHttp http;

  TestClusterNode(MultiNode group, String name) {
    this.group = group;
    this.name = name;
    this.http = new JsonHttp("http://127.0.0.1:" + group.servicePort(name));
  }

  String name() {
    return name;
  }

  JsonHttp http() {
    return http;
  }

  Path dataFolder() {
    return group.dataFolder(name);
  }

  boolean isRunning() {
    return group.isRunning(name);
  }

  void start() {
    group.start(name);
  }

  void kill() {
    group.kill(name);
  }

  void terminate() {
    group.terminate(name);
  }

  void pause() {
    group.pause(name);
  }

  void resume() {
    group.resume(name);
  }

  List<String> output(int lines) {
    return group.output(name, lines);
  }

  /** Deletes its data, as a lost disk does. Its JVM must not run. */
  void loseDisk() {
    requireStopped();
    try (Stream<Path> files = Files.walk(dataFolder())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
      Files.createDirectories(dataFolder());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies its data to a new folder, as a backup does. Its JVM must not run. */
  void backUp(Path folder) {
    requireStopped();
    copy(dataFolder(), folder);
  }

  /** Puts data that was {@linkplain #backUp backed up} in the place of its own. */
  void restoreFrom(Path folder) {
    loseDisk();
    copy(folder, dataFolder());
  }

  private void requireStopped() {
    if (isRunning()) {
      throw new IllegalStateException(name + " runs; kill it first");
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
}
