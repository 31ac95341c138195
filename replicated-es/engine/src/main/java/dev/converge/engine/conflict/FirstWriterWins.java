package dev.converge.engine.conflict;

import dev.converge.crdt.clock.Dot;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Of concurrent writes to one thing, the first stands; see {@link Resolvers#firstWriterWins}. */
final class FirstWriterWins<S, E> implements ConflictResolver<S, E> {
  private record Said<E>(Dot winner, String key, Decision<E> decision) {}

  private final Function<? super E, String> key;

  /**
   * The last answer. One event may come before thousands, which are all discarded for the same
   * reason: they share it. Written without a lock, as any of several answers is right.
   */
  private volatile @Nullable Said<E> last;

  FirstWriterWins(Function<? super E, String> key) {
    this.key = key;
  }

  @Override
  public Set<String> conflictKeys(E event) {
    return Set.of(key.apply(event));
  }

  @Override
  public Decision<E> decide(Conflict<S, E> conflict) {
    Rival<E> rival = conflict.earliestRival();
    Dot winner = rival.dot();
    String shared = rival.sharedKeys().first();
    Said<E> said = last;
    if (said == null || !said.winner.equals(winner) || !said.key.equals(shared)) {
      said = new Said<>(winner, shared, Decision.discard(shared + ": " + winner + " came first"));
      last = said;
    }
    return said.decision;
  }

  @Override
  public boolean readsState() {
    return false;
  }

  @Override
  public String toString() {
    return "first-writer-wins";
  }
}
