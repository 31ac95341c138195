package seats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.entity.HostedType;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.EntityType;

/** {@code hall}: what a node needs to serve halls over HTTP. Named in META-INF/services. */
public final class HallType implements HostedType<SeatEvent, SeatEvent, Hall.State> {
  private static final EntityType<SeatEvent, SeatEvent, Hall.State> TYPE =
      EntityType.<SeatEvent, SeatEvent, Hall.State>of("hall", SeatEvent.class, id -> new Hall())
          .withStates(Hall.State.class);

  @Override
  public EntityType<SeatEvent, SeatEvent, Hall.State> type() {
    return TYPE;
  }

  @Override
  public SeatEvent command(String name, Fields fields) {
    String seat = fields.nonEmptyText("seat");
    String person = fields.nonEmptyText("person");
    return switch (name) {
      case "book" -> new SeatEvent.Booked(seat, person);
      case "release" -> new SeatEvent.Released(seat, person);
      default -> throw HostedType.unknownCommand("hall", name, "book, release");
    };
  }

  @Override
  public JsonNode state(Hall.State state) {
    ObjectNode seats = Json.object();
    state.seats().forEach(seats::put);
    ObjectNode node = Json.object();
    node.set("seats", seats);
    return node;
  }

  @Override
  public JsonNode event(SeatEvent event) {
    return Json.tree(event);
  }
}
