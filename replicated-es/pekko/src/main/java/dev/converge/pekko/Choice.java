package dev.converge.pekko;

import dev.converge.crdt.clock.Dot;

/**
 * What a person decides on a conflict; the entity makes an event of it: {@link
 * ReplicatedEntity#onDecision}.
 *
 * @param <C> commands
 */
public sealed interface Choice<C> {
  /**
   * This side shall stand.
   *
   * @param side one of the conflict's
   */
  record Side<C>(Dot side) implements Choice<C> {}

  /**
   * None of the sides: this, in their place.
   *
   * @param command what shall be
   */
  record Instead<C>(C command) implements Choice<C> {}

  /** It shall stay as it is now. */
  record AsItIs<C>() implements Choice<C> {}
}
