package dev.converge.node.entity;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What happens to a document. Field values are JSON and are never changed in place. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = DocumentEvent.Patched.class, name = "patched"),
  @JsonSubTypes.Type(value = DocumentEvent.Replaced.class, name = "replaced"),
  @JsonSubTypes.Type(value = DocumentEvent.Written.class, name = "written"),
  @JsonSubTypes.Type(value = DocumentEvent.Deleted.class, name = "deleted")
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

  private static Map<String, JsonNode> sorted(Map<String, JsonNode> fields) {
    return Collections.unmodifiableMap(new TreeMap<>(fields));
  }
}
