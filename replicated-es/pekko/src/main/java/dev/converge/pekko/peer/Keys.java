package dev.converge.pekko.peer;

/**
 * The key of an entity in the journal and in the index: {@code type|id}. A type's name has no bar
 * in it.
 */
public final class Keys {
  private static final char SEPARATOR = '|';

  private Keys() {}

  /** The key of an entity. */
  public static String key(String type, String id) {
    return type + SEPARATOR + id;
  }

  /** The type in a key; empty if there is none. */
  public static String typeOf(String key) {
    return key.substring(0, Math.max(0, key.indexOf(SEPARATOR)));
  }

  /** The id in a key. */
  public static String idOf(String key) {
    return key.substring(key.indexOf(SEPARATOR) + 1);
  }
}
