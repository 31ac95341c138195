package dev.converge.crdt.clock;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The identity of one writer: a configured name plus the incarnation of its memory.
 *
 * <p>The incarnation is created together with the store that remembers which dots were used. A
 * replica whose store is empty is therefore a new writer and can never mint a dot twice. Ordered by
 * name, then incarnation; the order is part of the total order of events, so it must never change.
 *
 * <p>Immutable and thread-safe. All operations are O(length of the name).
 *
 * <pre>{@code
 * ReplicaId first = ReplicaId.of("phone");
 * ReplicaId afterReset = new ReplicaId("phone", 2);       // phone~2: another writer
 * }</pre>
 *
 * @param name the configured name, 1 to 64 characters of {@code [A-Za-z0-9._-]}
 * @param incarnation which life of that name, not negative
 */
public record ReplicaId(String name, long incarnation) implements Comparable<ReplicaId> {
  /** The longest name, in characters. */
  public static final int MAX_NAME_LENGTH = 64;

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the name or the incarnation is out of range
   */
  public ReplicaId {
    Objects.requireNonNull(name, "name");
    if (!isValidName(name)) {
      throw new IllegalArgumentException(
          "a replica's name has 1 to 64 characters of [A-Za-z0-9._-], not '" + name + "'");
    }
    if (incarnation < 0) {
      throw new IllegalArgumentException("an incarnation is not negative, not " + incarnation);
    }
  }

  /** The first incarnation of a name: handy where memory is never lost, as in tests. */
  public static ReplicaId of(String name) {
    return new ReplicaId(name, 0);
  }

  /** Whether {@code name} can be the name of a replica. */
  public static boolean isValidName(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean ok =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '-';
      if (!ok) {
        return false;
      }
    }
    return true;
  }

  /** Same name and incarnation. */
  @Override
  public boolean equals(@Nullable Object o) {
    return this == o
        || (o instanceof ReplicaId other
            && incarnation == other.incarnation
            && name.equals(other.name));
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Long.hashCode(incarnation);
  }

  @Override
  public int compareTo(ReplicaId other) {
    if (this == other) {
      return 0;
    }
    int byName = name.compareTo(other.name);
    return byName != 0 ? byName : Long.compare(incarnation, other.incarnation);
  }

  /** {@code node-1} for incarnation 0, else {@code node-1~<incarnation in base 36>}. */
  @Override
  public String toString() {
    return incarnation == 0 ? name : name + "~" + Long.toString(incarnation, 36);
  }

  /**
   * Reads what {@link #toString} wrote, and nothing else: equal ids have one spelling.
   *
   * @throws IllegalArgumentException if the text is not a replica id
   */
  public static ReplicaId parse(String text) {
    int tilde = text.indexOf('~');
    if (tilde < 0) {
      return of(text);
    }
    try {
      ReplicaId id =
          new ReplicaId(text.substring(0, tilde), Long.parseLong(text.substring(tilde + 1), 36));
      if (!id.toString().equals(text)) {
        throw new IllegalArgumentException(
            "not a replica id: '" + text + "'; it is written '" + id + "'");
      }
      return id;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a replica id: '" + text + "'", e);
    }
  }
}
