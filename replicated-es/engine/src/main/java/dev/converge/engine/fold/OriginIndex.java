package dev.converge.engine.fold;

import dev.converge.engine.event.OriginId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which event counts for each origin id: the first in the total order. */
final class OriginIndex<S, E> {
  /** Sorted in the total order, never empty. */
  private final Map<OriginId, List<Entry<S, E>>> byOrigin = new HashMap<>();

  /** Takes in an entry; gives those that counted so far and no longer do, or count as another. */
  List<Entry<S, E>> add(Entry<S, E> entry) {
    OriginId id = entry.event.originId();
    if (id == null) {
      return List.of();
    }
    List<Entry<S, E>> entries = byOrigin.computeIfAbsent(id, o -> new ArrayList<>(1));
    int at = -Collections.binarySearch(entries, entry) - 1;
    entries.add(at, entry);
    return at == 0 ? List.copyOf(entries.subList(1, entries.size())) : List.of();
  }

  /** The entry that counts for a request, or null if none has come. */
  @Nullable Entry<S, E> first(OriginId id) {
    List<Entry<S, E>> entries = byOrigin.get(id);
    return entries == null ? null : entries.get(0);
  }

  /** The entry that counts in place of {@code entry}, or null if that is itself. */
  @Nullable Entry<S, E> insteadOf(Entry<S, E> entry) {
    OriginId id = entry.event.originId();
    Entry<S, E> first = id == null ? null : first(id);
    return first == entry ? null : first;
  }
}
