package dev.converge.pekko.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.LogEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises the own floor from time to time, some way behind what every replica has.
 *
 * <p>A floor binds the events behind it in the own log, also those that were minted before and
 * commit after it. So it is told to the entities first, at a time t; then t is promised, which
 * fences whatever was minted before; then it is written.
 */
final class Floors {
  private static final Logger LOG = LoggerFactory.getLogger(Floors.class);

  private record Sample(long nanos, VersionVector stable) {}

  private final Shell shell;
  private final Supplier<VersionVector> stable;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private VersionVector announced;
  private VersionVector events = VersionVector.empty();
  private volatile VersionVector own;
  private boolean busy;

  /**
   * @param announced what was announced before
   * @param stable what every replica has
   */
  Floors(Shell shell, VersionVector announced, Supplier<VersionVector> stable) {
    this.shell = shell;
    this.announced = announced;
    this.own = announced;
    this.stable = stable;
  }

  /** What own events count as seen. Thread-safe. */
  VersionVector own() {
    return own;
  }

  /** An event is stored; floors alone are no reason for a floor. */
  void stored(ReplicaId origin, long lsn) {
    events = events.with(origin, lsn);
  }

  private boolean isNews(VersionVector next) {
    for (Map.Entry<ReplicaId, Long> event : events.entries().entrySet()) {
      long before = announced.get(event.getKey());
      if (event.getValue() > before && next.get(event.getKey()) > before) {
        return true;
      }
    }
    return false;
  }

  /** To be called once in an interval, while writes are accepted. */
  void tick() {
    long now = shell.nanos();
    samples.add(new Sample(now, stable.get()));
    VersionVector old = VersionVector.empty();
    while (!samples.isEmpty()
        && now - samples.element().nanos() >= shell.settings.floorLag().toNanos()) {
      old = samples.remove().stable();
    }
    VersionVector next = own.merge(old);
    if (!busy && isNews(next)) {
      own = next;
      announce(next);
    }
  }

  private void announce(VersionVector next) {
    busy = true;
    HybridTimestamp told = shell.clock.now();
    shell.then(
        shell
            .log
            .promise(told)
            .thenCompose(promise -> shell.log.append((newest, held) -> new LogEntry.Floor(next))),
        row -> {
          announced = next;
          busy = false;
        },
        error -> {
          LOG.warn(
              "a floor cannot be written; the next one stands in for it: {}", error.toString());
          busy = false;
        });
  }
}
