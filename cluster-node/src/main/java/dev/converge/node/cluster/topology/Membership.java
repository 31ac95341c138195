package dev.converge.node.cluster.topology;

import java.util.List;

/**
 * What one cluster system knows about the members of its cluster. Immutable.
 *
 * @param uid the id of the observing system itself; a new one for each life of the system
 * @param standing where the observing system stands in that cluster
 * @param seats every member that is not removed, the observer included, unreachable ones too
 */
public record Membership(long uid, Standing standing, List<Seat> seats) {
  /** Where a system stands in its own cluster. */
  public enum Standing {
    /** Not joined, or not yet. */
    NONE,
    /** Joining, weakly up or up: a full member for all that Converge does. */
    MEMBER,
    /** Leaving because it was asked to. */
    LEAVING,
    /** Downed or removed by another member: this system can never be a member again. */
    GONE
  }

  /**
   * One member.
   *
   * @param name the node's configured name
   * @param uid the id of the system that holds the seat; a restarted node takes a new seat
   */
  public record Seat(String name, long uid) {}

  /** Copies the list. */
  public Membership {
    seats = List.copyOf(seats);
  }

  /**
   * A system that belongs to nothing yet.
   *
   * @param uid its id
   * @return the empty membership
   */
  public static Membership none(long uid) {
    return new Membership(uid, Standing.NONE, List.of());
  }

  /**
   * Whether a system holds a seat here. O(members).
   *
   * @param systemUid the system's id
   * @return whether it is a member
   */
  public boolean has(long systemUid) {
    return has(seats, systemUid);
  }

  static boolean has(List<Seat> seats, long uid) {
    return seats.stream().anyMatch(seat -> seat.uid() == uid);
  }
}
