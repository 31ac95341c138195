package dev.converge.node.cli;

import com.typesafe.config.Config;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.lifecycle.NodeRunner;
import dev.converge.node.lifecycle.RunningNode;
import dev.converge.node.lifecycle.StartupException;

/** Stands where the node will be wired in. */
final class NodeIsMissing implements NodeRunner {
  @Override
  public RunningNode start(NodeConfig config, Config raw) throws StartupException {
    throw new StartupException("This build has no node to start as " + config.name() + " yet.");
  }
}
