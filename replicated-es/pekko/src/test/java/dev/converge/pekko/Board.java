package dev.converge.pekko;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Conflict;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Resolution;
import dev.converge.engine.fold.EventContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Notes pinned to places, with every kind of decision: where two pin at once, the later is
 * discarded at a place {@code d…}, replaced at {@code r…}, held for a person at {@code e…}, and
 * applied elsewhere. The order of events shows in the state.
 */
public final class Board extends ReplicatedEntity<Board.Command, Board.Event, Board.State> {
  public static final EntityType<Command, Event, State> TYPE =
      EntityType.<Command, Event, State>of("board", Event.class, id -> new Board())
          .withStates(State.class)
          .withEscalation();

  /** What a test asks for: a note for each text. */
  public record Command(String place, List<String> texts) {
    static Command pin(String place, String... texts) {
      return new Command(place, List.of(texts));
    }
  }

  public record Event(
      @JsonProperty("place") String place,
      @JsonProperty("text") String text,
      @JsonProperty("decides") @Nullable String decides,
      @JsonProperty("sides") List<String> sides) {}

  public record State(
      @JsonProperty("places") SortedMap<String, String> places,
      @JsonProperty("log") List<String> log) {}

  @Override
  public State emptyState() {
    return new State(new TreeMap<>(), List.of());
  }

  @Override
  public Effect<Event> onCommand(State state, Command command) {
    if (command.place().isEmpty()) {
      return Effect.refuse("a note needs a place");
    }
    if (command.texts().isEmpty()) {
      return Effect.none();
    }
    return Effect.persist(
        command.texts().stream()
            .map(text -> new Event(command.place(), text, null, List.of()))
            .toList());
  }

  @Override
  public Effect<Event> onDecision(
      State state, OpenConflict<Event> conflict, Choice<Command> choice) {
    String text = "as it is";
    if (choice instanceof Choice.Side<Command> side) {
      text =
          conflict.sides().stream()
              .filter(one -> one.dot().equals(side.side()))
              .map(one -> one.event().payload().text())
              .findFirst()
              .orElseThrow();
    } else if (choice instanceof Choice.Instead<Command> instead) {
      text = instead.command().texts().get(0);
    }
    return Effect.persist(
        new Event(
            "decision",
            text,
            conflict.escalation().id().toString(),
            conflict.escalation().sides().stream().map(Dot::toString).toList()));
  }

  @Override
  public State onEvent(State state, Event event, EventContext context) {
    SortedMap<String, String> places = new TreeMap<>(state.places());
    places.put(event.place(), event.text());
    List<String> log = new ArrayList<>(state.log());
    log.add(event.text() + context.concurrentWith().size());
    return new State(places, List.copyOf(log.subList(Math.max(0, log.size() - 20), log.size())));
  }

  @Override
  public ConflictResolver<State, Event> conflicts() {
    return new ConflictResolver<>() {
      @Override
      public Set<String> conflictKeys(Event event) {
        return Set.of(event.place());
      }

      @Override
      public Decision<Event> decide(Conflict<State, Event> conflict) {
        Event event = conflict.event().payload();
        return switch (event.place().charAt(0)) {
          case 'd' -> Decision.discard("somebody was first");
          case 'r' ->
              Decision.replace(
                  new Event(event.place(), event.text() + "!", null, List.of()), "moved");
          case 'e' -> Decision.escalateAndHold("two notes at one place");
          default -> Decision.apply();
        };
      }

      @Override
      public Optional<Resolution> resolution(Event event) {
        return event.decides() == null
            ? Optional.empty()
            : Optional.of(
                Resolution.of(
                    Dot.parse(event.decides()), event.sides().stream().map(Dot::parse).toList()));
      }
    };
  }
}
