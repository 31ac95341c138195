package dev.converge.engine.support;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * A payload for tests.
 *
 * @param keys what it touches
 * @param text what it says
 */
public record Note(Set<String> keys, String text) {
  /** A note that touches one thing. */
  public static Note on(String key, String text) {
    return new Note(Set.of(key), text);
  }

  /** As it would be stored. */
  public byte[] bytes() {
    return (String.join(",", keys.stream().sorted().toList()) + "=" + text)
        .getBytes(StandardCharsets.UTF_8);
  }
}
