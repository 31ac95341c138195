package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.conflict.Rival;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rivals of an event without a look at every other: by conflict key, then replica, then
 * sequence number.
 *
 * <p>Why two binary searches find them: of the earlier events of one replica, the event's context
 * vector covers a prefix, and those that come before the event in the total order are a prefix too,
 * because a replica's times grow. What lies between is concurrent, except for dots of the context's
 * cloud: an earlier event cannot depend on a later one, as the total order extends causality.
 */
final class ConflictIndex<S, E> {
  /** Each list in the order of sequence numbers, which is also the total order. */
  private final Map<String, TreeMap<ReplicaId, List<Entry<S, E>>>> index = new HashMap<>();

  private final boolean seesDiscarded;

  ConflictIndex(boolean seesDiscarded) {
    this.seesDiscarded = seesDiscarded;
  }

  /** O(keys · log n), where it is the last of its replica; else the list moves up. */
  void add(Entry<S, E> entry) {
    for (String key : entry.keys) {
      List<Entry<S, E>> entries =
          index
              .computeIfAbsent(key, k -> new TreeMap<>())
              .computeIfAbsent(entry.event.replica(), r -> new ArrayList<>());
      entries.add(after(entries, entry.event.dot().sequence()), entry);
    }
  }

  boolean hasRival(Entry<S, E> entry) {
    for (String key : entry.keys) {
      for (List<Entry<S, E>> entries : byReplica(key)) {
        if (latestOf(entries, entry) != null) {
          return true;
        }
      }
    }
    return false;
  }

  /** The rivals of an entry, in dot order. O(rivals), with several keys O(rivals · log rivals). */
  List<Rival<E>> rivals(Entry<S, E> entry) {
    List<Rival<E>> rivals = new ArrayList<>();
    forEachRival(entry, other -> rivals.add(rival(other, entry)));
    return Collections.unmodifiableList(rivals);
  }

  /** The dots of the rivals of an entry, in order. */
  List<Dot> dots(Entry<S, E> entry) {
    List<Dot> dots = new ArrayList<>();
    forEachRival(entry, other -> dots.add(other.event.dot()));
    return Collections.unmodifiableList(dots);
  }

  private void forEachRival(Entry<S, E> entry, Consumer<Entry<S, E>> visit) {
    if (entry.keys.size() == 1) {
      forEachRival(entry.keys.first(), entry, visit);
    } else if (entry.keys.size() > 1) {
      // One that shares several keys is found several times.
      TreeMap<Dot, Entry<S, E>> found = new TreeMap<>();
      for (String key : entry.keys) {
        forEachRival(key, entry, other -> found.put(other.event.dot(), other));
      }
      found.values().forEach(visit);
    }
  }

  private void forEachRival(String key, Entry<S, E> entry, Consumer<Entry<S, E>> visit) {
    for (List<Entry<S, E>> entries : byReplica(key)) {
      int end = before(entries, entry);
      for (int i = firstUnseen(entries, entry); i < end; i++) {
        if (isRival(entries.get(i), entry)) {
          visit.accept(entries.get(i));
        }
      }
    }
  }

  /** The first rival in the total order, or null. O(keys · replicas · log n), without discards. */
  @Nullable Rival<E> earliest(Entry<S, E> entry) {
    Entry<S, E> earliest = null;
    for (String key : entry.keys) {
      for (List<Entry<S, E>> entries : byReplica(key)) {
        Entry<S, E> one = earliestOf(entries, entry);
        if (one != null && (earliest == null || one.compareTo(earliest) < 0)) {
          earliest = one;
        }
      }
    }
    return earliest == null ? null : rival(earliest, entry);
  }

  /** The last rival in the total order, or null. O(keys · replicas · log n), without discards. */
  @Nullable Rival<E> latest(Entry<S, E> entry) {
    Entry<S, E> latest = null;
    for (String key : entry.keys) {
      for (List<Entry<S, E>> entries : byReplica(key)) {
        Entry<S, E> one = latestOf(entries, entry);
        if (one != null && (latest == null || one.compareTo(latest) > 0)) {
          latest = one;
        }
      }
    }
    return latest == null ? null : rival(latest, entry);
  }

  /** The first entry after {@code place} that has one of the keys, or null. */
  @Nullable Entry<S, E> next(Set<String> keys, Entry<S, E> place) {
    Entry<S, E> next = null;
    for (String key : keys) {
      for (List<Entry<S, E>> entries : byReplica(key)) {
        int i = before(entries, place);
        if (i < entries.size() && entries.get(i) == place) {
          i++;
        }
        if (i < entries.size() && (next == null || entries.get(i).compareTo(next) < 0)) {
          next = entries.get(i);
        }
      }
    }
    return next;
  }

  private Collection<List<Entry<S, E>>> byReplica(String key) {
    TreeMap<ReplicaId, List<Entry<S, E>>> found = index.get(key);
    return found == null ? List.of() : found.values();
  }

  private @Nullable Entry<S, E> earliestOf(List<Entry<S, E>> entries, Entry<S, E> entry) {
    int end = before(entries, entry);
    for (int i = firstUnseen(entries, entry); i < end; i++) {
      if (isRival(entries.get(i), entry)) {
        return entries.get(i);
      }
    }
    return null;
  }

  private @Nullable Entry<S, E> latestOf(List<Entry<S, E>> entries, Entry<S, E> entry) {
    int start = firstUnseen(entries, entry);
    for (int i = before(entries, entry) - 1; i >= start; i--) {
      if (isRival(entries.get(i), entry)) {
        return entries.get(i);
      }
    }
    return null;
  }

  private boolean isRival(Entry<S, E> other, Entry<S, E> entry) {
    return other.counts(seesDiscarded)
        && !entry.event.context().cloud().contains(other.event.dot());
  }

  private Rival<E> rival(Entry<S, E> other, Entry<S, E> entry) {
    SortedSet<String> shared = entry.keys;
    if (!shared.equals(other.keys)) {
      shared = new TreeSet<>(shared);
      shared.retainAll(other.keys);
      shared = Collections.unmodifiableSortedSet(shared);
    }
    return new Rival<>(other.event, other.decision(), shared);
  }

  /** The index of the first entry that the context vector of {@code entry} does not cover. */
  private int firstUnseen(List<Entry<S, E>> entries, Entry<S, E> entry) {
    ReplicaId replica = entries.get(0).event.replica();
    return after(entries, entry.event.context().vector().get(replica));
  }

  private static <S, E> int after(List<Entry<S, E>> entries, long sequence) {
    return partition(entries, one -> one.event.dot().sequence() <= sequence);
  }

  private static <S, E> int before(List<Entry<S, E>> entries, Entry<S, E> entry) {
    return partition(entries, one -> one.compareTo(entry) < 0);
  }

  /** How many entries, all in front, fulfil the condition. Looks at the end first: O(1) there. */
  private static <T> int partition(List<T> list, Predicate<T> condition) {
    int low = 0;
    int high = list.size();
    if (high > 0 && condition.test(list.get(high - 1))) {
      return high;
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (condition.test(list.get(middle))) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
