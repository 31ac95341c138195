package dev.converge.node.lifecycle;

/**
 * Why something did not start, in one clear line that says what to do. The command line prints the
 * message alone and exits with code 1.
 */
public final class StartupException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With the line to print. */
  public StartupException(String line) {
    super(line);
  }

  /** With the line to print, and the cause for those who debug. */
  public StartupException(String line, Throwable cause) {
    super(line, cause);
  }
}
