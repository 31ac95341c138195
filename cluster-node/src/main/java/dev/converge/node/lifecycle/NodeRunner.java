package dev.converge.node.lifecycle;

import com.typesafe.config.Config;
import dev.converge.node.config.NodeConfig;

/** Starts nodes. */
@FunctionalInterface
public interface NodeRunner {
  /**
   * Starts one node in this JVM and returns as soon as it serves HTTP; it may join its cluster
   * later. The implementation takes the {@link DataFolderLock} of {@link NodeConfig#dataDir} before
   * it touches anything in that folder, and gives it back when the node has stopped or failed to
   * start.
   *
   * @param config what the node is told
   * @param raw the whole configuration file, resolved; its {@code pekko.*} and other foreign keys
   *     win over the node's own settings of them
   * @throws StartupException if it cannot start, for a reason that its user can act on; nothing of
   *     it is left running then
   */
  RunningNode start(NodeConfig config, Config raw) throws StartupException;
}
