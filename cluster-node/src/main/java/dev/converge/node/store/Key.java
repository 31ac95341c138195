package dev.converge.node.store;

import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.node.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The name of a value and its type.
 *
 * @param <V> the type of the value
 * @param name 1 to 512 bytes of UTF-8, without U+0000
 * @param type the type
 */
public record Key<V extends CausalCrdt<V>>(String name, StoreType<V> type) {
  /** The longest name, in bytes of UTF-8. */
  public static final int MAX_BYTES = 512;

  /**
   * Checks the parts.
   *
   * @throws StoreLimitException if the name is too short, too long or no valid Unicode
   */
  public Key {
    Objects.requireNonNull(type, "type");
    check(name);
  }

  /** The key {@code name} of this type. */
  public static <V extends CausalCrdt<V>> Key<V> of(String name, StoreType<V> type) {
    return new Key<>(name, type);
  }

  /**
   * Checks a name.
   *
   * @throws StoreLimitException if the name is too short, too long or no valid Unicode
   */
  static void check(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > MAX_BYTES) {
      throw StoreLimitException.badKey(
          "a key has 1 to " + MAX_BYTES + " bytes of UTF-8, not " + bytes);
    }
    if (name.indexOf('\0') >= 0 || !Json.isWellFormed(name)) {
      throw StoreLimitException.badKey("a key is valid Unicode without the character U+0000");
    }
  }
}
