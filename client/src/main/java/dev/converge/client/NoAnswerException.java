package dev.converge.client;

/**
 * No node has answered in time. A read can be repeated. Whether a write counts is not known; an
 * entity's may be run again with the same {@linkplain Write#key key}, at any node.
 */
public final class NoAnswerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoAnswerException(String message, Throwable cause) {
    super(message, cause);
  }
}
