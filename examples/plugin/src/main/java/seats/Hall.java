package seats;

import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.fold.EventContext;
import dev.converge.pekko.Effect;
import dev.converge.pekko.ReplicatedEntity;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A hall whose seats every node sells. A node alone can only see that a seat is free as far as it
 * knows; of two bookings of one seat at two nodes at once the first in the total order stands, the
 * other is discarded with the reason, everywhere.
 *
 * <p>So a booking is sure when its event is final: until then the answer is a promise that may be
 * taken back, as it is with any system that sells during a network split.
 */
public final class Hall extends ReplicatedEntity<SeatEvent, SeatEvent, Hall.State> {
  /**
   * Who has which seat.
   *
   * @param seats persons by seat
   */
  public record State(SortedMap<String, String> seats) {
    /** Copies the map: a state never changes. */
    public State {
      seats = new TreeMap<>(seats);
    }
  }

  @Override
  public State emptyState() {
    return new State(new TreeMap<>());
  }

  /** Validates against what this node knows; nothing else is asked. */
  @Override
  public Effect<SeatEvent> onCommand(State state, SeatEvent command) {
    String holder = state.seats().get(command.seat());
    boolean isOwn = command.person().equals(holder);
    if (command instanceof SeatEvent.Booked) {
      if (isOwn) {
        return Effect.none();
      }
      return holder == null
          ? Effect.persist(command)
          : Effect.refuse("seat " + command.seat() + " is taken");
    }
    return isOwn
        ? Effect.persist(command)
        : Effect.refuse(command.person() + " does not have seat " + command.seat());
  }

  /** A function of its arguments alone: the same at every node, and run again for late events. */
  @Override
  public State onEvent(State state, SeatEvent event, EventContext context) {
    SortedMap<String, String> seats = new TreeMap<>(state.seats());
    if (event instanceof SeatEvent.Booked) {
      seats.put(event.seat(), event.person());
    } else {
      seats.remove(event.seat(), event.person());
    }
    return new State(seats);
  }

  /** Bookings of one seat exclude each other; to give one back is never in the way. */
  @Override
  public ConflictResolver<State, SeatEvent> conflicts() {
    return Resolvers.<State, SeatEvent>perType()
        .on(SeatEvent.Booked.class, Resolvers.firstWriterWins(SeatEvent::seat))
        .otherwise(Resolvers.none());
  }
}
