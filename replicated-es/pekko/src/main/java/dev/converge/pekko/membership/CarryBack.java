package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ContentHash;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.membership.CarryOver;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.Membership;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back, one after the other, what former incarnations of this replica had acknowledged and
 * no member has. After a crash half way it starts again: what is back already is found by its name.
 */
final class CarryBack {
  /** In a former incarnation's database: that it is over, and behind which own row. */
  static final String OVER = "over";

  /** The former incarnation's rows behind the cut-off that the set of replicas knows. */
  static final long AS_RETIRED = -1;

  private static final int FORM = 1;
  private static final int PAGE = 200;
  private static final Duration AFTER_ERROR = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(CarryBack.class);

  private final Shell shell;
  private final Supplier<Membership> membership;
  private final Deque<ReplicaLog> attics;
  private final List<ReplicaId> brought = new ArrayList<>();
  private final Map<String, CarryOver> plans = new HashMap<>();
  private boolean begun;

  CarryBack(Shell shell, List<ReplicaLog> attics, Supplier<Membership> membership) {
    this.shell = shell;
    this.attics = new ArrayDeque<>(attics);
    this.membership = membership;
  }

  static byte[] over(long after) {
    return FormWriter.write(FORM, out -> out.number(after));
  }

  static long readOver(byte[] bytes) {
    return FormReader.read("the end of an incarnation", FORM, bytes, FormReader::number);
  }

  /** Writes are accepted: begins, if there is anything to bring back. */
  void start() {
    if (!begun) {
      begun = true;
      nextAttic();
    }
  }

  boolean isDone() {
    return attics.isEmpty();
  }

  private void nextAttic() {
    ReplicaLog attic = attics.peek();
    if (attic == null) {
      return;
    }
    Membership set = membership.get();
    shell.blocking(
        () -> {
          try {
            boolean carried = shell.log.state(doneState(attic)).isPresent();
            long after = carried ? attic.held().get(attic.self()) : after(attic, set);
            shell.run(() -> page(attic, after));
          } catch (JournalException | WireException e) {
            shell.run(() -> again(e, this::nextAttic));
          }
        });
  }

  private static String doneState(ReplicaLog attic) {
    return "carried." + attic.self();
  }

  private static long after(ReplicaLog attic, Membership set) {
    long over = attic.state(OVER).map(CarryBack::readOver).orElse(AS_RETIRED);
    EpochChange end = set.retirementOf(attic.self());
    return over != AS_RETIRED ? over : end == null ? 0 : end.cutOff(attic.self());
  }

  private void again(Throwable error, Runnable task) {
    LOG.warn(
        "what a former incarnation had acknowledged cannot be brought back yet: {}",
        error.toString());
    shell.later(AFTER_ERROR, task);
  }

  private void page(ReplicaLog attic, long after) {
    shell.blocking(
        () -> {
          try {
            List<LogRow> rows = attic.log(attic.self(), after, PAGE, shell.settings.pageBytes());
            shell.run(
                () -> {
                  if (rows.isEmpty()) {
                    carried(attic);
                  } else {
                    next(attic, after, new ArrayDeque<>(rows));
                  }
                });
          } catch (JournalException | WireException e) {
            shell.run(() -> again(e, () -> page(attic, after)));
          }
        });
  }

  private void next(ReplicaLog attic, long after, Deque<LogRow> rows) {
    LogRow row = rows.poll();
    if (row == null) {
      page(attic, after);
    } else if (row.entry() instanceof LogEntry.Event event) {
      Runnable goOn = () -> next(attic, row.lsn(), rows);
      try {
        bring(event.key(), event.record(), goOn);
      } catch (WireException e) {
        LOG.error(
            "row {} of {} is damaged, and cannot be brought back", row.lsn(), attic.self(), e);
        goOn.run();
      }
    } else {
      next(attic, row.lsn(), rows);
    }
  }

  private void bring(String key, EventRecord record, Runnable goOn) {
    CarryOver plan = plans.get(key);
    if (plan == null) {
      shell.then(
          shell.host.dots(key),
          dots -> {
            plans.put(key, new CarryOver(dots));
            bring(key, record, goOn);
          },
          error -> again(error, () -> bring(key, record, goOn)));
      return;
    }
    ReplicatedEvent<byte[]> old =
        new ReplicatedEvent<>(
            record.dot(),
            record.time(),
            record.context(),
            record.schemaVersion(),
            record.originId() == null ? null : new OriginId(record.originId()),
            ContentHash.ofBytes(record.hash()),
            record.payload());
    shell.then(
        shell.host.bring(key, record, CarryOver.originOf(old), plan.contextOf(old)),
        dot -> {
          plan.cameBack(old, dot);
          goOn.run();
        },
        error -> again(error, () -> bring(key, record, goOn)));
  }

  private void carried(ReplicaLog attic) {
    shell.then(
        shell.log.putState(doneState(attic), new byte[] {1}),
        stored -> {
          LOG.info("all that {} alone had acknowledged is back", attic.self());
          attics.remove();
          brought.add(attic.self());
          nextAttic();
        },
        error -> again(error, () -> carried(attic)));
  }

  /**
   * Attics are kept until the others have what the retirement was based on: perhaps it is only
   * there.
   *
   * @param everybodyHas {origin → LSN}
   */
  void settle(VersionVector everybodyHas) {
    brought.removeIf(
        former -> {
          EpochChange end = membership.get().retirementOf(former);
          boolean isDone = end == null || everybodyHas.covers(end.base());
          if (isDone) {
            shell.host.atticDone(former);
          }
          return isDone;
        });
  }
}
