package seats;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What happens to the seats of a hall; commands have the same form. Written as CBOR by Jackson. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SeatEvent.Booked.class, name = "booked"),
  @JsonSubTypes.Type(value = SeatEvent.Released.class, name = "released")
})
public sealed interface SeatEvent {
  /** Which seat. */
  String seat();

  /** Who wants it, or gives it back. */
  String person();

  /** A seat was given to a person. */
  record Booked(@JsonProperty("seat") String seat, @JsonProperty("person") String person)
      implements SeatEvent {}

  /** A person gave a seat back. */
  record Released(@JsonProperty("seat") String seat, @JsonProperty("person") String person)
      implements SeatEvent {}
}
