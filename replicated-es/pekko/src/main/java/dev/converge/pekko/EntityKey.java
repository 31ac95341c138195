package dev.converge.pekko;

/**
 * The name of an entity.
 *
 * @param type its type's name
 * @param id its id
 */
public record EntityKey(String type, String id) implements Comparable<EntityKey> {
  @Override
  public int compareTo(EntityKey other) {
    int byType = type.compareTo(other.type);
    return byType != 0 ? byType : id.compareTo(other.id);
  }

  /** {@code type/id}. */
  @Override
  public String toString() {
    return type + "/" + id;
  }
}
