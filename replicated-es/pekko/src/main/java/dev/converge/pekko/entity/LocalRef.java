package dev.converge.pekko.entity;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.pekko.Choice;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.EntityRef;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.EntityUnavailableException;
import dev.converge.pekko.Erasure;
import dev.converge.pekko.OpenConflict;
import dev.converge.pekko.ReadLevel;
import dev.converge.pekko.RunOptions;
import dev.converge.pekko.WriteLevel;
import dev.converge.pekko.WriteLevelNotReachedException;
import dev.converge.pekko.wire.EventRecord;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks the local replica of an entity, and waits for what a level asks for. */
public final class LocalRef<C, E, S> implements EntityRef<C, E, S> {
  private final Hosting hosting;
  private final EntityType<C, E, S> type;
  private final String key;
  private final String id;

  /** A reference to the entity of an id. */
  public LocalRef(Hosting hosting, EntityType<C, E, S> type, String id) {
    this.hosting = hosting;
    this.type = type;
    this.key = type.key(id);
    this.id = id;
  }

  @Override
  public String id() {
    return id;
  }

  /** The time that is left for an answer. */
  private final class Deadline {
    private final long at;
    private final Duration limit;

    Deadline(@Nullable Duration limit) {
      this.limit = limit == null ? hosting.settings().askTimeout() : limit;
      this.at = hosting.nanoTime() + this.limit.toNanos();
    }

    Duration left() {
      return Duration.ofNanos(Math.max(1_000_000, at - hosting.nanoTime()));
    }
  }

  @Override
  public CompletionStage<EntityAnswer<S>> run(C command, RunOptions options) {
    return write(
        options,
        (request, answer) -> new EntityMsg.Run(command, request, answer, new AtomicBoolean()));
  }

  @Override
  @SuppressWarnings("unchecked") // the actor of this type casts it back
  public CompletionStage<EntityAnswer<S>> decide(
      Dot conflict, Choice<C> choice, RunOptions options) {
    return write(
        options,
        (request, answer) ->
            new EntityMsg.Decide(
                conflict, (Choice<Object>) choice, request, answer, new AtomicBoolean()));
  }

  private CompletionStage<EntityAnswer<S>> write(
      RunOptions options,
      BiFunction<LiveEntity.Request, CompletableFuture<EntityAnswer<Object>>, EntityMsg.Write>
          message) {
    String why = hosting.parts().replicas().refusesWrites();
    if (why != null) {
      return CompletableFuture.failedFuture(new EntityUnavailableException(why, null));
    }
    Deadline deadline = new Deadline(options.limit());
    VersionVector seen = options.seen() == null ? null : options.seen().positions();
    CompletionStage<EntityAnswer<S>> written =
        (seen == null
                ? write(options, null, deadline, message)
                : here(seen, "what the client has seen", deadline)
                    .thenCompose(
                        here ->
                            write(
                                options,
                                seen.merge(hosting.parts().replicas().ownFloor()),
                                deadline,
                                message)))
            .thenApply(this::requireStanding);
    return options.level() instanceof WriteLevel.Local
        ? written
        : written.thenCompose(answer -> spread(answer, options.level(), deadline));
  }

  /**
   * A replica may be retired, or its database replaced, while a write is stored. What was stored
   * then may be behind the cut-off, and stand only once it has come back under the new incarnation.
   */
  private EntityAnswer<S> requireStanding(EntityAnswer<S> answer) {
    String why = hosting.parts().replicas().refusesWrites();
    if (why != null && !answer.written().isEmpty()) {
      throw new EntityUnavailableException(
          "the write is stored here, but meanwhile " + why + "; ask later whether it stands", null);
    }
    return answer;
  }

  private CompletionStage<EntityAnswer<S>> write(
      RunOptions options,
      @Nullable VersionVector seen,
      Deadline deadline,
      BiFunction<LiveEntity.Request, CompletableFuture<EntityAnswer<Object>>, EntityMsg.Write>
          message) {
    LiveEntity.Request request =
        options.request() == null && seen == null
            ? LiveEntity.Request.PLAIN
            : new LiveEntity.Request(options.request(), seen);
    CompletableFuture<EntityAnswer<Object>> answer = new CompletableFuture<>();
    return give(message.apply(request, answer), answer, deadline);
  }

