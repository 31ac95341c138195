package dev.converge.pekko;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.fold.EventContext;
import java.util.ArrayList;
import java.util.List;

/** A list to which every node appends: a handler that does not commute. */
final class Notes extends ReplicatedEntity<Notes.Append, Notes.Appended, List<String>> {
  static final EntityType<Append, Appended, List<String>> TYPE =
      EntityType.of("notes", Appended.class, id -> new Notes());

  record Append(String text) {}

  record Appended(@JsonProperty("text") String text) {}

  @Override
  public List<String> emptyState() {
    return List.of();
  }

  @Override
  public Effect<Appended> onCommand(List<String> state, Append command) {
    if (command.text().isBlank()) {
      return Effect.refuse("a note has text");
    }
    return state.contains(command.text())
        ? Effect.none()
        : Effect.persist(new Appended(command.text()));
  }

  @Override
  public List<String> onEvent(List<String> state, Appended event, EventContext context) {
    List<String> next = new ArrayList<>(state);
    next.add(event.text());
    return List.copyOf(next);
  }

  @Override
  public ConflictResolver<List<String>, Appended> conflicts() {
    return Resolvers.lastWriterWins(event -> "list");
  }
}
