package dev.converge.engine.support;

import dev.converge.engine.conflict.Conflict;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Resolution;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.conflict.Rival;
import dev.converge.engine.conflict.Rivals;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.EventContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Models for tests. */
public final class Models {
  private Models() {}

  /** The handler of a model. */
  @FunctionalInterface
  public interface Handler<S> {
    /** The state after the event. */
    S apply(S state, Note event, EventContext context);
  }

  /** A model put together from its parts. */
  public record Model<S>(
      S emptyState, Handler<S> handler, ConflictResolver<S, Note> conflicts, boolean commutes)
      implements EntityModel<S, Note> {
    @Override
    public S apply(S state, Note event, EventContext context) {
      return handler.apply(state, event, context);
    }
  }

  /** Appends the text to a list: does not commute, and forgets nothing. */
  public static Model<List<String>> append(ConflictResolver<List<String>, Note> conflicts) {
    return new Model<>(
        List.of(), (list, note, context) -> plus(list, note.text()), conflicts, false);
  }

  /** As {@link #append}, and writes down all that the context tells. */
  public static Model<List<String>> appendAll(ConflictResolver<List<String>, Note> conflicts) {
    return new Model<>(
        List.of(),
        (list, note, context) ->
            plus(list, note.text() + context.decision() + context.concurrentWith()),
        conflicts,
        false);
  }

  /** Sets the text of each key, so that later events hide earlier ones. */
  public static Model<TreeMap<String, String>> assign(
      ConflictResolver<TreeMap<String, String>, Note> conflicts) {
    return new Model<>(
        new TreeMap<>(),
        (map, note, context) -> {
          TreeMap<String, String> copy = new TreeMap<>(map);
          note.keys().forEach(key -> copy.put(key, note.text()));
          return copy;
        },
        conflicts,
        false);
  }

  /** Adds up the lengths of texts: commutes. */
  public static Model<Long> sum() {
    return new Model<>(
        0L, (sum, note, context) -> sum + note.text().length(), Resolvers.none(), true);
  }

  /** Says that it commutes, whether or not it does. */
  public static <S> Model<S> pretendingToCommute(Model<S> model) {
    return new Model<>(model.emptyState(), model.handler(), Resolvers.none(), true);
  }

  /**
   * A resolver whose answer depends on all that it may look at: state, event, rivals, their
   * decisions, their order.
   */
  public static <S> ConflictResolver<S, Note> capricious(boolean seesDiscarded) {
    return capricious(seesDiscarded, true);
  }

  /** A resolver whose answer depends on event and rivals, and on the state where asked to. */
  public static <S> ConflictResolver<S, Note> capricious(boolean seesDiscarded, boolean seesState) {
    return new Capricious<>(seesDiscarded, seesState);
  }

  private record Capricious<S>(boolean seesDiscarded, boolean readsState)
      implements ConflictResolver<S, Note> {
    @Override
    public Set<String> conflictKeys(Note event) {
      return event.keys();
    }

    @Override
    public Set<String> kinds(Note event) {
      return event.kinds();
    }

    @Override
    public Optional<Resolution> resolution(Note event) {
      return event.resolution();
    }

    @Override
    public Decision<Note> decide(Conflict<S, Note> conflict) {
      StringBuilder seen = new StringBuilder(conflict.event().dot().toString());
      for (Rival<Note> rival : conflict.rivals()) {
        seen.append(' ').append(rival.dot()).append(rival.sharedKeys());
        seen.append(rival.decision().getClass().getSimpleName());
      }
      seen.append(conflict.among().kinds());
      for (String kind : conflict.among().kinds()) {
        Rivals<Note> some = conflict.among(Set.of("a", "title")).ofKind(kind);
        seen.append(some.isEmpty());
        some.earliest().ifPresent(rival -> seen.append(rival.dot()));
        some.latest().ifPresent(rival -> seen.append(rival.dot()));
        seen.append(some.list().size());
      }
      int hash = seen.toString().hashCode() * 31 + (readsState ? conflict.state().hashCode() : 0);
      return switch (Math.floorMod(hash ^ (hash >>> 15), 6)) {
        case 0 -> Decision.discard("discarded after " + seen);
        case 1 ->
            Decision.replace(
                new Note(Set.of("other"), conflict.event().payload().text() + "'"), "by " + seen);
        case 2 -> Decision.escalateAndApply("shown to a person: " + seen);
        case 3 -> Decision.escalateAndHold("held for a person: " + seen);
        case 4 ->
            Decision.apply("from " + conflict.earliestRival() + " to " + conflict.latestRival());
        default -> Decision.apply();
      };
    }
  }

  /**
   * A resolver that looks up few rivals, and whose answer depends on them and on what was decided
   * about them.
   */
  public static <S> ConflictResolver<S, Note> glancing() {
    return new Glancing<>();
  }

  private record Glancing<S>() implements ConflictResolver<S, Note> {
    @Override
    public Set<String> conflictKeys(Note event) {
      return event.keys();
    }

    @Override
    public Set<String> kinds(Note event) {
      return event.kinds();
    }

    @Override
    public boolean readsState() {
      return false;
    }

    @Override
    public Decision<Note> decide(Conflict<S, Note> conflict) {
      StringBuilder seen = new StringBuilder(conflict.event().dot().toString());
      seen.append(conflict.among(Set.of("a")).ofKind("odd").isEmpty());
      conflict
          .among()
          .ofKind("third")
          .earliest()
          .ifPresent(rival -> seen.append(rival.dot()).append(rival.decision()));
      if (seen.length() % 2 == 0) {
        seen.append(conflict.latestRival().dot()).append(conflict.latestRival().decision());
      }
      int hash = seen.toString().hashCode();
      return switch (Math.floorMod(hash ^ (hash >>> 15), 4)) {
        case 0 -> Decision.discard("discarded " + hash);
        case 1 -> Decision.escalateAndApply("shown to a person " + hash);
        case 2 -> Decision.apply("seen " + hash);
        default -> Decision.apply();
      };
    }
  }

  private static List<String> plus(List<String> list, String text) {
    List<String> copy = new ArrayList<>(list);
    copy.add(text);
    return copy;
  }
}
