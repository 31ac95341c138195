package dev.converge.pekko;

import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.EventContext;

/**
 * An entity that every node may write: commands are decided against the local replica and become
 * events; events from all replicas are folded in one total order, so that equal sets of events give
 * equal states everywhere.
 *
 * <p>One instance serves one replica of one id and is called by one thread at a time. {@link
 * #onEvent} and the resolver must be pure: no clock, no randomness, no I/O, no change to their
 * arguments; a state is an immutable value. They run again when an event arrives late.
 *
 * @param <C> commands
 * @param <E> events
 * @param <S> states
 */
public abstract class ReplicatedEntity<C, E, S> {
  /** The state of an id without events. */
  public abstract S emptyState();

  /**
   * Decides a command against the state of this replica. May throw {@link
   * IllegalArgumentException}, which counts as a refusal.
   */
  public abstract Effect<E> onCommand(S state, C command);

  /**
   * Turns a person's decision on a conflict into events, of which the {@linkplain
   * ConflictResolver#resolution resolver} says that they decide it. The effect is {@link
   * #onEvent}'s to give, like that of any event. Refuses unless overridden.
   *
   * @param conflict an open conflict of this entity
   */
  public Effect<E> onDecision(S state, OpenConflict<E> conflict, Choice<C> choice) {
    return Effect.refuse("entities of type '" + conflict.type() + "' take no decisions");
  }

  /** The state after {@code event}; pure. */
  public abstract S onEvent(S state, E event, EventContext context);

  /** How concurrent, conflicting events are judged; by default nothing conflicts. */
  public ConflictResolver<S, E> conflicts() {
    return Resolvers.none();
  }

  /**
   * Whether any order of concurrent events gives the same state and the resolver always applies:
   * then a late event is folded where it arrives. Say so only if it is true.
   */
  public boolean commutes() {
    return false;
  }

  /**
   * The version of the events' form that this code writes and reads, from 1. Raise it when older
   * code could not read what this code writes: it then parks such events until it is upgraded.
   * Older versions are brought to this one by the type's {@linkplain EntityType#withUpcaster
   * upcasters}.
   */
  public int schemaVersion() {
    return 1;
  }

  /**
   * For how many milliseconds a named request counts once; see {@link
   * EntityModel#rememberRequestsMillis}. The same on all nodes. 30 days unless overridden.
   */
  public long rememberRequestsMillis() {
    return 30L * 24 * 60 * 60 * 1000;
  }

  /** This entity as the engine sees it, for the actor and for tests without one. */
  public final EntityModel<S, E> model() {
    return new EntityModel<>() {
      @Override
      public S emptyState() {
        return ReplicatedEntity.this.emptyState();
      }

      @Override
      public S apply(S state, E event, EventContext context) {
        return onEvent(state, event, context);
      }

      @Override
      public ConflictResolver<S, E> conflicts() {
        return ReplicatedEntity.this.conflicts();
      }

      @Override
      public long rememberRequestsMillis() {
        return ReplicatedEntity.this.rememberRequestsMillis();
      }

      @Override
      public boolean commutes() {
        return ReplicatedEntity.this.commutes();
      }
    };
  }
}
