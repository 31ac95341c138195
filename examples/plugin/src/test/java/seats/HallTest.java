package seats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.engine.testkit.EntityLaws;
import org.junit.jupiter.api.Test;

class HallTest {
  /** The one test that every entity type should have: random histories, all orders of delivery. */
  @Test
  void aHallComesToTheSameAtAllNodes() {
    EntityLaws.of(new Hall().model())
        .events(
            random -> {
              String seat = "A" + random.nextInt(3);
              String person = random.nextBoolean() ? "ada" : "bob";
              return random.nextInt(3) == 0
                  ? new SeatEvent.Released(seat, person)
                  : new SeatEvent.Booked(seat, person);
            })
        .check();
  }

  @Test
  void aStateDoesNotChangeWithTheMapItWasMadeOf() {
    var seats = new java.util.TreeMap<String, String>();
    Hall.State state = new Hall.State(seats);
    seats.put("A1", "ada");

    assertThat(state.seats()).isEmpty();
  }
}