  /**
   * Erases the entity with its history, for good. See {@link dev.converge.pekko.Entities#erase}.
   */
  public CompletionStage<Erasure> erase(String reason, RunOptions options) {
    Erasure.checkReason(reason);
    Deadline deadline = new Deadline(options.limit());
    CompletionStage<Erasure> erased =
        known().isPresent() ? CompletableFuture.completedFuture(known().get()) : erase(reason);
    return options.level() instanceof WriteLevel.Local
        ? erased
        : erased.thenCompose(erasure -> spread(erasure, options.level(), deadline));
  }

  private Optional<Erasure> known() {
    return hosting.log().erasure(key).map(Erasure::of);
  }

  private CompletionStage<Erasure> erase(String reason) {
    String why = hosting.parts().replicas().refusesWrites();
    if (why != null) {
      return CompletableFuture.failedFuture(new EntityUnavailableException(why, null));
    }
    CompletableFuture<EventRecord> answer = new CompletableFuture<>();
    return this.<EventRecord, EventRecord>give(
            new EntityMsg.Erase(reason, answer), answer, new Deadline(null))
        .thenApply(Erasure::of)
        .exceptionallyCompose(
            error -> // somebody else was first
            known()
                    .<CompletionStage<Erasure>>map(CompletableFuture::completedFuture)
                    .orElseGet(() -> CompletableFuture.failedFuture(error)));
  }

  private CompletionStage<Erasure> spread(Erasure erasure, WriteLevel level, Deadline deadline) {
    ReplicaId by = erasure.dot().replica();
    VersionVector rows = VersionVector.empty().with(by, hosting.log().held().get(by));
    return spread(
        erasure,
        rows,
        level,
        deadline,
        (reason, error) ->
            new EntityUnavailableException(
                "the entity is erased here, and will be everywhere; " + reason, error));
  }

  private CompletionStage<EntityAnswer<S>> spread(
      EntityAnswer<S> answer, WriteLevel level, Deadline deadline) {
    ReplicaId self = hosting.self();
    VersionVector all = answer.token().positions();
    boolean isOwn =
        !answer.written().isEmpty()
            && answer.written().stream().allMatch(dot -> dot.replica().equals(self));
    VersionVector rows = isOwn ? VersionVector.empty().with(self, all.get(self)) : all;
    return spread(
        answer,
        rows,
        level,
        deadline,
        (reason, error) ->
            new WriteLevelNotReachedException(
                "the write stands here and will spread; " + reason, answer));
  }

  /** Waits until enough replicas have the rows of what was written. */
  private <A> CompletionStage<A> spread(
      A written,
      VersionVector rows,
      WriteLevel level,
      Deadline deadline,
      BiFunction<String, Throwable, RuntimeException> failure) {
    int count = level instanceof WriteLevel.Replicas some ? some.count() : 0;
    return hosting
        .parts()
        .replicas()
        .heldBy(count, rows, deadline.left())
        .handle(
            (held, error) -> {
              if (error != null) {
                throw failure.apply(
                    "within "
                        + deadline.limit.toMillis()
                        + " ms it was not known to be on "
                        + (count == 0 ? "a majority of the replicas" : count + " replicas"),
                    error);
              }
              return written;
            });
  }

  /** Completes once these rows are here and handed to the entities. */
  private CompletionStage<Void> here(VersionVector rows, String what, Deadline deadline) {
    return hosting
        .handedOut()
        .await(rows, deadline.left())
        .exceptionally(
            error -> {
              throw new EntityUnavailableException(
                  what
                      + " has not come to this node within "
                      + deadline.limit.toMillis()
                      + " ms; ask again, or at the node where it was",
                  error);
            });
  }

  @Override
  public CompletionStage<EntityAnswer<S>> get(ReadLevel level, @Nullable Duration limit) {
    Deadline deadline = new Deadline(limit);
    if (level instanceof ReadLevel.Session session) {
      return here(session.token().positions(), "what the session has seen", deadline)
          .thenCompose(here -> look(LiveEntity::answer, deadline))
          .thenApply(this::typed);
    }
    if (level instanceof ReadLevel.Majority) {
      return hosting
          .parts()
          .replicas()
          .majorityHolds(deadline.left())
          .handle(
              (held, error) -> {
                if (error != null) {
                  throw new EntityUnavailableException(
                      "no majority of the replicas has answered within "
                          + deadline.limit.toMillis()
                          + " ms",
                      error);
                }
                return held;
              })
          .thenCompose(held -> here(held, "what a majority has", deadline))
          .thenCompose(here -> look(LiveEntity::answer, deadline))
          .thenApply(this::typed);
    }
    return look(LiveEntity::answer, deadline).thenApply(this::typed);
  }

