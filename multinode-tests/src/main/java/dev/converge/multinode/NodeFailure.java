package dev.converge.multinode;

import org.jspecify.annotations.Nullable;

/** A node has failed: something in its JVM, its JVM itself, or it hangs. Names the node. */
public final class NodeFailure extends AssertionError {
  private static final long serialVersionUID = 1;

  NodeFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
