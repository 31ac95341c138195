package dev.converge.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/** One document. Thread-safe. */
public final class DocumentClient {
  private final EntityClient entities;
  private final String id;

  /**
   * What a document says.
   *
   * @param fields by name
   * @param deleted whether it is deleted
   */
  public record Document(Map<String, JsonNode> fields, boolean deleted) {
    /** Copies the fields. */
    public Document {
      fields = Map.copyOf(fields);
    }
  }

  DocumentClient(EntityClient entities, String id) {
    this.entities = entities;
    this.id = id;
  }

  private static Document document(Entity entity) {
    Map<String, JsonNode> fields = new TreeMap<>();
    entity.state().path("fields").properties().forEach(e -> fields.put(e.getKey(), e.getValue()));
    return new Document(fields, entity.state().path("deleted").asBoolean());
  }

  /** The document, with all that this session has seen. */
  public CompletionStage<Document> get() {
    return entities.get(id).thenApply(DocumentClient::document);
  }

  /** Sets these fields; the others stay. */
  public CompletionStage<Document> patch(Map<String, ?> fields) {
    return entities
        .run(id, Command.of("patch").with("fields", fields))
        .thenApply(DocumentClient::document);
  }

  /** Has these fields and no others from now on. */
  public CompletionStage<Document> replace(Map<String, ?> fields) {
    return entities
        .run(id, Command.of("replace").with("fields", fields))
        .thenApply(DocumentClient::document);
  }

  /** Deletes it. */
  public CompletionStage<Document> delete() {
    return entities.run(id, Command.of("delete")).thenApply(DocumentClient::document);
  }
}
