package dev.converge.node.entity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.fold.EventContext;
import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.node.config.NodeConfig.Resolver;
import dev.converge.node.entity.DocumentEvent.Deleted;
import dev.converge.node.entity.DocumentEvent.Patched;
import dev.converge.node.entity.DocumentEvent.Replaced;
import dev.converge.node.entity.DocumentEvent.Write;
import dev.converge.node.entity.DocumentEvent.Written;
import dev.converge.pekko.Effect;
import dev.converge.pekko.ReplicatedEntity;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A document of named fields. Who wins is up to {@link DocumentRules}; this folds what they let
 * through.
 *
 * <p>A deletion is a mark: the fields stay remembered behind it, so that a concurrent update can
 * bring the document back whole where updates win.
 */
public final class Document
    extends ReplicatedEntity<Document.Command, DocumentEvent, Document.State> {
  private final DocumentTypeConfig config;

  /** What a client wants. */
  public sealed interface Command {
    /**
     * Set these fields, remove those whose value is null, leave the others.
     *
     * @param fields at least one
     */
    record Patch(Map<String, JsonNode> fields) implements Command {}

    /**
     * Let the document have just these fields.
     *
     * @param fields maybe none
     */
    record Replace(Map<String, JsonNode> fields) implements Command {}

    /** Delete the document. */
    record Delete() implements Command {}
  }

  /** Whether there is a document. */
  public enum Status {
    /** There never was one. */
    ABSENT,
    /** There is one. */
    LIVE,
    /** There was one. */
    DELETED
  }

  /**
   * A field's value and the event that set it.
   *
   * @param value the value
   * @param dot the event
   */
  public record Field(JsonNode value, Dot dot) {}

  /**
   * A document.
   *
   * @param status whether there is one
   * @param fields its fields; of a deleted one those it had
   * @param deletions the events that deleted it; empty unless it is deleted
   * @param everDeleted whether a deletion has ever taken effect
   */
  public record State(
      Status status, Map<String, Field> fields, Set<Dot> deletions, boolean everDeleted) {
    static final State ABSENT = new State(Status.ABSENT, Map.of(), Set.of(), false);

    /** The values of the fields that can be seen, sorted by name. */
    public Map<String, JsonNode> values() {
      Map<String, JsonNode> values = new TreeMap<>();
      if (status == Status.LIVE) {
        fields.forEach((name, field) -> values.put(name, field.value()));
      }
      return values;
    }
  }

  /** A document under these rules. */
  public Document(DocumentTypeConfig config) {
    this.config = config;
  }

  @Override
  public State emptyState() {
    return State.ABSENT;
  }

  @Override
  public Effect<DocumentEvent> onCommand(State state, Command command) {
    boolean creates = state.status() != Status.LIVE;
    if (command instanceof Command.Patch patch) {
      if (config.resolver() == Resolver.LAST_WRITER_WINS) {
        Map<String, JsonNode> whole = state.values();
        whole.putAll(patch.fields());
        whole.values().removeIf(JsonNode::isNull);
        return Effect.persist(new Written(whole, creates));
      }
      return Effect.persist(new Patched(patch.fields(), creates));
    }
    if (command instanceof Command.Replace replace) {
      return Effect.persist(
          config.resolver() == Resolver.LAST_WRITER_WINS
              ? new Written(replace.fields(), creates)
              : new Replaced(replace.fields(), creates));
    }
    return creates ? Effect.none() : Effect.persist(new Deleted());
  }

  @Override
  public State onEvent(State state, DocumentEvent event, EventContext context) {
    if (!(event instanceof Write write)) {
      Set<Dot> deletions = new TreeSet<>(state.deletions());
      deletions.add(context.dot());
      return new State(
          Status.DELETED, state.fields(), Collections.unmodifiableSet(deletions), true);
    }
    Map<String, Field> fields =
        startsAfresh(state, context.dependencies())
            ? new TreeMap<>()
            : new TreeMap<>(state.fields());
    if (write instanceof Written) {
      fields.clear();
    } else if (write instanceof Replaced) {
      fields.values().removeIf(field -> context.dependencies().contains(field.dot()));
    }
    write
        .fields()
        .forEach(
            (name, value) -> {
              if (value.isNull() && write instanceof Patched) {
                fields.remove(name);
              } else {
                fields.put(name, new Field(value, context.dot()));
              }
            });
    return new State(
        Status.LIVE, Collections.unmodifiableMap(fields), Set.of(), state.everDeleted());
  }

  /**
   * Whoever has seen the deletion writes a new document; whoever has not, goes on with the old one.
   */
  private static boolean startsAfresh(State state, CausalContext seen) {
    return state.deletions().stream().anyMatch(seen::contains);
  }

  @Override
  public ConflictResolver<State, DocumentEvent> conflicts() {
    return new DocumentRules(config);
  }
}
