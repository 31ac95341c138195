package dev.converge.node.cli;

/** A command could not do its work; the message is the one line that says why. */
final class CommandFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  CommandFailedException(String message) {
    super(message);
  }
}
