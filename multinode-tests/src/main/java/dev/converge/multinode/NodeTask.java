package dev.converge.multinode;

import java.io.Serializable;

/**
 * What is to be done in a node's JVM. A lambda will do; what it uses of its surroundings is copied
 * there, so it must be {@link Serializable}, and what it changes of them changes there only.
 */
@FunctionalInterface
public interface NodeTask extends Serializable {
  /**
   * Does it. What it throws fails the test.
   *
   * @param node the node whose JVM this is
   */
  void run(NodeContext node) throws Exception;
}
