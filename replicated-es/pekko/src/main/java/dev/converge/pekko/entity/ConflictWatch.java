package dev.converge.pekko.entity;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.EntityKey;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.peer.Keys;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which entities have conflicts that wait for a person. Live ones say so. Of types whose
 * conflicts may be handed to persons, cold ones are woken, a few at a time, when rows of theirs
 * have come. Up to where the logs were looked at is kept, with the names, so nothing is lost by a
 * crash. Thread-safe.
 */
final class ConflictWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ConflictWatch.class);
  private static final String STATE = "conflicts";

  /** How many wait to be looked at in memory; the others stay in the logs. */
  private static final int CAPACITY = 10_000;

  /** How many are woken at each tick. */
  private static final int EACH = 100;

  /** After so many ticks it is stored up to where it looked, also if it found nothing. */
  private static final int SAVE_EACH = 60;

  private static final int PAGE = 500;
  private static final long PAGE_BYTES = 1L << 20;

  private final Hosting hosting;
  private final Set<EntityKey> conflicted = new ConcurrentSkipListSet<>();

  /** Keys that are to be looked at; guarded by this. */
  private final Set<String> toLook = new LinkedHashSet<>();

  /** {origin → LSN}: rows up to here were put on the list, or need not be; guarded by this. */
  private VersionVector scanned = VersionVector.empty();

  /** Whether any type escalates; otherwise logs are not looked at. */
  private final boolean watches;

  private VersionVector saved = VersionVector.empty();
  private boolean busy;
  private boolean changed;
  private int ticks;

  ConflictWatch(Hosting hosting) {
    this.hosting = hosting;
    this.watches = hosting.types().values().stream().anyMatch(EntityType::escalates);
    hosting
        .log()
        .state(STATE)
        .ifPresent(
            bytes -> {
              try {
                PeerForms.Conflicts stored = PeerForms.read(bytes, PeerForms.Conflicts.class);
                scanned = PeerForms.vector(stored.scanned());
                stored.keys().stream()
                    .filter(key -> !hosting.isErased(key))
                    .forEach(key -> conflicted.add(name(key)));
              } catch (WireException e) {
                LOG.warn("conflicts are looked for from the beginning: {}", e.getMessage());
              }
            });
  }

  private static EntityKey name(String key) {
    return new EntityKey(Keys.typeOf(key), Keys.idOf(key));
  }

  List<EntityKey> conflicted() {
    return List.copyOf(conflicted);
  }

  /** A live entity has changed. */
  void conflicts(String key, boolean open) {
    if (open ? conflicted.add(name(key)) : conflicted.remove(name(key))) {
      synchronized (this) {
        changed = true;
      }
    }
  }

  synchronized void committed(List<LogRow> rows) {
    if (watches) {
      rows.forEach(this::scan);
    }
  }

  private void scan(LogRow row) {
    if (row.lsn() != scanned.get(row.origin()) + 1) {
      return; // the log is read from where it was left
    }
    if (row.entry() instanceof LogEntry.Event event
        && escalates(event.key())
        && hosting.directory().slot(event.key()) == null) {
      if (toLook.size() >= CAPACITY) {
        return;
      }
      toLook.add(event.key());
    }
    scanned = scanned.with(row.origin(), row.lsn());
  }

  private boolean escalates(String key) {
    EntityType<?, ?, ?> type = hosting.types().get(Keys.typeOf(key));
    return type != null && type.escalates();
  }

  /** Each second: wakes some, reads on, and stores where it is. */
  void tick() {
    synchronized (this) {
      if (busy) {
        return;
      }
      busy = true;
      changed |= watches && ++ticks % SAVE_EACH == 0 && !saved.equals(scanned);
    }
    CompletableFuture.runAsync(this::work, hosting.blocking())
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                LOG.info("conflicts are looked for later: {}", error.getMessage());
              }
              synchronized (this) {
                busy = false;
              }
            });
  }

  private void work() {
    if (watches) {
      readOn();
    }
    VersionVector upTo;
    List<String> keys;
    synchronized (this) {
      upTo = scanned;
      Iterator<String> next = toLook.iterator();
      keys = new ArrayList<>();
      while (next.hasNext() && keys.size() < EACH) {
        keys.add(next.next());
      }
    }
    for (String key : keys) {
      CompletableFuture<Boolean> looked = new CompletableFuture<>();
      // The entity itself says whether it has some, when it has settled.
      hosting.give(key, new EntityMsg.Look<>(live -> true, looked));
      looked.whenComplete((yes, error) -> looked(key));
    }
    synchronized (this) {
      if (!toLook.isEmpty() || !changed) {
        return;
      }
      changed = false;
    }
    List<String> names =
        conflicted.stream().map(entity -> Keys.key(entity.type(), entity.id())).toList();
    hosting
        .log()
        .putState(STATE, PeerForms.write(new PeerForms.Conflicts(PeerForms.vector(upTo), names)))
        .whenComplete(
            (done, error) -> {
              synchronized (this) {
                changed |= error != null;
                saved = error == null ? upTo : saved;
              }
            });
  }

  private synchronized void looked(String key) {
    toLook.remove(key);
    changed = true;
  }

  /** What came while it was not running, or found no room. */
  private void readOn() {
    for (Map.Entry<ReplicaId, Long> end : hosting.log().held().entries().entrySet()) {
      long after;
      synchronized (this) {
        after = scanned.get(end.getKey());
        if (after >= end.getValue() || toLook.size() >= CAPACITY) {
          continue;
        }
      }
      try {
        List<LogRow> page = hosting.log().log(end.getKey(), after, PAGE, PAGE_BYTES);
        synchronized (this) {
          for (LogRow row : page) {
            if (row.lsn() > scanned.get(row.origin()) && toLook.size() < CAPACITY) {
              // Rows in front of it were compacted away.
              scanned = scanned.with(row.origin(), row.lsn() - 1);
              scan(row);
            }
          }
          if (page.isEmpty()) {
            scanned = scanned.with(end.getKey(), end.getValue());
          }
        }
      } catch (JournalException e) {
        LOG.info("the log of {} is looked at later: {}", end.getKey(), e.getMessage());
      }
    }
  }
}
