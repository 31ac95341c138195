package dev.converge.pekko;

import dev.converge.engine.fold.HistoryPage;
import java.util.concurrent.CompletionStage;

/**
 * The local replica of one entity. Needs no other node. Thread-safe; cheap to make and to drop.
 *
 * <p>Every answer fails with {@link EntityUnavailableException} if the replica cannot answer in
 * time.
 *
 * @param <C> commands
 * @param <E> events
 * @param <S> states
 */
public interface EntityRef<C, E, S> {
  /** The entity's id. */
  String id();

  /**
   * Runs a command; completes when its events are committed in the local journal, with the state
   * after them. Fails with {@link CommandRefusedException} if the entity refuses.
   */
  CompletionStage<EntityAnswer<S>> run(C command);

  /** The state as this replica sees it. */
  CompletionStage<EntityAnswer<S>> get();

  /**
   * Events in the order of the fold, with the decisions on them.
   *
   * @param from position of the first, from 0
   * @param limit at most so many, at least 1
   */
  CompletionStage<HistoryPage<E>> history(int from, int limit);
}
