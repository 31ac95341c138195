package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rivals of an event without a look at every other: by conflict key, then kind, then
 * replica, then place.
 *
 * <p>Why two searches in each {@link Lane} find them: of the earlier events of one replica, the
 * event's context vector covers a prefix, and those that come before the event in the total order
 * are a prefix too, because a replica's times grow. What lies between is concurrent, except for
 * dots of the context's cloud: an earlier event cannot depend on a later one, as the total order
 * extends causality.
 */
final class ConflictIndex<S, E> {
  private final Map<String, Touched<S, E>> byKey = new HashMap<>();

  /** Replicas have numbers here, so that a look at what an event had seen is one array access. */
  private final Map<ReplicaId, Integer> numbers = new HashMap<>();

  private final boolean seesDiscarded;

  /** The keys of which something earlier in the fold under way came out otherwise than before. */
  private final List<Touched<S, E>> changed = new ArrayList<>();

  ConflictIndex(boolean seesDiscarded) {
    this.seesDiscarded = seesDiscarded;
  }

  /** The one thing that a conflict key names: who touches it, all together and by kind. */
  static final class Touched<S, E> {
    final String key;
    final Lanes<S, E> all = new Lanes<>();

    /** Empty where the resolver knows no kinds. */
    final Map<String, Lanes<S, E>> byKind = new TreeMap<>();

    boolean changed;

    Touched(String key) {
      this.key = key;
    }

    Lanes<S, E> lanes(@Nullable String kind) {
      return kind == null ? all : byKind.getOrDefault(kind, Lanes.none());
    }
  }

  /** One lane per replica, sorted by replica. Few, so a list. */
  static final class Lanes<S, E> {
    private static final Lanes<?, ?> NONE = new Lanes<>();

    final List<Lane<S, E>> list = new ArrayList<>(2);

    @SuppressWarnings("unchecked") // It is empty, and stays so.
    static <S, E> Lanes<S, E> none() {
      return (Lanes<S, E>) NONE;
    }

    Lane<S, E> of(ReplicaId replica, int number) {
      int i = 0;
      while (i < list.size() && list.get(i).replica.compareTo(replica) < 0) {
        i++;
      }
      if (i == list.size() || !list.get(i).replica.equals(replica)) {
        list.add(i, new Lane<>(replica, number));
      }
      return list.get(i);
    }
  }

  /** Takes in an entry under its keys and kinds. O(keys · kinds · (replicas + log n)). */
  void add(Entry<S, E> entry) {
    if (entry.keys.isEmpty()) {
      return;
    }
    ReplicaId replica = entry.event.replica();
    int number = number(replica);
    entry.event.context().vector().forEach((other, sequence) -> number(other));
    entry.seen = new long[numbers.size()];
    entry
        .event
        .context()
        .vector()
        .forEach((other, sequence) -> entry.seen[number(other)] = sequence);
    List<Touched<S, E>> touched = new ArrayList<>(entry.keys.size());
    for (String key : entry.keys) {
      Touched<S, E> one = byKey.computeIfAbsent(key, Touched::new);
      touched.add(one);
      one.all.of(replica, number).add(entry);
      for (String kind : entry.kinds) {
        one.byKind.computeIfAbsent(kind, k -> new Lanes<>()).of(replica, number).add(entry);
      }
    }
    entry.touched = touched;
  }

  private int number(ReplicaId replica) {
    return numbers.computeIfAbsent(replica, r -> numbers.size());
  }

  /** The decision on an entry is new: later events of its keys may be judged otherwise. */
  void decided(Entry<S, E> entry) {
    for (Touched<S, E> one : entry.touched) {
      if (!one.changed) {
        one.changed = true;
        changed.add(one);
      }
    }
    count(entry, entry.counts(seesDiscarded));
  }

  /**
   * Takes in an entry on which the decision stands: released before, and still a rival of others.
   */
  void addSettled(Entry<S, E> entry) {
    add(entry);
    count(entry, entry.counts(seesDiscarded));
  }

  private void count(Entry<S, E> entry, boolean counts) {
    if (counts != entry.counted) {
      ReplicaId replica = entry.event.replica();
      int number = number(replica);
      for (Touched<S, E> one : entry.touched) {
        one.all.of(replica, number).count(entry, counts);
        for (String kind : entry.kinds) {
          one.lanes(kind).of(replica, number).count(entry, counts);
        }
      }
    }
    entry.counted = counts;
  }

