package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.LifeEffect;
import dev.converge.engine.membership.LifeInput;
import dev.converge.engine.membership.ReplicaLife;
import dev.converge.engine.membership.Step;
import dev.converge.pekko.wire.LogRow;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives {@link ReplicaLife}: whether this replica, which belongs to a set, accepts writes. Its
 * effects are carried out one after the other; a promise is durable before what comes behind it.
 */
final class Lifetime {
  private static final Duration AFTER_ERROR = Duration.ofMillis(500);
  private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);

  /** Who hears whether writes are accepted. */
  interface Listener {
    void acceptsWrites(boolean accepts);

    /** This incarnation is over. */
    void over(long after);
  }

  private final Shell shell;
  private final Listener listener;
  private final Deque<LifeEffect> effects = new ArrayDeque<>();
  private final Losses losses = new Losses();
  private ReplicaLife life;
  private boolean busy;

  /**
   * @param closed logs that are closed since before the start
   */
  Lifetime(
      Shell shell,
      ReplicaLife.Disk disk,
      Collection<ReplicaId> others,
      Collection<ReplicaId> closed,
      Listener listener) {
    this.shell = shell;
    this.listener = listener;
    // That they are closed was flushed, and with it all that was stored of them.
    closed.forEach(origin -> losses.closed(origin, shell.log.held().get(origin)));
    Step<ReplicaLife, LifeEffect> start =
        ReplicaLife.start(shell.self(), disk, shell.log.held(), others);
    this.life = start.state();
    this.effects.addAll(start.effects());
  }

  void start() {
    next();
  }

  void take(LifeInput input) {
    if (life.phase() != ReplicaLife.Phase.JOINING) {
      // What a peer has is compared with what is here now.
      step(new LifeInput.Stored(shell.log.held()));
    }
    if (input instanceof LifeInput.PeerHas has) {
      step(
          new LifeInput.PeerHas(
              has.peer(), has.lsn(), has.sameUpTo(), losses.among(has.holds()), has.promise()));
    } else {
      step(input);
    }
  }

  private void step(LifeInput input) {
    try {
      Step<ReplicaLife, LifeEffect> step = life.step(input);
      life = step.state();
      effects.addAll(step.effects());
    } catch (IllegalStateException e) {
      LOG.error("{}: {}", shell.self(), e.getMessage());
    }
    next();
  }

  /** More is committed. */
  void stored() {
    if (life.phase() == ReplicaLife.Phase.FETCHING) {
      step(new LifeInput.Stored(shell.log.held()));
    }
  }

  /** The row comes after others that are not here. */
  void waits(LogRow row) {
    if (life.phase() == ReplicaLife.Phase.FETCHING
        && !row.origin().equals(life.self())
        && losses.waits(row.origin(), row.lsn(), row.after())) {
      await(life.awaited());
    }
  }

  /** These have left: they need not be asked any more, and their logs end. */
  void gone(EpochChange change) {
    change.retired().forEach(gone -> losses.closed(gone, change.cutOff(gone)));
    TreeSet<ReplicaId> awaited = new TreeSet<>(life.awaited());
    if (awaited.removeAll(change.retired()) || life.phase() == ReplicaLife.Phase.FETCHING) {
      await(awaited);
    }
  }

  /** As one that fetches: it goes on to what it has to wait for, if there is anything. */
  private void await(NavigableSet<ReplicaId> awaited) {
    life =
        new ReplicaLife(
            life.self(),
            ReplicaLife.Phase.FETCHING,
            life.held(),
            losses.among(life.wanted()),
            awaited);
    stored();
  }

  private void next() {
    while (!busy && !effects.isEmpty() && !shell.isOver()) {
      carryOut(effects.remove());
    }
  }

  private void carryOut(LifeEffect effect) {
    if (effect instanceof LifeEffect.RaisePromise raise) {
      shell.clock.observe(raise.time());
      if (shell.log.promise().time().compareTo(raise.time()) < 0) {
        raise(raise);
      }
    } else if (effect instanceof LifeEffect.Fetch fetch) {
      LOG.info("{} gives back what is missing here, up to {}", fetch.peer(), fetch.upTo());
      shell.link.fetch(fetch.peer().name(), fetch.upTo());
    } else if (effect instanceof LifeEffect.AcceptWrites) {
      listener.acceptsWrites(true);
    } else if (effect instanceof LifeEffect.StopWrites) {
      listener.acceptsWrites(false);
    } else if (effect instanceof LifeEffect.ComeBack back) {
      listener.over(back.after());
    }
  }

  private void raise(LifeEffect.RaisePromise raise) {
    busy = true;
    shell.then(
        shell.log.promise(raise.time()),
        promise -> {
          busy = false;
          next();
        },
        error -> {
          LOG.warn("a promise cannot be stored, and is tried again: {}", error.toString());
          shell.later(AFTER_ERROR, () -> raise(raise));
        });
  }

  ReplicaLife.Phase phase() {
    return life.phase();
  }

  boolean isActive() {
    return life.isActive();
  }

  /** Whether an own row that was lost here may be stored again. */
  boolean mayStoreOwn(long lsn) {
    return life.phase() == ReplicaLife.Phase.FETCHING && lsn <= life.wanted().get(life.self());
  }

  /** Who has not said yet what it has of what may be missing here. */
  Collection<ReplicaId> awaited() {
    return life.awaited();
  }

  /** What is waited for, for people; empty if nothing is. */
  String waitsFor() {
    return switch (life.phase()) {
      case CHECKING ->
          "the machine was restarted without a clean stop; asking "
              + life.awaited()
              + " what they have of this replica";
      case FETCHING -> "getting back what was lost here, up to " + life.wanted();
      default -> "";
    };
  }
}
