package dev.converge.pekko.entity;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of one entity that are in memory stand: in their origins' logs (LSN), in this
 * node's journal (position), in time. So what is known of whole logs, {origin → LSN}, becomes dots
 * of the entity, and back. Of the events that have left memory, the last of each origin is known.
 *
 * <p>Of one origin dots, LSNs, positions and times grow together. An LSN of 0 is not known yet; an
 * event behind which a known one follows counts as standing there. Single-threaded; a look-up costs
 * O(replicas · log events).
 */
final class Places {
  private final TreeMap<ReplicaId, Line> lines = new TreeMap<>();

  /** The highest position of all that was added. */
  private long last;

  private static final class Place {
    final HybridTimestamp time;
    long lsn;
    long position;

    Place(HybridTimestamp time, long lsn, long position) {
      this.time = time;
      this.lsn = lsn;
      this.position = position;
    }
  }

  /** One origin's events. */
  private static final class Line {
    /** The last dot that has left memory. */
    long base;

    /** Its LSN. */
    long baseLsn;

    /** Those behind it. */
    final ArrayList<Place> places = new ArrayList<>();

    @Nullable Place at(long sequence) {
      long index = sequence - base - 1;
      return index < 0 || index >= places.size() ? null : places.get((int) index);
    }

    /** How many events have a known LSN up to this one. */
    int upTo(long lsn) {
      int low = 0;
      int high = places.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        long at = places.get(middle).lsn;
        if (at != 0 && at <= lsn) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    /** How many events are at or before {@code time}. */
    int upTo(HybridTimestamp time) {
      int low = 0;
      int high = places.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (places.get(middle).time.compareTo(time) <= 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    long lastLsn() {
      int known = upTo(Long.MAX_VALUE);
      return known == 0 ? baseLsn : places.get(known - 1).lsn;
    }

    void learned(int index, long lsn) {
      for (int i = index; i >= 0 && places.get(i).lsn == 0; i--) {
        places.get(i).lsn = lsn;
      }
    }
  }

  /**
   * Of an entity whose first events are in a checkpoint.
   *
   * @param released the dots of those
   * @param covered {origin → LSN}: of each origin the last of those
   * @param position the place in the journal up to which nothing else is known
   */
  Places(VersionVector released, VersionVector covered, long position) {
    last = position;
    released.forEach(
        (replica, sequence) -> {
          Line line = line(replica);
          line.base = sequence;
          line.baseLsn = covered.get(replica);
        });
  }

  private Line line(ReplicaId replica) {
    return lines.computeIfAbsent(replica, one -> new Line());
  }

  /** The next event of its replica is in memory. */
  void add(Dot dot, HybridTimestamp time, long lsn, long position) {
    Line line = line(dot.replica());
    if (dot.sequence() != line.base + line.places.size() + 1) {
      throw new IllegalStateException("the place of " + dot + " is not the next of its replica");
    }
    line.places.add(new Place(time, 0, position));
    learned(dot, lsn, position);
  }

  /** The journal says where an event stands. One that has left memory is passed over. */
  void learned(Dot dot, long lsn, long position) {
    last = Math.max(last, position);
    Line line = line(dot.replica());
    Place place = line.at(dot.sequence());
    if (place != null && lsn > 0) {
      line.learned((int) (dot.sequence() - line.base - 1), lsn);
    }
    if (place != null && position > 0) {
      place.position = position;
    }
  }

  /**
   * Whether a row is of an event that is known: rows of one origin come in the order of its log. An
   * own event that was minted here learns where it stands by this.
   *
   * @param origin null if only the row's bytes say so
   */
  boolean knows(@Nullable ReplicaId origin, long lsn, long position, ReplicaId self) {
    Line line = origin == null || lsn == 0 ? null : lines.get(origin);
    if (line == null) {
      return false;
    }
    if (lsn <= line.lastLsn()) {
      passed(position);
      return true;
    }
    int first = line.upTo(Long.MAX_VALUE);
    if (!self.equals(origin) || first == line.places.size()) {
      return false;
    }
    line.places.get(first).lsn = lsn;
    line.places.get(first).position = position;
    passed(position);
    return true;
  }

  /** A row was read that is no event in memory. */
  void passed(long position) {
    last = Math.max(last, position);
  }

  /** These events have left memory. */
  void release(VersionVector released) {
    released.forEach(
        (replica, sequence) -> {
          Line line = line(replica);
          int count = (int) Math.min(sequence - line.base, line.places.size());
          if (count > 0) {
            line.baseLsn = Math.max(line.baseLsn, line.places.get(count - 1).lsn);
            line.base += count;
            line.places.subList(0, count).clear();
          }
        });
  }

  /** The entity's events that stand at or below these LSNs: all that are known to. */
  VersionVector dotsUpTo(VersionVector lsns) {
    VersionVector dots = VersionVector.empty();
    for (Map.Entry<ReplicaId, Line> entry : lines.entrySet()) {
      Line line = entry.getValue();
      long lsn = lsns.get(entry.getKey());
      if (lsn >= line.baseLsn && lsn > 0) {
        dots = dots.with(entry.getKey(), line.base + line.upTo(lsn));
      }
    }
    return dots;
  }

  /** The same, for what every replica has: events have left memory only if that is so. */
  VersionVector stableUpTo(VersionVector lsns) {
    VersionVector dots = dotsUpTo(lsns);
    for (Map.Entry<ReplicaId, Line> entry : lines.entrySet()) {
      dots = dots.with(entry.getKey(), entry.getValue().base);
    }
    return dots;
  }

  /**
   * Just the events that stand at or below these LSNs; null if that takes a look at the journal.
   */
  @Nullable VersionVector exactlyUpTo(VersionVector lsns) {
    for (Map.Entry<ReplicaId, Line> entry : lines.entrySet()) {
      long lsn = lsns.get(entry.getKey());
      if (lsn > 0 && lsn < entry.getValue().baseLsn) {
        return null;
      }
    }
    return dotsUpTo(lsns);
  }

  /** {origin → LSN}: of each replica the last of these events. Those not known are left out. */
  VersionVector lsnsOf(VersionVector dots) {
    VersionVector lsns = VersionVector.empty();
    for (Map.Entry<ReplicaId, Line> entry : lines.entrySet()) {
      Line line = entry.getValue();
      long sequence = dots.get(entry.getKey());
      Place place = line.at(sequence);
      long lsn = place != null ? place.lsn : sequence == line.base ? line.baseLsn : 0;
      lsns = lsns.with(entry.getKey(), lsn);
    }
    return lsns;
  }

  /** {origin → LSN}: of each replica the last event that has left memory. */
  VersionVector covered() {
    VersionVector lsns = VersionVector.empty();
    for (Map.Entry<ReplicaId, Line> entry : lines.entrySet()) {
      lsns = lsns.with(entry.getKey(), entry.getValue().baseLsn);
    }
    return lsns;
  }

  /** All rows in memory are behind this place of the journal. */
  long startPosition() {
    long start = last;
    for (Line line : lines.values()) {
      if (!line.places.isEmpty()) {
        start = Math.min(start, Math.max(0, line.places.get(0).position - 1));
      }
    }
    return start;
  }

  /** The time of the first event after {@code time}; null if there is none. */
  @Nullable HybridTimestamp firstAfter(HybridTimestamp time) {
    HybridTimestamp first = null;
    for (Line line : lines.values()) {
      int index = line.upTo(time);
      if (index < line.places.size()) {
        HybridTimestamp found = line.places.get(index).time;
        first = first == null || found.compareTo(first) < 0 ? found : first;
      }
    }
    return first;
  }

  /**
   * The event in memory that comes first in the total order.
   *
   * @param lsn its place in its origin's log; 0 if that is not known
   */
  record Head(ReplicaId origin, HybridTimestamp time, long lsn) {}

  /** The event that leaves memory next; null if there is none. */
  @Nullable Head head() {
    Head head = null;
    for (Map.Entry<ReplicaId, Line> entry : lines.entrySet()) {
      List<Place> places = entry.getValue().places;
      // By replica where times are equal, as the total order has it.
      if (!places.isEmpty() && (head == null || places.get(0).time.compareTo(head.time) < 0)) {
        head = new Head(entry.getKey(), places.get(0).time, places.get(0).lsn);
      }
    }
    return head;
  }

  /** Whether all these events are here, at or before {@code time}. */
  boolean areUpTo(VersionVector dots, HybridTimestamp time) {
    boolean[] are = {true};
    dots.forEach(
        (replica, sequence) -> {
          Line line = lines.get(replica);
          are[0] &= line != null && sequence <= line.base + line.upTo(time);
        });
    return are[0];
  }
}
