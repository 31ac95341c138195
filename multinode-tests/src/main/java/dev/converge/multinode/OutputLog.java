package dev.converge.multinode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of a group print: in one file a test, each line with its node's name before it,
 * and the last lines in memory for failures. Thread-safe.
 */
final class OutputLog implements AutoCloseable {
  private static final int KEPT = 2_000;

  private final Path folder;
  private final Map<String, Deque<String>> last = new HashMap<>();
  private @Nullable Writer file;
  private Path present;

  OutputLog(Path folder) {
    this.folder = folder;
    this.present = folder;
  }

  /** Goes on in the file of this test, behind what is there. */
  synchronized void begin(String test) {
    end();
    try {
      Files.createDirectories(folder);
      present = folder.resolve(test.replaceAll("[^A-Za-z0-9._-]", "_") + ".log");
      file =
          Files.newBufferedWriter(
              present,
              StandardCharsets.UTF_8,
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file that is written now. */
  synchronized Path present() {
    return present;
  }

  synchronized void line(String node, String line) {
    Deque<String> lines = last.computeIfAbsent(node, name -> new ArrayDeque<>());
    lines.addLast(line);
    if (lines.size() > KEPT) {
      lines.removeFirst();
    }
    try {
      if (file != null) {
        file.write("[" + node + "] " + line + "\n");
        file.flush();
      }
    } catch (IOException e) {
      file = null; // A full disk; what is in memory must do.
    }
  }

  /** The last lines of a node, of this test and those before. */
  synchronized List<String> tail(String node, int lines) {
    List<String> all = new ArrayList<>(last.getOrDefault(node, new ArrayDeque<>()));
    return all.subList(Math.max(0, all.size() - lines), all.size());
  }

  @Override
  public void close() {
    end();
  }

  private synchronized void end() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      // Each line has been flushed.
    }
    file = null;
  }
}
