package dev.converge.pekko;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The local replica of one entity. Thread-safe; cheap to make and to drop. Needs no other node,
 * except where a level asks for one.
 *
 * <p>Every answer may fail with
 *
 * <ul>
 *   <li>{@link EntityUnavailableException} if the replica cannot answer now: try again later;
 *   <li>{@link EntityDamagedException} if the entity's journal is damaged: repair it;
 *   <li>{@link dev.converge.engine.fold.FoldException} if the entity's handler or resolver threw.
 * </ul>
 *
 * @param <C> commands
 * @param <E> events
 * @param <S> states
 */
public interface EntityRef<C, E, S> {
  /** The entity's id. */
  String id();

  /** {@link #run(Object, RunOptions)} with {@link RunOptions#DEFAULT}. */
  default CompletionStage<EntityAnswer<S>> run(C command) {
    return run(command, RunOptions.DEFAULT);
  }

  /**
   * Runs a command; completes when its events are committed in the local journal, and on as many
   * other replicas as asked for, with the state after them.
   *
   * <p>A request that has counted already, here or at another node, is not run again: the answer
   * has the present state. One that came to nothing, or was refused, leaves no trace and is decided
   * anew.
   *
   * @return fails with {@link CommandRefusedException} if the entity refuses; with {@link
   *     WriteLevelNotReachedException} if it stands here and is not on enough replicas in time;
   *     with {@link EntityUnavailableException} if it could not be run, or if that is not known
   */
  CompletionStage<EntityAnswer<S>> run(C command, RunOptions options);

  /** The state as this replica sees it. */
  default CompletionStage<EntityAnswer<S>> get() {
    return get(ReadLevel.local(), null);
  }

  /**
   * The state as this replica sees it, once it shows what the level asks for.
   *
   * @param limit how long that may take; null for what is {@linkplain Entities.Settings#askTimeout
   *     configured}
   * @return fails with {@link EntityUnavailableException} if it takes longer
   */
  CompletionStage<EntityAnswer<S>> get(ReadLevel level, @Nullable Duration limit);

  /**
   * Events in the order of the fold, with the decisions on them. Those that have left memory are
   * read from the journal, as far back as it goes: {@link HistoryPage#from} says where that is.
   *
   * @param from position of the first, from 0
   * @param limit at most so many, at least 1
   */
  CompletionStage<HistoryPage<E>> history(int from, int limit);

  /**
   * Completes once an event is final.
   *
   * @return the event with its outcome; empty if it was final so long ago that it has left memory.
   *     Fails with {@link EntityUnavailableException} if it is not final, or not here, in time
   */
  CompletionStage<Optional<Folded<E>>> awaitFinal(Dot event, Duration limit);

  /**
   * Completes once all events of {@code version} are here and final, with the state then. Fails
   * with {@link EntityUnavailableException} if that takes longer than the limit.
   */
  CompletionStage<EntityAnswer<S>> awaitFinal(VersionVector version, Duration limit);

  /**
   * The entity whenever it has changed here, by whichever replica: first as it is, then after each
   * change. Also when nothing has changed but that all is final now. A subscriber that is slower
   * than the changes gets the newest. The entity stays in memory as long as somebody is subscribed.
   *
   * <p>Any number may subscribe. It ends with an error if the entity stops (see above), and is
   * completed when the node stops; subscribe again.
   */
  Flow.Publisher<EntityAnswer<S>> changes();

  /** The conflicts that wait for a person, in the order of the fold. */
  CompletionStage<List<OpenConflict<E>>> conflicts();

  /**
   * A person's decision on a conflict. It settles the sides that {@code options.seen} covers (all
   * that are here, if that is null); one that the person had not seen stays open.
   *
   * @param conflict the {@linkplain dev.converge.engine.conflict.Escalation#id conflict's id}
   * @return as {@link #run(Object, RunOptions)}; fails with {@link CommandRefusedException} also if
   *     the conflict is not open, or the type takes no such decisions
   */
  CompletionStage<EntityAnswer<S>> decide(Dot conflict, Choice<C> choice, RunOptions options);
}
