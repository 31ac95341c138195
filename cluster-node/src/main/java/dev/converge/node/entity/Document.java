package dev.converge.node.entity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.fold.EventContext;
import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.node.config.NodeConfig.Resolver;
import dev.converge.node.entity.DocumentEvent.Decided;
import dev.converge.node.entity.DocumentEvent.Deleted;
import dev.converge.node.entity.DocumentEvent.Patched;
import dev.converge.node.entity.DocumentEvent.Replaced;
import dev.converge.node.entity.DocumentEvent.Write;
import dev.converge.node.entity.DocumentEvent.Written;
import dev.converge.pekko.Choice;
import dev.converge.pekko.Effect;
import dev.converge.pekko.OpenConflict;
import dev.converge.pekko.ReplicatedEntity;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A document of named fields. Who wins is up to {@link DocumentRules}; this folds what they let
 * through.
 *
 * <p>A deletion is a mark: the fields stay remembered behind it, so that a concurrent update can
 * bring the document back whole where updates win, or where a person chooses it.
 *
 * <p>Where a person decides, the side that is chosen is written once more, on top of what there is:
 * fields that only other sides have set stay as they are. A write that nobody had seen who decided
 * waits for a person again if it is later than the decision in the total order; if it is earlier,
 * the decision stands over it, field by field.
 */
public final class Document
    extends ReplicatedEntity<Document.Command, DocumentEvent, Document.State> {
  /** How long a document may be that a command leaves behind. */
  static final int MAX_CHARACTERS = 1 << 20;

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
   */
  public record State(Status status, SortedMap<String, Field> fields, SortedSet<Dot> deletions) {
    static final State ABSENT =
        new State(Status.ABSENT, Collections.emptySortedMap(), Collections.emptySortedSet());

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
      Map<String, JsonNode> whole = state.values();
      whole.putAll(patch.fields());
      whole.values().removeIf(JsonNode::isNull);
      requireRoom(whole);
      return Effect.persist(
          config.resolver() == Resolver.LAST_WRITER_WINS
              ? new Written(whole, creates)
              : new Patched(patch.fields(), creates));
    }
    if (command instanceof Command.Replace replace) {
      requireRoom(replace.fields());
      return Effect.persist(
          config.resolver() == Resolver.LAST_WRITER_WINS
              ? new Written(replace.fields(), creates)
              : new Replaced(replace.fields(), creates));
    }
    return creates ? Effect.none() : Effect.persist(new Deleted());
  }

  /** Concurrent writes of fields that do not meet may still add up to more. */
  private static void requireRoom(Map<String, JsonNode> values) {
    long characters = 0;
    for (Map.Entry<String, JsonNode> field : values.entrySet()) {
      characters += field.getKey().length() + field.getValue().toString().length();
    }
    if (characters > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "a document has at most "
              + MAX_CHARACTERS
              + " characters as JSON; this one would have "
              + characters);
    }
  }

  @Override
  public Effect<DocumentEvent> onDecision(
      State state, OpenConflict<DocumentEvent> conflict, Choice<Command> choice) {
    DocumentEvent outcome = null;
    if (choice instanceof Choice.Side<Command> side) {
      DocumentEvent chosen = Decisions.event(conflict, side.side());
      outcome = chosen instanceof Decided decided ? decided.outcome() : chosen;
    } else if (choice instanceof Choice.Instead<Command> instead) {
      Effect<DocumentEvent> effect = onCommand(state, instead.command());
      if (effect instanceof Effect.Persist<DocumentEvent> persist) {
        outcome = persist.events().get(0);
      }
    }
    return Effect.persist(
        new Decided(Decisions.conflict(conflict), Decisions.sides(conflict), outcome));
  }

  @Override
  public State onEvent(State state, DocumentEvent event, EventContext context) {
    if (event instanceof Decided decided) {
      return decided.outcome() == null
          ? state
          : after(state, decided.outcome(), context, decided.sides());
    }
    return after(state, event, context, List.of());
  }

  /**
   * The state after an event.
   *
   * @param sides what it was chosen from, if a person did
   */
  private static State after(
      State state, DocumentEvent event, EventContext context, List<String> sides) {
    if (!(event instanceof Write write)) {
      SortedSet<Dot> deletions = new TreeSet<>(state.deletions());
      deletions.add(context.dot());
      return new State(
          Status.DELETED, state.fields(), Collections.unmodifiableSortedSet(deletions));
    }
    SortedMap<String, Field> fields =
        startsAfresh(state, write, context.dependencies(), sides)
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
        Status.LIVE, Collections.unmodifiableSortedMap(fields), Collections.emptySortedSet());
  }

  /**
   * Whoever has seen the deletion writes a new document; whoever has not, goes on with the old one.
   * So does an update that a person has chosen over a deletion.
   */
  private static boolean startsAfresh(
      State state, Write write, CausalContext seen, List<String> sides) {
    return state.deletions().stream()
        .filter(deletion -> write.creates() || !sides.contains(deletion.toString()))
        .anyMatch(seen::contains);
  }

  @Override
  public ConflictResolver<State, DocumentEvent> conflicts() {
    return new DocumentRules(config);
  }
}
