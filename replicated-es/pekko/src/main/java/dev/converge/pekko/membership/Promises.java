package dev.converge.pekko.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Promises as long as something here is later than the newest promise, and never otherwise: a node
 * without news costs its database nothing. One promise for each interval, whatever was written in
 * it.
 */
final class Promises {
  private static final Duration AFTER_ERROR = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(Promises.class);

  private final Shell shell;
  private final Runnable promised;
  private HybridTimestamp latest = HybridTimestamp.ZERO;
  private boolean planned;
  private boolean active;

  /**
   * @param promised called when there is a newer promise
   */
  Promises(Shell shell, Runnable promised) {
    this.shell = shell;
    this.promised = promised;
  }

  /** Whether promises are made: this replica belongs to a set, and accepts writes. */
  void setActive(boolean yes) {
    active = yes;
    plan(shell.settings.promiseInterval());
  }

  /** An event of that time is stored here. */
  void stored(HybridTimestamp time) {
    if (time.compareTo(latest) > 0) {
      latest = time;
      plan(shell.settings.promiseInterval());
    }
  }

  /** Others wait for a promise of that time, though nothing of it is stored here. */
  void wanted(HybridTimestamp time) {
    stored(time);
  }

  private boolean isOwed() {
    return active && shell.log.promise().time().compareTo(latest) < 0;
  }

  private void plan(Duration delay) {
    if (!planned && isOwed()) {
      planned = true;
      shell.later(delay, this::promise);
    }
  }

  private void promise() {
    planned = false;
    if (!isOwed()) {
      return;
    }
    HybridTimestamp time = shell.clock.promisable();
    if (time.compareTo(shell.log.promise().time()) <= 0) {
      // A command of an earlier time is still on its way.
      plan(shell.settings.promiseInterval());
      return;
    }
    planned = true;
    shell.then(
        shell.log.promise(time),
        promise -> {
          planned = false;
          promised.run();
          plan(shell.settings.promiseInterval());
        },
        error -> {
          LOG.warn("a promise cannot be stored, and is tried again: {}", error.toString());
          shell.later(AFTER_ERROR, this::promise);
        });
  }
}
