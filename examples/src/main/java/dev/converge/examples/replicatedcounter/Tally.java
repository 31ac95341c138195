package dev.converge.examples.replicatedcounter;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.converge.engine.conflict.Conflict;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.fold.EventContext;
import dev.converge.pekko.Effect;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.ReplicatedEntity;
import java.util.Set;

/**
 * A counter that can be reset. Additions commute, a reset does not: what becomes of additions that
 * the reset has not seen? Here they count on top of it.
 */
final class Tally extends ReplicatedEntity<Tally.Event, Tally.Event, Long> {
  static final EntityType<Event, Event, Long> TYPE =
      EntityType.of("tally", Event.class, id -> new Tally());

  /** What happens; commands have the same form. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Added.class, name = "added"),
    @JsonSubTypes.Type(value = Reset.class, name = "reset")
  })
  sealed interface Event {}

  record Added(@JsonProperty("by") long by) implements Event {}

  record Reset(@JsonProperty("to") long to) implements Event {}

  @Override
  public Long emptyState() {
    return 0L;
  }

  @Override
  public Effect<Event> onCommand(Long state, Event command) {
    if (command instanceof Added added && added.by() <= 0) {
      return Effect.refuse("add something above 0, not " + added.by());
    }
    return Effect.persist(command);
  }

  @Override
  public Long onEvent(Long state, Event event, EventContext context) {
    return event instanceof Added added ? state + added.by() : ((Reset) event).to();
  }

  @Override
  public ConflictResolver<Long, Event> conflicts() {
    return new ConflictResolver<>() {
      @Override
      public Set<String> conflictKeys(Event event) {
        return Set.of("total");
      }

      @Override
      public Decision<Event> decide(Conflict<Long, Event> conflict) {
        if (!(conflict.event().payload() instanceof Reset reset)) {
          return Decision.apply();
        }
        long unseen =
            conflict.rivals().stream()
                .flatMap(rival -> rival.effect().stream())
                .mapToLong(event -> event instanceof Added added ? added.by() : 0)
                .sum();
        return unseen == 0
            ? Decision.apply()
            : Decision.replace(
                new Reset(reset.to() + unseen), "keeps " + unseen + " that it had not seen");
      }
    };
  }
}
