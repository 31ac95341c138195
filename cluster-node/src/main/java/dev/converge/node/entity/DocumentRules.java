package dev.converge.node.entity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.engine.conflict.Conflict;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Resolution;
import dev.converge.engine.conflict.Rival;
import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.node.config.NodeConfig.OnCreateCreate;
import dev.converge.node.config.NodeConfig.OnDeleteUpdate;
import dev.converge.node.config.NodeConfig.Resolver;
import dev.converge.node.entity.DocumentEvent.Decided;
import dev.converge.node.entity.DocumentEvent.Write;
import dev.converge.node.entity.DocumentEvent.Written;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How concurrent writes of one document are judged, by the type's configuration: first deletes
 * against updates, then creations against each other, then writes by the resolver.
 */
final class DocumentRules implements ConflictResolver<Document.State, DocumentEvent> {
  private static final Set<String> WHOLE = Set.of("document");
  private static final String DELETE = "delete";
  private static final String WRITE = "write";
  private static final String CREATE = "create";
  private static final String FIELD = "field ";

  private final DocumentTypeConfig config;

  DocumentRules(DocumentTypeConfig config) {
    this.config = config;
  }

  @Override
  public Set<String> conflictKeys(DocumentEvent event) {
    return effect(event) == null ? Set.of() : WHOLE;
  }

  private static @Nullable DocumentEvent effect(DocumentEvent event) {
    return event instanceof Decided decided ? decided.outcome() : event;
  }

  /** Deletions, writes, creations among these, and the fields that a write sets. */
  @Override
  public Set<String> kinds(DocumentEvent event) {
    if (!(effect(event) instanceof Write write)) {
      return Set.of(DELETE);
    }
    Set<String> kinds = new HashSet<>(Set.of(WRITE));
    if (write.creates()) {
      kinds.add(CREATE);
    }
    if (config.resolver() == Resolver.FIELD_MERGE) {
      write.fields().keySet().forEach(field -> kinds.add(FIELD + field));
    }
    return kinds;
  }

  @Override
  public Optional<Resolution> resolution(DocumentEvent event) {
    return event instanceof Decided decided
        ? Optional.of(Decisions.resolution(decided.conflict(), decided.sides()))
        : Optional.empty();
  }

  /** Only a merge of two creations makes a new event of what is there. */
  @Override
  public boolean readsState() {
    return config.onCreateCreate() == OnCreateCreate.MERGE;
  }

  @Override
  public Decision<DocumentEvent> decide(Conflict<Document.State, DocumentEvent> conflict) {
    if (config.resolver() == Resolver.MANUAL) {
      return Decision.escalateAndHold(
          "written without having seen "
              + conflict.latestRival().dot()
              + "; a person decides which one stands");
    }
    return conflict.event().payload() instanceof Write write
        ? decideWrite(write, conflict)
        : decideDelete(conflict.among().ofKind(WRITE).latest());
  }

  private Decision<DocumentEvent> decideDelete(Optional<Rival<DocumentEvent>> update) {
    if (update.isEmpty()) {
      return Decision.apply("deleted more than once");
    }
    return config.onDeleteUpdate() == OnDeleteUpdate.UPDATE_WINS
        ? Decision.discard("update-wins: " + update.get().dot() + " had not seen the deletion")
        : Decision.apply("delete-wins over " + update.get().dot());
  }

  private Decision<DocumentEvent> decideWrite(
      Write write, Conflict<Document.State, DocumentEvent> conflict) {
    Optional<Rival<DocumentEvent>> delete = conflict.among().ofKind(DELETE).latest();
    if (delete.isPresent() && config.onDeleteUpdate() == OnDeleteUpdate.DELETE_WINS) {
      return Decision.discard("delete-wins: deleted at the same time by " + delete.get().dot());
    }
    if (write.creates()) {
      Optional<Rival<DocumentEvent>> creation = conflict.among().ofKind(CREATE).earliest();
      if (creation.isPresent() && config.onCreateCreate() == OnCreateCreate.FIRST_WINS) {
        return Decision.discard("first-wins: " + creation.get().dot() + " created it before");
      }
      if (creation.isPresent() && write instanceof Written written) {
        Map<String, JsonNode> both = conflict.state().values();
        both.putAll(written.fields());
        return Decision.replace(
            new Written(both, true), "merge: created at the same time by " + creation.get().dot());
      }
    }
    Optional<Rival<DocumentEvent>> other = conflict.among().ofKind(WRITE).latest();
    if (other.isEmpty()) {
      return Decision.apply("update-wins over the deletion " + conflict.latestRival().dot());
    }
    return Decision.apply(
        write instanceof Written
            ? "last-writer-wins: the later version stands over " + other.get().dot()
            : fieldByField(write, conflict, other.get()));
  }

  private static String fieldByField(
      Write write, Conflict<Document.State, DocumentEvent> conflict, Rival<DocumentEvent> latest) {
    List<String> overlaps = new ArrayList<>();
    for (String field : write.fields().keySet()) {
      conflict
          .among()
          .ofKind(FIELD + field)
          .latest()
          .ifPresent(
              same -> overlaps.add("the later value of '" + field + "' stands over " + same.dot()));
    }
    return "field-merge: "
        + (overlaps.isEmpty() ? "other fields than " + latest.dot() : String.join("; ", overlaps));
  }
}
