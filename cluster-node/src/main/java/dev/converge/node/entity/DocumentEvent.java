package dev.converge.node.entity;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a document. Field values are JSON in {@linkplain JsonValues one form}, and are
 * never changed in place.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = DocumentEvent.Patched.class, name = "patched"),
  @JsonSubTypes.Type(value = DocumentEvent.Replaced.class, name = "replaced"),
  @JsonSubTypes.Type(value = DocumentEvent.Written.class, name = "written"),
  @JsonSubTypes.Type(value = DocumentEvent.Deleted.class, name = "deleted"),
  @JsonSubTypes.Type(value = DocumentEvent.Decided.class, name = "decided")
})
public sealed interface DocumentEvent {
  /** An event that gives fields values. */
  sealed interface Write extends DocumentEvent {
    /** Fields and their values, sorted by name. */
    Map<String, JsonNode> fields();

    /** Whether its author saw no document, or a deleted one. */
    boolean creates();
  }

  /**
   * Some fields were set, or removed where the value is null.
   *
   * @param fields the fields
   * @param creates whether its author saw no document, or a deleted one
   */
  record Patched(
      @JsonProperty("fields") Map<String, JsonNode> fields,
      @JsonProperty("creates") boolean creates)
      implements Write {
    /** Sorts the fields, so that equal events give equal bytes. */
    public Patched {
      fields = sorted(fields);
    }
  }

  /**
   * All fields its author saw were replaced by these.
   *
   * @param fields the fields
   * @param creates whether its author saw no document, or a deleted one
   */
  record Replaced(
      @JsonProperty("fields") Map<String, JsonNode> fields,
      @JsonProperty("creates") boolean creates)
      implements Write {
    /** Sorts the fields, so that equal events give equal bytes. */
    public Replaced {
      fields = sorted(fields);
    }
  }

  /**
   * The document as a whole, as its author wanted it: for types in which the last writer's version
   * stands.
   *
   * @param fields all fields
   * @param creates whether its author saw no document, or a deleted one
   */
  record Written(
      @JsonProperty("fields") Map<String, JsonNode> fields,
      @JsonProperty("creates") boolean creates)
      implements Write {
    /** Sorts the fields, so that equal events give equal bytes. */
    public Written {
      fields = sorted(fields);
    }
  }

  /** The document was deleted. */
  record Deleted() implements DocumentEvent {}

  /**
   * A person has decided on a conflict.
   *
   * @param conflict the conflict's id, a dot as text
   * @param sides the sides that the person saw, dots as text
   * @param outcome what shall be, no decision itself; null: it stays as it is
   */
  record Decided(
      @JsonProperty("conflict") String conflict,
      @JsonProperty("sides") List<String> sides,
      @JsonProperty("outcome") @Nullable DocumentEvent outcome)
      implements DocumentEvent {
    /** Checks the dots, and copies the sides. */
    public Decided {
      sides = List.copyOf(sides);
      Decisions.resolution(conflict, sides);
      if (outcome instanceof Decided) {
        throw new IllegalArgumentException("what a decision comes to is no decision");
      }
    }
  }

  private static Map<String, JsonNode> sorted(Map<String, JsonNode> fields) {
    Map<String, JsonNode> sorted = new TreeMap<>();
    fields.forEach((name, value) -> sorted.put(name, JsonValues.canonical(value)));
    return Collections.unmodifiableMap(sorted);
  }
}
