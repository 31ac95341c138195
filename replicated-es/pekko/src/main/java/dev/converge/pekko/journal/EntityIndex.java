package dev.converge.pekko.journal;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the newest rows of each entity stand, in memory, until enough of them have gathered to be
 * written to the table {@code entity_run} as sorted runs: the idea of the log-structured merge-tree
 * (O'Neil et al., 1996). An index that took each row at once would touch a page of the file for
 * each, and cost more than all the rest of a commit.
 *
 * <pre>
 * fresh     rows of the last commits
 * freezing  rows that are being written as runs, some entities with each commit
 * </pre>
 *
 * <p>What is not in a run yet is found again at a start by the positions behind {@code indexed_to}:
 * at most two times {@link #FULL} rows. One thread adds; any may read or remove.
 */
final class EntityIndex {
  /** So many rows become runs together. */
  static final int FULL = 16_384;

  /** So many entities' runs are written with one commit. */
  private static final int SLICE = 256;

  private volatile ConcurrentNavigableMap<String, Places> fresh = new ConcurrentSkipListMap<>();
  private volatile ConcurrentNavigableMap<String, Places> freezing = new ConcurrentSkipListMap<>();
  private int freshRows;
  private long freshTo;
  private long freezingTo;

  /** Up to where the slices before were written; null if nothing is freezing. */
  private @Nullable String writtenTo;

  /** Ascending positions of one entity. */
  private static final class Places {
    private long[] positions = new long[4];
    private int size;

    synchronized void add(long position) {
      if (size > 0 && positions[size - 1] >= position) {
        insert(position);
        return;
      }
      grow();
      positions[size++] = position;
    }

    private void grow() {
      if (size == positions.length) {
        positions = Arrays.copyOf(positions, size * 2);
      }
    }

    private void insert(long position) {
      int at = Arrays.binarySearch(positions, 0, size, position);
      if (at < 0) {
        grow();
        System.arraycopy(positions, -at - 1, positions, -at, size + at + 1);
        positions[-at - 1] = position;
        size++;
      }
    }

    synchronized long[] all() {
      return Arrays.copyOf(positions, size);
    }

    synchronized long last() {
      return size == 0 ? 0 : positions[size - 1];
    }

    synchronized void remove(Set<Long> gone) {
      int kept = 0;
      for (int i = 0; i < size; i++) {
        if (!gone.contains(positions[i])) {
          positions[kept++] = positions[i];
        }
      }
      size = kept;
    }
  }

  /**
   * What to write with the next commit.
   *
   * @param runs ascending positions of each entity
   * @param end null if more slices follow; else all up to this position is in runs with this one
   */
  record Slice(Map<String, long[]> runs, @Nullable Long end) {}

  /** A row was committed. */
  void add(String key, long position) {
    fresh.computeIfAbsent(key, one -> new Places()).add(position);
    freshRows++;
    freshTo = Math.max(freshTo, position);
  }

  /** All rows were dropped. */
  void clear() {
    fresh = new ConcurrentSkipListMap<>();
    freezing = new ConcurrentSkipListMap<>();
    freshRows = 0;
    freshTo = 0;
    writtenTo = null;
  }

  /** What is to be written with the next commit, if anything; {@link #written} when it was. */
  @Nullable Slice next() {
    if (writtenTo == null) {
      if (freshRows < FULL) {
        return null;
      }
      // Readers look at 'fresh' first: for a moment both are the same, and none is missed.
      freezing = fresh;
      fresh = new ConcurrentSkipListMap<>();
      freshRows = 0;
      freezingTo = freshTo;
      writtenTo = "";
    }
    Map<String, long[]> runs = new ConcurrentSkipListMap<>();
    boolean first = writtenTo.isEmpty();
    Iterator<Map.Entry<String, Places>> rest =
        freezing.tailMap(writtenTo, first).entrySet().iterator();
    while (rest.hasNext() && runs.size() < SLICE) {
      Map.Entry<String, Places> entity = rest.next();
      runs.put(entity.getKey(), entity.getValue().all());
    }
    return new Slice(runs, rest.hasNext() ? null : freezingTo);
  }

  /** That slice is committed. */
  void written(Slice slice) {
    if (slice.end() != null) {
      freezing = new ConcurrentSkipListMap<>();
      writtenTo = null;
    } else {
      for (String key : slice.runs().keySet()) {
        writtenTo = key;
      }
    }
  }

  /**
   * Positions of an entity that may be in no run yet, ascending. To be asked before the runs are
   * read.
   */
  long[] positions(String key) {
    Places newest = fresh.get(key);
    Places older = freezing.get(key);
    long[] last = newest == null ? new long[0] : newest.all();
    long[] first = older == null || older == newest ? new long[0] : older.all();
    return merged(first, last);
  }

  /** The union of two ascending lists. */
  static long[] merged(long[] a, long[] b) {
    if (a.length == 0 || b.length == 0) {
      return a.length == 0 ? b : a;
    }
    long[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    if (a[a.length - 1] < b[0]) {
      return all;
    }
    return Arrays.stream(all).sorted().distinct().toArray();
  }

  /** The highest position of an entity that may be in no run yet; 0 if there is none. */
  long highest(String key) {
    Places newest = fresh.get(key);
    Places older = freezing.get(key);
    return Math.max(newest == null ? 0 : newest.last(), older == null ? 0 : older.last());
  }

  /** The first key from this one on with such rows; null if there is none. */
  @Nullable String keyFrom(String from) {
    TreeSet<String> keys = new TreeSet<>();
    for (ConcurrentNavigableMap<String, Places> part : List.of(fresh, freezing)) {
      for (Map.Entry<String, Places> entity : part.tailMap(from, true).entrySet()) {
        if (entity.getValue().last() > 0) {
          keys.add(entity.getKey());
          break;
        }
      }
    }
    return keys.isEmpty() ? null : keys.first();
  }

  /** Rows were taken out of the journal. */
  void remove(String key, Set<Long> gone) {
    Places newest = fresh.get(key);
    Places older = freezing.get(key);
    if (newest != null) {
      newest.remove(gone);
    }
    if (older != null) {
      older.remove(gone);
    }
  }
}