  /**
   * Lets go of entries, of each replica all up to some sequence number. O(those that share keys).
   */
  void drop(Collection<Entry<S, E>> entries) {
    Map<Lane<S, E>, Long> upTo = new HashMap<>();
    Set<Touched<S, E>> lighter = new HashSet<>();
    for (Entry<S, E> entry : entries) {
      ReplicaId replica = entry.event.replica();
      for (Touched<S, E> one : entry.touched) {
        lighter.add(one);
        upTo.merge(one.all.of(replica, number(replica)), entry.sequence, Math::max);
        for (String kind : entry.kinds) {
          upTo.merge(one.lanes(kind).of(replica, number(replica)), entry.sequence, Math::max);
        }
      }
    }
    upTo.forEach(Lane::dropUpTo);
    for (Touched<S, E> one : lighter) {
      one.all.list.removeIf(Lane::isEmpty);
      one.byKind.values().forEach(lanes -> lanes.list.removeIf(Lane::isEmpty));
      one.byKind.values().removeIf(lanes -> lanes.list.isEmpty());
      if (one.all.list.isEmpty()) {
        byKey.remove(one.key);
      }
    }
  }

  /** How many things are touched by what is here. */
  int size() {
    return byKey.size();
  }

  /** Whether the rivals of an entry may have changed in the fold under way. */
  boolean mayHaveChanged(Entry<S, E> entry) {
    if (!changed.isEmpty()) {
      for (Touched<S, E> one : entry.touched) {
        if (one.changed) {
          return true;
        }
      }
    }
    return false;
  }

  /** The fold under way is done. */
  void settled() {
    changed.forEach(one -> one.changed = false);
    changed.clear();
  }

  /** The first entry after {@code place} whose rivals may have changed, or null. */
  @Nullable Entry<S, E> nextChanged(Entry<S, E> place) {
    Entry<S, E> next = null;
    for (Touched<S, E> one : changed) {
      for (Lane<S, E> lane : one.all.list) {
        Entry<S, E> found = lane.after(place);
        if (found != null && (next == null || found.compareTo(next) < 0)) {
          next = found;
        }
      }
    }
    return next;
  }

  /** The last rival in the total order, or null. O(keys · replicas · log n). */
  @Nullable Entry<S, E> latest(
      Collection<Touched<S, E>> touched, @Nullable String kind, Entry<S, E> entry) {
    Entry<S, E> latest = null;
    for (Touched<S, E> one : touched) {
      for (Lane<S, E> lane : one.lanes(kind).list) {
        Entry<S, E> found = lane.latestRival(entry);
        if (found != null && (latest == null || found.compareTo(latest) > 0)) {
          latest = found;
        }
      }
    }
    return latest;
  }

  /** The first rival in the total order, or null. O(keys · replicas · log n). */
  @Nullable Entry<S, E> earliest(
      Collection<Touched<S, E>> touched, @Nullable String kind, Entry<S, E> entry) {
    Entry<S, E> earliest = null;
    for (Touched<S, E> one : touched) {
      for (Lane<S, E> lane : one.lanes(kind).list) {
        Entry<S, E> found = lane.earliestRival(entry);
        if (found != null && (earliest == null || found.compareTo(earliest) < 0)) {
          earliest = found;
        }
      }
    }
    return earliest;
  }

  boolean hasRival(Collection<Touched<S, E>> touched, @Nullable String kind, Entry<S, E> entry) {
    for (Touched<S, E> one : touched) {
      for (Lane<S, E> lane : one.lanes(kind).list) {
        if (lane.latestRival(entry) != null) {
          return true;
        }
      }
    }
    return false;
  }

  /** The rivals of an entry, in dot order. O(rivals), with several keys O(rivals · log rivals). */
  List<Entry<S, E>> rivals(
      Collection<Touched<S, E>> touched, @Nullable String kind, Entry<S, E> entry) {
    List<Entry<S, E>> found = new ArrayList<>();
    for (Touched<S, E> one : touched) {
      for (Lane<S, E> lane : one.lanes(kind).list) {
        lane.addRivals(entry, found);
      }
    }
    if (touched.size() < 2) {
      return found;
    }
    // One that shares several keys is found several times.
    Set<Entry<S, E>> once = new HashSet<>(found);
    found = new ArrayList<>(once);
    found.sort(Comparator.comparing((Entry<S, E> other) -> other.event.dot()));
    return found;
  }

  /** The dots of the rivals of an entry, in order. */
  List<Dot> dots(Entry<S, E> entry) {
    List<Entry<S, E>> rivals = rivals(entry.touched, null, entry);
    List<Dot> dots = new ArrayList<>(rivals.size());
    rivals.forEach(rival -> dots.add(rival.event.dot()));
    return Collections.unmodifiableList(dots);
  }

  /** The kinds that occur among the rivals. */
  SortedSet<String> kinds(Collection<Touched<S, E>> touched, Entry<S, E> entry) {
    SortedSet<String> kinds = new TreeSet<>();
    for (Touched<S, E> one : touched) {
      for (String kind : one.byKind.keySet()) {
        if (!kinds.contains(kind) && hasRival(List.of(one), kind, entry)) {
          kinds.add(kind);
        }
      }
    }
    return Collections.unmodifiableSortedSet(kinds);
  }
}
