package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.Change;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.MembershipEffect;
import dev.converge.engine.membership.MembershipInput;
import dev.converge.engine.membership.MembershipMessage;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.engine.membership.Step;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives {@link Membership}: one input at a time, each stored before its effects are carried out.
 *
 * <p>A log is closed in three steps: nothing of it is handed to the journal any more; what was
 * handed over is committed (a write goes behind it and comes back); then the machine says what is
 * held. So what it says is all that will ever be held.
 */
final class Epochs {
  static final String STATE = "membership";
  private static final Duration AFTER_ERROR = Duration.ofMillis(500);
  private static final int MAX_WAITING = 10_000;
  private static final Logger LOG = LoggerFactory.getLogger(Epochs.class);

  /** Who hears what the machine decided. */
  interface Listener {
    void fenced(Collection<ReplicaId> replicas);

    void began(ReplicaSet set, EpochChange change);

    void sponsors(EpochChange change);

    void retired(long cutOff);

    void gaveUp(Change change, String reason);

    void refused(Change change, String reason);

    void diverged(ReplicaId peer, EpochChange here, EpochChange there);

    /** Whether this replica may take part in decisions. */
    boolean takesPart();
  }

  private final Shell shell;
  private final Listener listener;
  private final Deque<MembershipInput> waiting = new ArrayDeque<>();
  private Membership membership;

  /** Logs that are being closed. */
  private final TreeSet<ReplicaId> closing = new TreeSet<>();

  private boolean busy;
  private boolean retired;

  /** With the state that is stored. */
  Epochs(Shell shell, Membership.Durable stored, Listener listener) {
    this.shell = shell;
    this.listener = listener;
    this.membership =
        Membership.of(
            new Membership.Durable(
                stored.self(),
                stored.first(),
                stored.changes(),
                shell.log.held(),
                stored.promised(),
                stored.vote(),
                stored.fenced()));
  }

  Membership membership() {
    return membership;
  }

  ReplicaSet set() {
    return membership.set();
  }

  boolean isMember() {
    return set().contains(shell.self());
  }

  /** Takes an input, now or after those before it. */
  void offer(MembershipInput input) {
    if (waiting.size() < MAX_WAITING) {
      waiting.add(input);
    }
    next();
  }

  private void next() {
    while (!busy && !retired && !waiting.isEmpty() && !shell.isOver()) {
      busy = true;
      take(waiting.remove());
    }
  }

  private void done() {
    busy = false;
    closing.clear();
    next();
  }

  private void take(MembershipInput input) {
    if (asksForPart(input) && !listener.takesPart()) {
      done();
      return;
    }
    TreeSet<ReplicaId> more = new TreeSet<>(toClose(input));
    more.removeAll(membership.fenced());
    if (more.isEmpty()) {
      apply(input);
      return;
    }
    closing.addAll(more);
    shell.then(
        shell.log.putState(STATE, MembershipForms.durable(membership.durable())),
        stored -> apply(input),
        this::failed);
  }

  private static boolean asksForPart(MembershipInput input) {
    return input instanceof MembershipInput.Propose
        || (input instanceof MembershipInput.Came came
            && (came.message() instanceof MembershipMessage.Prepare
                || came.message() instanceof MembershipMessage.Accept));
  }

  private static Collection<ReplicaId> toClose(MembershipInput input) {
    if (input instanceof MembershipInput.Propose propose) {
      return propose.change().retired();
    }
    return input instanceof MembershipInput.Came came
            && came.message() instanceof MembershipMessage.Prepare prepare
        ? prepare.retired()
        : List.of();
  }

  private void apply(MembershipInput input) {
    Membership before = membership;
    Step<Membership, MembershipEffect> step;
    try {
      // What it says it holds has to contain all that was confirmed to anybody.
      Membership current = before.step(new MembershipInput.Stored(shell.log.held())).state();
      step = current.step(input);
    } catch (IllegalArgumentException e) {
      LOG.error("the set of replicas cannot take {}: {}", input, e.getMessage());
      done();
      return;
    }
    if (isStored(before.durable(), step.state().durable())) {
      carryOut(step);
    } else {
      shell.then(
          shell.log.putState(STATE, MembershipForms.durable(step.state().durable())),
          stored -> carryOut(step),
          this::failed);
    }
  }

  /** Whether they differ in nothing but what the journal knows. */
  private static boolean isStored(Membership.Durable a, Membership.Durable b) {
    return a.promised().equals(b.promised())
        && Objects.equals(a.vote(), b.vote())
        && a.fenced().equals(b.fenced())
        && a.changes().size() == b.changes().size();
  }

  private void failed(Throwable error) {
    LOG.warn("the set of replicas cannot be stored, and is tried again: {}", error.toString());
    // Whoever waits for an answer asks again.
    shell.later(AFTER_ERROR, this::done);
  }

  private void carryOut(Step<Membership, MembershipEffect> step) {
    membership = step.state();
    for (MembershipEffect effect : step.effects()) {
      // What it still has to say, a replica says before it goes.
      if (effect instanceof MembershipEffect.Send send) {
        say(send.to(), send.message());
      }
    }
    for (MembershipEffect effect : step.effects()) {
      if (!shell.isOver()) {
        carryOut(effect);
      }
    }
    done();
  }

  void say(ReplicaId to, MembershipMessage message) {
    shell.link.send(to.name(), Message.encode(new Message.About(to, message)));
  }

  private void carryOut(MembershipEffect effect) {
    if (effect instanceof MembershipEffect.Fence fence) {
      listener.fenced(fence.replicas());
    } else if (effect instanceof MembershipEffect.Began began) {
      listener.began(began.set(), began.change());
    } else if (effect instanceof MembershipEffect.Sponsor sponsor) {
      listener.sponsors(sponsor.change());
    } else if (effect instanceof MembershipEffect.Retired over) {
      retired = true;
      listener.retired(over.cutOff());
    } else if (effect instanceof MembershipEffect.GaveUp gaveUp) {
      listener.gaveUp(gaveUp.change(), gaveUp.reason());
    } else if (effect instanceof MembershipEffect.Refused refused) {
      listener.refused(refused.change(), refused.reason());
    } else if (effect instanceof MembershipEffect.Diverged diverged) {
      listener.diverged(diverged.peer(), diverged.here(), diverged.there());
    }
  }

  /** Whoever is behind is told what was decided; whoever is ahead is asked. */
  void meet(ReplicaId from, long there) {
    long here = set().epoch();
    if (there >= 0 && there < here) {
      offer(new MembershipInput.Came(from, new MembershipMessage.InEpoch(there)));
    } else if (there > here) {
      say(from, new MembershipMessage.InEpoch(here));
    }
  }

  boolean mayStore(ReplicaId origin, long lsn) {
    return !closing.contains(origin) && membership.mayStore(origin, lsn);
  }

  boolean tells(ReplicaId peer) {
    return !closing.contains(peer) && !membership.fenced().contains(peer);
  }

  /** What belongs to the present epoch. */
  VersionVector base() {
    List<EpochChange> changes = membership.durable().changes();
    return changes.isEmpty() ? VersionVector.empty() : changes.get(changes.size() - 1).base();
  }
}
