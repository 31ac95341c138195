package dev.converge.multinode.suite;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.engine.fold.EventContext;
import dev.converge.node.entity.HostedType;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.Effect;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.ReplicatedEntity;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * An entity type of a user's own, in two versions: the second lets an addition carry a note, which
 * the first does not know. Which one runs is said by the system property {@link #VERSION}.
 */
public final class TallyType
    implements HostedType<TallyType.Added, TallyType.Added, TallyType.State> {
  /** 1 or 2; 1 if it is not said. */
  static final String VERSION = "tally.version";

  private final int version = Integer.getInteger(VERSION, 1);

  private final EntityType<Added, Added, State> type =
      EntityType.<Added, Added, State>of("tally", Added.class, id -> new Tally(version))
          .withStates(State.class);

  /** The command and the event; there is no note in version 1. */
  record Added(@JsonProperty("by") BigInteger by, @JsonProperty("note") @Nullable String note) {}

  /** The sum, and the last note. */
  record State(@JsonProperty("total") BigInteger total, @JsonProperty("note") String note) {}

  private static final class Tally extends ReplicatedEntity<Added, Added, State> {
    private final int version;

    Tally(int version) {
      this.version = version;
    }

    @Override
    public State emptyState() {
      return new State(BigInteger.ZERO, "");
    }

    @Override
    public Effect<Added> onCommand(State state, Added command) {
      return Effect.persist(command);
    }

    @Override
    public State onEvent(State state, Added event, EventContext context) {
      String note = event.note();
      return new State(state.total().add(event.by()), note == null ? state.note() : note);
    }

    @Override
    public int schemaVersion() {
      return version;
    }
  }

  @Override
  public EntityType<Added, Added, State> type() {
    return type;
  }

  @Override
  public Added command(String name, Fields fields) {
    BigInteger by = fields.positive("by");
    return new Added(by, version == 2 ? fields.text("note") : null);
  }

  @Override
  public JsonNode state(State state) {
    ObjectNode shown = Json.object().put("total", state.total());
    return version == 2 ? shown.put("note", state.note()) : shown;
  }

  @Override
  public JsonNode event(Added event) {
    return Json.object().put("event", "added").put("by", event.by());
  }
}
