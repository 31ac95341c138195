package dev.converge.pekko.journal;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where all logs of a node end. One row of the database holds the own part, and every transaction
 * that writes locks that row first, so the order of positions and of log numbers is the order of
 * the commits, and there are no gaps.
 *
 * <p>Immutable; decides without a database what a commit may do.
 *
 * @param self this replica
 * @param nextPosition the place of the next row in this node's journal, from 1
 * @param nextLsn the number of the next row in the own log, from 1
 * @param others {origin → LSN} that is held of other logs; never has {@code self}
 * @param promise no own event that is as old as this, or older, will be committed any more
 */
record LogHead(
    ReplicaId self,
    long nextPosition,
    long nextLsn,
    VersionVector others,
    HybridTimestamp promise) {

  /**
   * What one step does.
   *
   * @param head the head afterwards
   * @param rows to be written, in order
   */
  record Step(LogHead head, List<Placed> rows) {}

  /** The head of empty logs. */
  static LogHead start(ReplicaId self) {
    return new LogHead(self, 1, 1, VersionVector.empty(), HybridTimestamp.ZERO);
  }

  /** {origin → LSN} of all logs. */
  VersionVector held() {
    return others.with(self, nextLsn - 1);
  }

  /** The same with more of another log. */
  LogHead holding(ReplicaId origin, long lsn) {
    return new LogHead(self, nextPosition, nextLsn, others.with(origin, lsn), promise);
  }

  /** The promise as it can be given now. */
  Promise asPromise() {
    return new Promise(nextLsn - 1, promise);
  }

  /**
   * Messages of one persistent actor. Own events get their places; ordinary messages keep theirs.
   *
   * @throws FencedException if an own event is not later than the promise
   */
  Step write(Write write) {
    long position = nextPosition;
    long lsn = nextLsn;
    List<Placed> placed = new ArrayList<>(write.rows().size());
    for (Row row : write.rows()) {
      EventRecord event = row.event();
      String key = write.persistenceId();
      if (event == null) {
        placed.add(Placed.plain(key, row));
      } else if (!event.dot().replica().equals(self)) {
        ReplicaId origin = event.dot().replica();
        placed.add(Placed.unlisted(key, position++, origin, event.time(), row.payload()));
      } else if (event.time().compareTo(promise) <= 0) {
        throw new FencedException(
            "an event of "
                + key
                + " is older than what this replica has promised; run the command again");
      } else {
        LogEntry entry = new LogEntry.Event(key, row.payload(), event);
        LogRow listed = new LogRow(self, lsn++, others, entry, position++);
        placed.add(Placed.of(listed, event.time(), false));
      }
    }
    return new Step(new LogHead(self, position, lsn, others, promise), placed);
  }

  /**
   * Rows of other logs, or lost ones of the own, each the next of its log; held ones are passed
   * over. Never fenced, however old. O(rows · origins).
   *
   * @param unlisted rows that may be there already without their places
   * @throws IllegalArgumentException if a row does not fit
   */
  Step store(List<LogRow> rows, Unlisted unlisted) {
    long position = nextPosition;
    VersionVector held = held();
    VersionVector fits = VersionVector.empty();
    ReplicaId origin = self;
    long last = nextLsn - 1;
    List<Placed> placed = new ArrayList<>(rows.size());
    for (LogRow row : rows) {
      if (!row.origin().equals(origin)) {
        held = held.with(origin, last);
        origin = row.origin();
        last = held.get(origin);
      }
      if (row.lsn() < 1) {
        throw misfit(row, "its place in that log is not known");
      }
      if (row.lsn() <= last) {
        continue;
      }
      if (row.lsn() != last + 1) {
        throw misfit(row, "the next of that log is " + (last + 1));
      }
      if (!row.after().equals(fits)) {
        held = held.with(origin, last);
        if (!held.covers(row.after())) {
          throw misfit(row, "it comes after " + row.after() + ", and held is " + held);
        }
        fits = row.after();
      }
      last = row.lsn();
      Placed stored = placed(row, position, unlisted);
      if (!stored.completes()) {
        position++;
      }
      placed.add(stored);
    }
    held = held.with(origin, last);
    // 'others' without the own log: taken from the old one, so that it stays what it was if it may.
    VersionVector rest = others;
    for (Placed stored : placed) {
      ReplicaId of = stored.origin();
      if (of != null && !of.equals(self)) {
        rest = rest.with(of, held.get(of));
      }
    }
    return new Step(new LogHead(self, position, held.get(self) + 1, rest, promise), placed);
  }

  private static Placed placed(LogRow row, long position, Unlisted unlisted) {
    if (!(row.entry() instanceof LogEntry.Event event)) {
      return Placed.of(row.at(position), HybridTimestamp.ZERO, false);
    }
    EventHead head;
    try {
      EventRecord known = event.known();
      head =
          known == null
              ? EventHead.of(event.encoded())
              : new EventHead(known.dot(), known.time(), known.schemaVersion());
    } catch (IllegalArgumentException e) {
      throw misfit(row, e.getMessage());
    }
    if (!head.dot().replica().equals(row.origin())) {
      throw misfit(row, "its event is of " + head.dot().replica());
    }
    long known = 0;
    if (!unlisted.isEmpty()) {
      byte[] hash = event.record().hash();
      known = unlisted.positionOf(event.key(), head.dot(), hash);
    }
    return Placed.of(row.at(known > 0 ? known : position), head.time(), known > 0);
  }

  private static IllegalArgumentException misfit(LogRow row, @Nullable String why) {
    return new IllegalArgumentException(
        "row " + row.lsn() + " of " + row.origin() + " cannot be stored now: " + why);
  }

  /** One own row that is no event. */
  Step append(BiFunction<Promise, VersionVector, LogEntry> make) {
    LogEntry entry = make.apply(asPromise(), held());
    if (entry instanceof LogEntry.Event) {
      throw new IllegalArgumentException("an event is written by its entity, not appended");
    }
    LogRow row = new LogRow(self, nextLsn, others, entry, nextPosition);
    return new Step(
        new LogHead(self, nextPosition + 1, nextLsn + 1, others, promise),
        List.of(Placed.of(row, HybridTimestamp.ZERO, false)));
  }

  /** The head once all of another replica's rows were taken in. */
  LogHead imported(VersionVector theirs, long next) {
    if (theirs.get(self) > 0) {
      throw new IllegalArgumentException(
          "a replica with rows of " + self + " cannot give it its beginning: " + theirs);
    }
    return new LogHead(self, Math.max(nextPosition, next), nextLsn, theirs, promise);
  }

  /** The head once {@code time} is promised too; promises never go back. */
  LogHead promising(HybridTimestamp time) {
    return new LogHead(self, nextPosition, nextLsn, others, promise.max(time));
  }
}
