package dev.converge.pekko.entity;

import dev.converge.engine.fold.HistoryPage;
import dev.converge.pekko.EntityAnswer;
import java.util.concurrent.CompletableFuture;

/** What an entity's actor is told. All of it stays on the node, so answers are futures. */
public sealed interface EntityMsg {
  /** Somebody waits for an answer, or for the end of the work. */
  sealed interface Ask extends EntityMsg {
    /** Who waits. */
    CompletableFuture<?> answer();
  }

  /** Something that may end in a commit, and can share one with others: see {@link Inbox}. */
  sealed interface Work extends Ask {}

  /**
   * Run a command.
   *
   * @param command the entity's own
   * @param answer completed after the commit
   */
  record Run(Object command, CompletableFuture<EntityAnswer<Object>> answer) implements Work {}

  /**
   * Show the state.
   *
   * @param answer completed at once
   */
  record Get(CompletableFuture<EntityAnswer<Object>> answer) implements Ask {}

  /**
   * Show a page of the history.
   *
   * @param from position of the first, from 0
   * @param limit at most so many
   * @param answer completed at once
   */
  record GetHistory(int from, int limit, CompletableFuture<HistoryPage<Object>> answer)
      implements Ask {}

  /** There is work in the inbox. */
  record WorkCame() implements EntityMsg {}

  /** Nobody has asked anything for a while. */
  record Idle() implements EntityMsg {}

  /** Leave memory. */
  record Stop() implements EntityMsg {}
}
