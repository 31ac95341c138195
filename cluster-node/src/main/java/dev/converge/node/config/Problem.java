package dev.converge.node.config;

/**
 * One thing wrong with a configuration.
 *
 * @param key the full key, such as {@code converge.http.port}
 * @param where file and line, as well as they are known
 * @param what the bad value and what is allowed instead
 */
public record Problem(String key, String where, String what) {
  @Override
  public String toString() {
    return where + ": " + key + " " + what;
  }
}
