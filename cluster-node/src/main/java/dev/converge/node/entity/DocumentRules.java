package dev.converge.node.entity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.engine.conflict.Conflict;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Rival;
import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.node.config.NodeConfig.OnCreateCreate;
import dev.converge.node.config.NodeConfig.OnDeleteUpdate;
import dev.converge.node.config.NodeConfig.Resolver;
import dev.converge.node.entity.DocumentEvent.Deleted;
import dev.converge.node.entity.DocumentEvent.Write;
import dev.converge.node.entity.DocumentEvent.Written;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * How concurrent writes of one document are judged, by the type's configuration: first deletes
 * against updates, then creations against each other, then writes by the resolver.
 */
final class DocumentRules implements ConflictResolver<Document.State, DocumentEvent> {
  private static final Set<String> WHOLE = Set.of("document");

  private final DocumentTypeConfig config;

  DocumentRules(DocumentTypeConfig config) {
    this.config = config;
  }

  @Override
  public Set<String> conflictKeys(DocumentEvent event) {
    return WHOLE;
  }

  @Override
  public Decision<DocumentEvent> decide(Conflict<Document.State, DocumentEvent> conflict) {
    DocumentEvent event = conflict.event().payload();
    if (event instanceof Written written
        && !written.creates()
        && !conflict.state().everDeleted()
        && config.resolver() == Resolver.LAST_WRITER_WINS) {
      // The common case, without a look at every rival: there can only be other versions.
      return Decision.apply(
          "last-writer-wins: the later version stands over " + conflict.latestRival().dot());
    }
    List<Rival<DocumentEvent>> rivals = conflict.rivals();
    if (config.resolver() == Resolver.MANUAL) {
      return Decision.escalateAndHold(
          "written without having seen " + dots(rivals) + "; a person decides which one stands");
    }
    return event instanceof Write write
        ? decideWrite(write, conflict.state(), rivals)
        : decideDelete(rivals);
  }

  private Decision<DocumentEvent> decideDelete(List<Rival<DocumentEvent>> rivals) {
    List<Rival<DocumentEvent>> updates = matching(rivals, Write.class::isInstance);
    if (updates.isEmpty()) {
      return Decision.apply("deleted more than once");
    }
    return config.onDeleteUpdate() == OnDeleteUpdate.UPDATE_WINS
        ? Decision.discard("update-wins: " + dots(updates) + " had not seen the deletion")
        : Decision.apply("delete-wins over " + dots(updates));
  }

  private Decision<DocumentEvent> decideWrite(
      Write write, Document.State state, List<Rival<DocumentEvent>> rivals) {
    List<Rival<DocumentEvent>> deletes = matching(rivals, Deleted.class::isInstance);
    if (!deletes.isEmpty() && config.onDeleteUpdate() == OnDeleteUpdate.DELETE_WINS) {
      return Decision.discard("delete-wins: deleted at the same time by " + dots(deletes));
    }
    List<Rival<DocumentEvent>> creations =
        matching(rivals, e -> e instanceof Write w && w.creates());
    if (write.creates() && !creations.isEmpty()) {
      if (config.onCreateCreate() == OnCreateCreate.FIRST_WINS) {
        return Decision.discard("first-wins: " + dots(creations) + " created it before");
      }
      if (write instanceof Written written) {
        Map<String, JsonNode> both = state.values();
        both.putAll(written.fields());
        return Decision.replace(
            new Written(both, true), "merge: created at the same time by " + dots(creations));
      }
    }
    List<Rival<DocumentEvent>> writes = matching(rivals, Write.class::isInstance);
    if (writes.isEmpty()) {
      return Decision.apply("update-wins over the deletion " + dots(deletes));
    }
    return Decision.apply(
        write instanceof Written
            ? "last-writer-wins: the later version stands over " + dots(writes)
            : fieldByField(write, writes));
  }

  private static String fieldByField(Write write, List<Rival<DocumentEvent>> writes) {
    StringBuilder reason = new StringBuilder("field-merge: ");
    boolean overlap = false;
    for (String field : write.fields().keySet()) {
      List<Rival<DocumentEvent>> same =
          matching(writes, e -> e instanceof Write w && w.fields().containsKey(field));
      if (!same.isEmpty()) {
        reason
            .append(overlap ? "; " : "")
            .append("the later value of '")
            .append(field)
            .append("' stands over ")
            .append(dots(same));
        overlap = true;
      }
    }
    return overlap ? reason.toString() : reason.append("other fields than ") + dots(writes);
  }

  private static List<Rival<DocumentEvent>> matching(
      List<Rival<DocumentEvent>> rivals, Predicate<DocumentEvent> wanted) {
    return rivals.stream().filter(r -> wanted.test(r.event().payload())).toList();
  }

  private static String dots(List<Rival<DocumentEvent>> rivals) {
    Set<String> dots = new TreeSet<>();
    rivals.forEach(rival -> dots.add(rival.dot().toString()));
    Optional<String> first = dots.stream().findFirst();
    return dots.size() > 3
        ? first.orElseThrow() + " and " + (dots.size() - 1) + " others"
        : String.join(", ", dots);
  }
}
