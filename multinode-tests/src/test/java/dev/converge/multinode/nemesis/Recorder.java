package dev.converge.multinode.nemesis;

import dev.converge.multinode.history.Fault;
import dev.converge.multinode.history.HistoryFile;
import dev.converge.multinode.history.Operation;
import java.nio.file.Path;

/** Writes a history down as it happens. Thread-safe. */
final class Recorder implements AutoCloseable {
  private final HistoryFile file;
  private final long start = System.nanoTime();

  Recorder(Path path) {
    this.file = HistoryFile.create(path);
  }

  /** Microseconds since the beginning. */
  long now() {
    return (System.nanoTime() - start) / 1_000;
  }

  void add(Operation operation) {
    file.add(operation);
  }

  void add(Fault fault) {
    file.add(fault);
  }

  @Override
  public void close() {
    file.close();
  }
}
