package dev.converge.pekko.entity;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.engine.event.OriginId;
import dev.converge.pekko.Choice;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.wire.EventRecord;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/** What an entity's actor is told. All of it stays on the node, so answers are futures. */
public sealed interface EntityMsg {
  /** What waits in the entity's {@link Inbox} until it is taken, in order. */
  sealed interface Work extends EntityMsg {
    /** Who waits. */
    CompletableFuture<?> answer();
  }

  /** Work that may write. */
  sealed interface Write extends Work {
    /** Completed after the commit. */
    @Override
    CompletableFuture<EntityAnswer<Object>> answer();

    /** Its name, and what whoever sent it had seen. */
    LiveEntity.Request request();

    /** Set when the journal had refused it as too old: it is tried once more. */
    AtomicBoolean fenced();
  }

  /**
   * Run a command.
   *
   * @param command the entity's own
   */
  record Run(
      Object command,
      LiveEntity.Request request,
      CompletableFuture<EntityAnswer<Object>> answer,
      AtomicBoolean fenced)
      implements Write {}

  /**
   * Decide a conflict.
   *
   * @param conflict which
   * @param choice for what
   */
  record Decide(
      Dot conflict,
      Choice<Object> choice,
      LiveEntity.Request request,
      CompletableFuture<EntityAnswer<Object>> answer,
      AtomicBoolean fenced)
      implements Write {}

  /**
   * Write an event of a former incarnation of this replica again, if it is not there.
   *
   * @param name under which it counts once
   * @param seen what its author had seen, in today's names
   */
  record Bring(
      EventRecord former,
      OriginId name,
      CausalContext seen,
      CompletableFuture<EntityAnswer<Object>> answer,
      AtomicBoolean fenced)
      implements Write {
    @Override
    public LiveEntity.Request request() {
      return new LiveEntity.Request(name, null);
    }
  }

  /**
   * Write the record that the entity is erased. Nothing is done after it.
   *
   * @param reason as people gave it
   * @param answer the record, after the commit
   */
  record Erase(String reason, CompletableFuture<EventRecord> answer) implements Work {}

  /**
   * Look at the entity.
   *
   * @param question asked once, when nothing is being stored
   */
  record Look<A>(Function<LiveEntity<?, ?, ?>, A> question, CompletableFuture<A> answer)
      implements Work {}

  /**
   * Wait for something.
   *
   * @param question asked whenever the entity has changed, until it gives something
   */
  record Await<A>(Function<LiveEntity<?, ?, ?>, @Nullable A> question, CompletableFuture<A> answer)
      implements Work {}

  /**
   * Tell of each change.
   *
   * @param feed whom
   */
  record Subscribe(Feed<?> feed) implements Work {
    @Override
    public CompletableFuture<Done> answer() {
      return feed.ended();
    }
  }

  /** There is something in the inbox. */
  record WorkCame() implements EntityMsg {}

  /** The frontier has moved, or it is time to look. */
  record FrontierMoved() implements EntityMsg {}

  /**
   * What was to be stored is, or is not.
   *
   * @param error null if it is stored
   */
  record Stored(@Nullable Throwable error) implements EntityMsg {}

  /**
   * The entity was read from the journal.
   *
   * @param memory of that entity's types
   */
  record Loaded(EntityMemory<?, ?> memory) implements EntityMsg {}

  /**
   * What had left memory was read from the journal.
   *
   * @param tail of that entity's types
   */
  record TailRead(Archive.Tail<?, ?> tail) implements EntityMsg {}

  /**
   * The journal could not be read.
   *
   * @param error why
   */
  record ReadFailed(Throwable error) implements EntityMsg {}

  /** Leave memory. */
  record Stop() implements EntityMsg {}
}
