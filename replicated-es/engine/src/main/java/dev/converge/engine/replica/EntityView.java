package dev.converge.engine.replica;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.fold.FoldException;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.engine.fold.IndexedFold;
import dev.converge.engine.fold.Judged;
import java.util.List;
import java.util.Optional;

/**
 * What an entity looks like at one replica. All questions but {@link #find(OriginId)} and {@link
 * #held} throw {@link FoldException} if the handler or the resolver threw.
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
public interface EntityView<S, E> {
  /** The fold that answers. */
  IndexedFold<S, E> fold();

  /** The state after all events held. */
  default S state() {
    return fold().state();
  }

  /** The history, page by page, in the order of the fold, as far as it is in memory. */
  default HistoryPage<E> history(int from, int limit) {
    return fold().history(from, limit);
  }

  /** An event in memory, with what became of it. */
  default Optional<Folded<E>> eventByDot(Dot dot) {
    return fold().find(dot);
  }

  /** The events that wait for a person, in the order of the fold. */
  default List<Folded<E>> escalated() {
    return fold().escalated();
  }

  /**
   * The conflicts that wait for a person, in the order of the fold, with their sides. Costs
   * O(escalated · sides).
   */
  default List<Escalation> openConflicts() {
    return fold().openConflicts();
  }

  /**
   * What has become of a conflict. One that left memory settled is not known.
   *
   * @param id the dot of the escalated event
   */
  default Optional<Escalation> conflict(Dot id) {
    return fold().conflict(id);
  }

  /**
   * The events of a conflict's sides, in dot order, with what became of them; also when they have
   * left memory otherwise, as long as the conflict is open. Costs O(sides).
   *
   * @param id the dot of the escalated event
   */
  default List<Judged<E>> sides(Dot id) {
    return fold().sides(id);
  }

  /**
   * The event that counts for a request, as long as it is remembered; for {@linkplain
   * OriginId#isPart one of several events} that very one, or the first of the execution that counts
   * in place of its own.
   */
  default Optional<Dot> find(OriginId originId) {
    return fold().find(originId);
  }

  /** How many events are in memory. */
  default int held() {
    return fold().size();
  }
}