  @Override
  public CompletionStage<HistoryPage<E>> history(int from, int limit) {
    if (from < 0 || limit < 1) {
      throw new IllegalArgumentException("from is at least 0 and limit at least 1");
    }
    Deadline deadline = new Deadline(null);
    return this.<HistoryPage<?>>look(live -> live.history(from, limit), deadline)
        .thenCompose(
            page ->
                page.from() > from
                    ? CompletableFuture.supplyAsync(() -> old(from, limit), hosting.blocking())
                    : CompletableFuture.completedFuture(page))
        .thenApply(this::typed);
  }

  /** A page that reaches back behind what is in memory. */
  private HistoryPage<E> old(int from, int limit) {
    return hosting.everything(type, key).replica().history(from, limit);
  }

  @Override
  public CompletionStage<Optional<Folded<E>>> awaitFinal(Dot event, Duration limit) {
    VersionVector version = VersionVector.empty().with(event.replica(), event.sequence());
    return this.<Optional<?>>await(
            live -> live.isFinal(version) ? live.event(event) : null,
            "event " + event + " is not final here",
            new Deadline(limit))
        .thenApply(this::typed);
  }

  @Override
  public CompletionStage<EntityAnswer<S>> awaitFinal(VersionVector version, Duration limit) {
    return this.<EntityAnswer<?>>await(
            live -> live.isFinal(version) ? live.answer() : null,
            version + " is not final here",
            new Deadline(limit))
        .thenApply(this::typed);
  }

  private <A> CompletionStage<A> await(
      Function<LiveEntity<?, ?, ?>, @Nullable A> question, String what, Deadline deadline) {
    CompletableFuture<A> answer = new CompletableFuture<>();
    hosting.give(key, new EntityMsg.Await<>(question, answer));
    return answer
        .orTimeout(deadline.left().toMillis(), TimeUnit.MILLISECONDS)
        .handle((value, error) -> known(value, error, what, deadline));
  }

  @Override
  public CompletionStage<List<OpenConflict<E>>> conflicts() {
    return this.<List<?>>look(LiveEntity::conflicts, new Deadline(null)).thenApply(this::typed);
  }

  @Override
  public Flow.Publisher<EntityAnswer<S>> changes() {
    return subscriber -> {
      Feed<S> feed =
          new Feed<>(Objects.requireNonNull(subscriber, "subscriber"), hosting.executor());
      feed.begin();
      hosting.give(key, new EntityMsg.Subscribe(feed));
    };
  }

  private <A> CompletionStage<A> look(
      Function<LiveEntity<?, ?, ?>, A> question, Deadline deadline) {
    CompletableFuture<A> answer = new CompletableFuture<>();
    return give(new EntityMsg.Look<>(question, answer), answer, deadline);
  }

  /** The actor answers with its type's own objects; the reference gives them their types back. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private <A> A typed(Object answer) {
    return (A) answer;
  }

  @SuppressWarnings("unchecked") // as above
  private <A, B> CompletionStage<B> give(
      EntityMsg.Work work, CompletableFuture<A> answer, Deadline deadline) {
    hosting.give(key, work);
    return (CompletionStage<B>)
        answer
            .orTimeout(deadline.left().toMillis(), TimeUnit.MILLISECONDS)
            .handle((value, error) -> known(value, error, "there is no answer", deadline));
  }

  private <A> A known(
      @Nullable A value, @Nullable Throwable error, String what, Deadline deadline) {
    Throwable cause = error instanceof CompletionException e ? e.getCause() : error;
    if (cause instanceof TimeoutException) {
      throw new EntityUnavailableException(
          what + " within " + deadline.limit.toMillis() + " ms", cause);
    }
    if (cause != null) {
      throw cause instanceof RuntimeException e
          ? e
          : new EntityUnavailableException(String.valueOf(cause), cause);
    }
    return Objects.requireNonNull(value, "an answer");
  }
}
