package dev.converge.node.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.crdt.clock.Dot;
import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.node.config.NodeConfig.Resolver;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.EntityType;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A document type declared in configuration: see {@link Document}. */
public final class DocumentType
    implements HostedType<Document.Command, DocumentEvent, Document.State> {
  private final EntityType<Document.Command, DocumentEvent, Document.State> type;

  /** The type of that name under these rules. */
  public DocumentType(String name, DocumentTypeConfig config) {
    EntityType<Document.Command, DocumentEvent, Document.State> plain =
        EntityType.of(name, DocumentEvent.class, id -> new Document(config));
    EntityType<Document.Command, DocumentEvent, Document.State> stored =
        plain.withStates(new States(name));
    this.type = config.resolver() == Resolver.MANUAL ? stored.withEscalation() : stored;
  }

  /** {@code {"status":S,"deletions":[DOT,...],"fields":{NAME:[DOT,VALUE],...}}}. */
  static final class States extends JsonStates<Document.State> {
    States(String type) {
      super(type);
    }

    @Override
    JsonNode form(Document.State state) {
      ObjectNode fields = Json.object();
      state
          .fields()
          .forEach(
              (name, field) ->
                  fields.set(name, Json.array().add(field.dot().toString()).add(field.value())));
      ObjectNode node = Json.object();
      node.put("status", state.status().name());
      node.set("deletions", dots(state.deletions()));
      node.set("fields", fields);
      return node;
    }

    @Override
    Document.State state(JsonNode form) {
      SortedMap<String, Document.Field> fields = new TreeMap<>();
      for (Map.Entry<String, JsonNode> field : part(form, "fields").properties()) {
        JsonNode value = field.getValue().path(1);
        if (value.isMissingNode()) {
          throw new IllegalArgumentException("field '" + field.getKey() + "' has no value");
        }
        fields.put(
            field.getKey(),
            new Document.Field(
                JsonValues.canonical(value), Dot.parse(text(field.getValue().path(0)))));
      }
      return new Document.State(
          Document.Status.valueOf(text(part(form, "status"))),
          Collections.unmodifiableSortedMap(fields),
          dots(part(form, "deletions")));
    }
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

  @Override
  public DocumentEvent event(Fields fields) {
    String event = fields.text("event");
    return switch (event) {
      case "patched" ->
          new DocumentEvent.Patched(fields.object("fields"), fields.flag("creates", false));
      case "replaced" ->
          new DocumentEvent.Replaced(fields.object("fields"), fields.flag("creates", false));
      case "written" ->
          new DocumentEvent.Written(fields.object("fields"), fields.flag("creates", false));
      case "deleted" -> new DocumentEvent.Deleted();
      default ->
          throw new BadInputException(
              "a document has no event '"
                  + event
                  + "' to be taken over; it has patched, replaced, written, deleted");
    };
  }
}
