package dev.converge.pekko.entity;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The events of one origin's log that wait for their hook: an outbox. The log itself is the outbox;
 * here is a window onto it, and up to where all is done. Pure; not thread-safe.
 *
 * <p>Invariant: of the rows up to {@link #doneUpTo} none is to be acted on any more; of those
 * behind it, up to {@link #scanned}, exactly the entries are.
 */
final class HookQueue {
  /** How many entries are in memory; the others stay in the log. */
  static final int CAPACITY = 1_000;

  private final TreeMap<Long, Waiting> entries = new TreeMap<>();
  private long scanned;

  /** An event that is to be acted on. */
  record Entry(long lsn, String key, Dot dot, HybridTimestamp time) {}

  private static final class Waiting {
    final Entry entry;
    boolean running;
    int failures;
    long notBefore = Long.MIN_VALUE;

    Waiting(Entry entry) {
      this.entry = entry;
    }
  }

  /** A queue of what is behind {@code doneUpTo}. */
  HookQueue(long doneUpTo) {
    scanned = doneUpTo;
  }

  boolean hasRoom() {
    return entries.size() < CAPACITY;
  }

  /** Up to where the log was looked at. */
  long scanned() {
    return scanned;
  }

  /** The next row is none to act on, or rows up to this one are none. */
  void pass(long lsn) {
    scanned = Math.max(scanned, lsn);
  }

  /** A row further on is to be acted on. */
  void add(Entry entry) {
    if (entry.lsn() > scanned) {
      entries.put(entry.lsn(), new Waiting(entry));
      scanned = entry.lsn();
    }
  }

  /**
   * What is to be begun now: final, and of each entity only its first.
   *
   * @param now for those that failed
   * @param most how many at most
   */
  List<Entry> begin(HybridTimestamp finalTime, long now, int most) {
    List<Entry> due = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Waiting waiting : entries.values()) {
      if (due.size() >= most) {
        break;
      }
      if (seen.add(waiting.entry.key())
          && !waiting.running
          && waiting.notBefore <= now
          && waiting.entry.time().compareTo(finalTime) <= 0) {
        waiting.running = true;
        due.add(waiting.entry);
      }
    }
    return due;
  }

  /** It is done for good. */
  void done(long lsn) {
    entries.remove(lsn);
  }

  /**
   * It is to be tried again.
   *
   * @param now when it failed, in nanoseconds
   * @return after how many nanoseconds: twice as long each time, from 1 s to about a minute
   */
  long failed(long lsn, long now) {
    Waiting waiting = entries.get(lsn);
    if (waiting == null) {
      return 0;
    }
    long pause = 1_000_000_000L << Math.min(6, waiting.failures++);
    waiting.running = false;
    waiting.notBefore = now + pause;
    return pause;
  }

  /** Up to here nothing is left to be done. */
  long doneUpTo() {
    Map.Entry<Long, Waiting> first = entries.firstEntry();
    return first == null ? scanned : first.getKey() - 1;
  }

  int waiting() {
    return entries.size();
  }
}
