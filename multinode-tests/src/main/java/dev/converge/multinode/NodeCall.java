package dev.converge.multinode;

import java.io.Serializable;

/**
 * A {@link NodeTask} with a result.
 *
 * @param <T> of the result, which is {@link Serializable} and not null
 */
@FunctionalInterface
public interface NodeCall<T> extends Serializable {
  /**
   * Does it. What it throws fails the test.
   *
   * @param node the node whose JVM this is
   * @return a copy of which goes to the test
   */
  T call(NodeContext node) throws Exception;
}
