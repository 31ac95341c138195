package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.engine.membership.Step;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that does not belong to a set of replicas yet: drives {@link Formation}, and accepts
 * writes meanwhile, unless its database is empty and it may be that the others expect it.
 */
final class Unformed {
  static final String STATE = "formation";
  private static final Duration AFTER_ERROR = Duration.ofMillis(500);
  private static final int MAX_WAITING = 1_000;
  private static final Logger LOG = LoggerFactory.getLogger(Unformed.class);

  /** Who hears what becomes of it. */
  interface Listener {
    /** This node belongs to a set; it is stored. */
    void formed(Membership.Durable durable);

    /** Others have formed a set: this node has to join it. */
    void joins();

    /** Whether writes are accepted may have changed. */
    void changed();
  }

  private final Shell shell;
  private final Peers peers;
  private final Listener listener;
  private final Deque<Formation.Input> waiting = new ArrayDeque<>();
  private Formation formation;
  private boolean busy;
  private boolean graceIsOver;

  Unformed(Shell shell, Peers peers, Formation.Durable stored, Listener listener) {
    this.shell = shell;
    this.peers = peers;
    this.listener = listener;
    this.formation = Formation.start(shell.self(), peers.configured(), stored);
  }

  boolean isJoining() {
    return formation.durable().joining();
  }

  void start() {
    take(new Formation.Input.Started());
    shell.later(
        shell.settings.grace(),
        () -> {
          graceIsOver = true;
          listener.changed();
        });
  }

  void take(Formation.Input input) {
    if (waiting.size() < MAX_WAITING) {
      waiting.add(input);
    }
    next();
  }

  private void next() {
    while (!busy && !waiting.isEmpty() && !shell.isOver()) {
      busy = true;
      apply(waiting.remove());
    }
  }

  private void done() {
    busy = false;
    listener.changed();
    next();
  }

  private void apply(Formation.Input input) {
    Step<Formation, Formation.Effect> step = formation.step(input);
    Formation.Durable before = formation.durable();
    Formation.Durable after = step.state().durable();
    ReplicaSet first = after.formed();
    if (first != null && before.formed() == null) {
      Membership.Durable set = Membership.first(shell.self(), first).durable();
      shell.then(
          shell.log.putState(Epochs.STATE, MembershipForms.durable(set)),
          stored -> {
            formation = step.state();
            LOG.info("{} belongs to the first set of replicas, {}", shell.self(), first.members());
            listener.formed(set);
          },
          this::failed);
    } else if (after.equals(before)) {
      carryOut(step);
    } else {
      shell.then(shell.log.putState(STATE, after.encode()), stored -> carryOut(step), this::failed);
    }
  }

  private void failed(Throwable error) {
    LOG.warn(
        "the first set of replicas cannot be stored, and is tried again: {}", error.toString());
    shell.later(AFTER_ERROR, this::done);
  }

  private void carryOut(Step<Formation, Formation.Effect> step) {
    formation = step.state();
    for (Formation.Effect effect : step.effects()) {
      if (effect instanceof Formation.Effect.Say say) {
        peers.say(say.peer(), say.message());
      } else if (effect instanceof Formation.Effect.Join) {
        LOG.info("others have formed a set of replicas without {}; it joins", shell.self());
        listener.joins();
      }
    }
    done();
  }

  void heard(ReplicaId peer, Greeting greeting) {
    take(new Formation.Input.Heard(peer, greeting));
  }

  /** Null if writes are accepted, else why not. */
  @Nullable String refusesWrites() {
    boolean isEmpty = shell.log.held().get(shell.self()) == 0;
    return isEmpty && !graceIsOver && !formation.isKnownToBeFirst()
        ? "the database is empty; this node first asks its peers whether they expect it, for at"
            + " most "
            + shell.settings.grace().toMillis()
            + " ms"
        : null;
  }

  /** What the first set waits for, for people. */
  String status() {
    String waitsFor = formation.waitsFor();
    return waitsFor != null
        ? "no set of replicas yet: " + waitsFor
        : "the first set of replicas waits for " + formation.founder();
  }
}
