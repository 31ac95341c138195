package dev.converge.engine.fold;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a first part of an entity's events comes to: all that a fold needs of them to go on with the
 * others. Plain data, to be stored. The events that it covers are a prefix of the total order, and
 * of each replica's events.
 *
 * <p>It serves every event that comes later in the total order and has seen what is {@link
 * #dropped}. Immutable, if states and payloads are.
 *
 * @param state the state after those events
 * @param size how many they are
 * @param time the time of the last of them; zero if there is none
 * @param last the dot of the last of them, null if there is none
 * @param vector their dots
 * @param dropped of these, the dots that nothing is known of any more beside their effect
 * @param kept the others, as far as they can be rivals of events to come, in the total order
 * @param requests the origin ids that are remembered, with the events that count, in the total
 *     order
 * @param conflicts those that wait for a person, in the total order, and settled ones that an event
 *     to come may not have seen settled
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
public record FoldCheckpoint<S, E>(
    S state,
    long size,
    HybridTimestamp time,
    @Nullable Dot last,
    VersionVector vector,
    VersionVector dropped,
    List<Judged<E>> kept,
    List<CountedRequest> requests,
    List<HeldConflict<E>> conflicts) {

  /**
   * Copies the lists, and checks the parts.
   *
   * @throws IllegalArgumentException if it says that more is dropped than it covers
   */
  public FoldCheckpoint {
    if (!vector.covers(dropped)) {
      throw new IllegalArgumentException(
          "a checkpoint of " + vector + " cannot have dropped " + dropped);
    }
    kept = List.copyOf(kept);
    requests = List.copyOf(requests);
    conflicts = List.copyOf(conflicts);
  }

  /** Before any event. */
  public static <S, E> FoldCheckpoint<S, E> empty(EntityModel<S, E> model) {
    return new FoldCheckpoint<>(
        model.emptyState(),
        0,
        HybridTimestamp.ZERO,
        null,
        VersionVector.empty(),
        VersionVector.empty(),
        List.of(),
        List.of(),
        List.of());
  }

  /**
   * Whether a fold that starts from this gives an event that is not covered its right place and
   * rivals.
   *
   * @param floor what every event to come counts as seen
   */
  public boolean serves(ReplicatedEvent<E> event, VersionVector floor) {
    return serves(event.time(), event.dot(), event.context(), floor);
  }

  boolean serves(HybridTimestamp otherTime, Dot dot, CausalContext context, VersionVector floor) {
    int byTime = time.compareTo(otherTime);
    boolean isBefore = last == null || byTime < 0 || (byTime == 0 && last.compareTo(dot) < 0);
    return isBefore && sees(context, floor, dropped);
  }

  /** Whether a context, with the floor, has all of {@code dropped}. */
  static boolean sees(CausalContext context, VersionVector floor, VersionVector dropped) {
    return floor.covers(dropped)
        || context.merge(CausalContext.of(floor)).covers(CausalContext.of(dropped));
  }
}
