package dev.converge.node.store;

import org.jspecify.annotations.Nullable;

/**
 * Bytes from another node that are not what they should be. The message is dropped; nothing
 * changes.
 */
final class WireFormatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  WireFormatException(String message) {
    super(message);
  }

  WireFormatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
