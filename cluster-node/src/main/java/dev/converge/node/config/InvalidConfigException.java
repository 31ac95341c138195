package dev.converge.node.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A configuration that no node starts with. The message names the source and then every problem, a
 * line each; correct them and start again.
 */
public final class InvalidConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Serialised forms of exceptions are not used; the list is for callers in this JVM. */
  private final transient List<Problem> problems;

  InvalidConfigException(String source, List<Problem> problems) {
    super(
        source
            + " is not a valid configuration:"
            + problems.stream().map(p -> "\n  " + p).collect(Collectors.joining()));
    this.problems = List.copyOf(problems);
  }

  InvalidConfigException(String message, Throwable cause) {
    super(message, cause);
    this.problems = List.of();
  }

  InvalidConfigException(String message) {
    super(message);
    this.problems = List.of();
  }

  /** What is wrong, key by key; empty where the file could not be read or parsed at all. */
  public List<Problem> problems() {
    return problems;
  }
}
