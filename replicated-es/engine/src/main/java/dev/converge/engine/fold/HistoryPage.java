package dev.converge.engine.fold;

import java.util.List;

/**
 * A part of an entity's history.
 *
 * @param events in the order of the fold
 * @param from the position of the first of them, from 0
 * @param total how many events the history has
 * @param <E> the type of payloads
 */
public record HistoryPage<E>(List<Folded<E>> events, int from, int total) {
  /** The position of the first event after this page. */
  public int next() {
    return from + events.size();
  }

  /** Whether events follow this page. */
  public boolean hasMore() {
    return next() < total;
  }
}
