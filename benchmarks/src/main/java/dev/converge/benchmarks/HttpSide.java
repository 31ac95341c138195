package dev.converge.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A server in processes of its own, and the requests to it by the rows of {@link HttpReport}. */
interface HttpSide extends AutoCloseable {
  /** Starts one. */
  interface Factory {
    HttpSide open() throws Exception;
  }

  /** Where the load goes. */
  URI url();

  /** The requests of a row; null if there is nothing like it here. */
  HttpLoad.@Nullable Requests requests(String row);

  /** The processes that do the work. */
  Stream<ProcessHandle> processes();

  /** The CPU time of all of them until now. */
  default Duration cpu() {
    return processes()
        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  @Override
  void close() throws IOException, InterruptedException;
}
