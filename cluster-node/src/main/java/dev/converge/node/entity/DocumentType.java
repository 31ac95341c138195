package dev.converge.node.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.EntityType;
import java.util.Map;

/** A document type declared in configuration: see {@link Document}. */
public final class DocumentType
    implements HostedType<Document.Command, DocumentEvent, Document.State> {
  private final EntityType<Document.Command, DocumentEvent, Document.State> type;

  /** The type of that name under these rules. */
  public DocumentType(String name, DocumentTypeConfig config) {
    this.type = EntityType.of(name, DocumentEvent.class, id -> new Document(config));
  }

  @Override
  public EntityType<Document.Command, DocumentEvent, Document.State> type() {
    return type;
  }

  @Override
  public Document.Command command(String name, Fields fields) {
    return switch (name) {
      case "patch" -> {
        Map<String, JsonNode> changed = fields.object("fields");
        if (changed.isEmpty()) {
          throw new BadInputException("a patch sets at least one field; 'fields' is empty");
        }
        yield new Document.Command.Patch(changed);
      }
      case "replace" -> new Document.Command.Replace(fields.object("fields"));
      case "delete" -> new Document.Command.Delete();
      default -> throw HostedType.unknownCommand(type.name(), name, "patch, replace, delete");
    };
  }

  @Override
  public JsonNode state(Document.State state) {
    ObjectNode values = Json.object();
    state.values().forEach(values::set);
    ObjectNode node = Json.object();
    node.set("fields", values);
    return node.put("deleted", state.status() == Document.Status.DELETED);
  }

  @Override
  public JsonNode event(DocumentEvent event) {
    return Json.tree(event);
  }
}
