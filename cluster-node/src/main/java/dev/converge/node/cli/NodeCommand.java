package dev.converge.node.cli;

import dev.converge.node.config.ConfigLoader;
import dev.converge.node.config.InvalidConfigException;
import dev.converge.node.config.LoadedConfig;
import dev.converge.node.lifecycle.NodeRunner;
import dev.converge.node.lifecycle.RunningNode;
import dev.converge.node.lifecycle.StartupException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs one node in the foreground until a signal, its own end, or the end of its supervisor. */
@Command(
    name = "node",
    description = "Run one node in the foreground.",
    mixinStandardHelpOptions = true)
final class NodeCommand implements Callable<Integer> {
  private final NodeRunner runner;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The node's configuration, such as config/local/node-1.conf.")
  private Path config = Path.of("");

  @Option(
      names = "--supervised",
      hidden = true,
      description = "Stop when standard input ends, as it does when the supervisor ends.")
  private boolean supervised;

  NodeCommand(NodeRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() throws InvalidConfigException, StartupException, InterruptedException {
    LoadedConfig loaded = ConfigLoader.load(config);
    GracefulStop stop = new GracefulStop(loaded.node().name(), loaded.stopTimeout());
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "stop"));
    if (supervised) {
      // Before the start, which may take long: a supervisor can end at any time.
      Thread watch = new Thread(() -> exitAtEndOf(System.in), "supervisor watch");
      watch.setDaemon(true);
      watch.start();
    }
    RunningNode node = runner.start(loaded.node(), loaded.raw());
    stop.willStop(node);
    return awaitEnd(node);
  }

  private static int awaitEnd(RunningNode node) throws InterruptedException, StartupException {
    try {
      node.terminated().toCompletableFuture().get();
      return 0;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new StartupException("The node has failed: " + cause.getMessage(), cause);
    }
  }

  private static void exitAtEndOf(InputStream input) {
    try {
      while (input.read() >= 0) {
        // Only the end counts.
      }
    } catch (IOException e) {
      // A broken pipe is an end as well.
    }
    System.exit(0);
  }

  /**
   * The shutdown hook. SUBTLE: while it runs, the main thread may return from {@link #awaitEnd} and
   * call {@code System.exit}, which blocks for ever by design; the exit code is that of the first
   * cause.
   */
  private static final class GracefulStop implements Runnable {
    private final String name;
    private final java.time.Duration limit;
    private volatile @Nullable RunningNode node;

    GracefulStop(String name, java.time.Duration limit) {
      this.name = name;
      this.limit = limit;
    }

    void willStop(RunningNode started) {
      this.node = started;
    }

    @Override
    public void run() {
      RunningNode running = node;
      if (running == null) {
        return;
      }
      Thread stopping = new Thread(running::stop, "graceful stop");
      stopping.setDaemon(true);
      stopping.start();
      try {
        stopping.join(limit.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (stopping.isAlive()) {
        System.err.println(name + " has not stopped within " + limit + "; ending it by force");
        Runtime.getRuntime().halt(1);
      }
    }
  }
}
