package dev.converge.pekko.entity;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.fold.Folded;
import dev.converge.pekko.EntityType;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What became of events: from the entity in memory, else from a fold of its whole journal. */
public final class Outcomes {
  private final Hosting hosting;

  /** Of these entities. */
  public Outcomes(Hosting hosting) {
    this.hosting = hosting;
  }

  /**
   * The outcomes of some events of an entity; those that are not there are left out, as are all of
   * an entity that is erased.
   *
   * @param type the entity's
   */
  public <E> CompletionStage<Map<Dot, Folded<E>>> of(
      EntityType<?, E, ?> type, String key, Collection<Dot> dots) {
    Set<Dot> wanted = new HashSet<>(dots);
    CompletableFuture<Map<Dot, Folded<E>>> found = new CompletableFuture<>();
    hosting.give(key, new EntityMsg.Look<>(live -> inMemory(live, wanted), found));
    return found
        .thenCompose(
            some ->
                some.size() == wanted.size()
                    ? CompletableFuture.completedFuture(some)
                    : CompletableFuture.supplyAsync(
                        () -> old(type, key, wanted, some), hosting.blocking()))
        .exceptionallyCompose(
            error ->
                hosting.isErased(key)
                    ? CompletableFuture.completedFuture(Map.of())
                    : CompletableFuture.failedFuture(error));
  }

  @SuppressWarnings("unchecked") // the entity is of that type
  private static <E> Map<Dot, Folded<E>> inMemory(LiveEntity<?, ?, ?> live, Set<Dot> dots) {
    Map<Dot, Folded<E>> found = new TreeMap<>();
    for (Dot dot : dots) {
      Optional<Folded<E>> event = (Optional<Folded<E>>) (Optional<?>) live.event(dot);
      event.ifPresent(folded -> found.put(dot, folded));
    }
    return found;
  }

  /** Events that have left memory. */
  private <C, E, S> Map<Dot, Folded<E>> old(
      EntityType<C, E, S> type, String key, Set<Dot> dots, Map<Dot, Folded<E>> known) {
    EntityMemory<S, E> memory = hosting.everything(type, key);
    Map<Dot, Folded<E>> found = new TreeMap<>(known);
    for (Dot dot : dots) {
      if (!found.containsKey(dot)) {
        memory.replica().eventByDot(dot).ifPresent(folded -> found.put(dot, folded));
      }
    }
    return found;
  }
}
