package dev.converge.node;

import com.typesafe.config.Config;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.lifecycle.RunningNode;
import dev.converge.node.lifecycle.StartupException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that starts again within its process when its incarnation is over, and so comes back as
 * the next one. Thread-safe.
 */
public final class RestartingNode implements RunningNode {
  private static final Logger LOG = LoggerFactory.getLogger(RestartingNode.class);

  private final NodeConfig config;
  private final Config raw;
  private final LongSupplier wallMillis;
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();

  /** Guarded by this. */
  private ConvergeNode node;

  private boolean stopping;

  private RestartingNode(
      NodeConfig config, Config raw, LongSupplier wallMillis, ConvergeNode node) {
    this.config = config;
    this.raw = raw;
    this.wallMillis = wallMillis;
    this.node = node;
  }

  /**
   * Starts a node with the ready-made entity types.
   *
   * @throws StartupException if it cannot start; nothing of it is left running then
   */
  public static RestartingNode start(NodeConfig config, Config raw) throws StartupException {
    return start(config, raw, System::currentTimeMillis);
  }

  /**
   * Starts a node that takes the time from elsewhere, as tests of wrong clocks do.
   *
   * @param wallMillis milliseconds since the epoch; may jump
   * @throws StartupException if it cannot start; nothing of it is left running then
   */
  public static RestartingNode start(NodeConfig config, Config raw, LongSupplier wallMillis)
      throws StartupException {
    ConvergeNode first = ConvergeNode.start(config, raw, List.of(), wallMillis);
    RestartingNode node = new RestartingNode(config, raw, wallMillis, first);
    node.watch(first);
    return node;
  }

  /** The node as it runs now. */
  public synchronized ConvergeNode node() {
    return node;
  }

  private void watch(ConvergeNode running) {
    running
        .terminated()
        .whenComplete(
            (ended, error) -> {
              if (error != null) {
                terminated.completeExceptionally(error);
              }
            });
    running.over().thenAccept(over -> inBackground(() -> restart(running)));
  }

  private static void inBackground(Runnable task) {
    Thread thread = new Thread(task, "node restart");
    thread.setDaemon(true);
    thread.start();
  }

  private void restart(ConvergeNode running) {
    synchronized (this) {
      if (stopping) {
        return;
      }
      LOG.info("{} starts again, as a new incarnation", config.name());
      running.stop();
      try {
        node = ConvergeNode.start(config, raw, List.of(), wallMillis);
        watch(node);
      } catch (StartupException e) {
        terminated.completeExceptionally(e);
      }
    }
  }

  @Override
  public void stop() {
    ConvergeNode last;
    synchronized (this) {
      stopping = true;
      last = node;
    }
    last.stop();
    terminated.complete(null);
  }

  @Override
  public CompletionStage<Void> terminated() {
    return terminated;
  }
}
