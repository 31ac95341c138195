package dev.converge.node.cli.local;

import dev.converge.node.cli.local.Child.GivenUp;
import dev.converge.node.cli.local.Child.Ready;
import dev.converge.node.cli.local.Child.Starting;
import dev.converge.node.cli.local.Child.Stopped;
import dev.converge.node.cli.local.Child.Stopping;
import dev.converge.node.cli.local.Child.Unsettled;
import dev.converge.node.cli.local.Child.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The supervisor of a row of nodes, as an immutable value: {@code step(input, now)} yields the next
 * one and what is to be done.
 *
 * <pre>
 * state      input               next       effects
 * --         begin               Starting   Start
 * Starting   BecameReady         Ready      SayReady, SayUp if all are
 * Starting   Exited              Waiting    SayDied; the fifth time GivenUp, SayGaveUp
 * Ready      Exited              Waiting    SayDied
 *            (both by way of Unsettled where a signal to the whole group would look the same)
 * Unsettled  Tick, settled       Waiting    as Exited
 * Waiting    Tick, delay over    Starting   Start
 * any        Stop                Stopping   EndInput; Stopped where no process runs
 * Stopping   Exited              Stopped    SayStopped with the last one
 * Stopping   Tick, limit over    Stopping   SayKilled, Kill
 * </pre>
 *
 * Inputs about an earlier run of a node are ignored.
 */
record Supervision(
    Limits limits, List<Child> children, int runs, boolean wasUp, Set<Integer> wereReady) {
  /**
   * The limits, in milliseconds unless said otherwise.
   *
   * @param restartDelay from a death to the next start
   * @param settle how long a death by a signal that comes to whole groups is held back
   * @param stopLimit from the sign to stop to the kill
   * @param failedStarts how many failed starts in a row are too many
   */
  record Limits(long restartDelay, long settle, long stopLimit, int failedStarts) {
    static final Limits DEFAULT = new Limits(2_000, 600, 12_000, 5);
  }

  /** The next supervisor and what is to be done, in order. */
  record Step(Supervision next, List<Effect> effects) {}

  /** Clean exits, and those by SIGHUP, SIGINT and SIGTERM. */
  private static final Set<Integer> EXITS_OF_A_GROUP = Set.of(0, 129, 130, 143);

  private static final long KILLED = Long.MAX_VALUE;

  Supervision {
    children = List.copyOf(children);
    wereReady = Set.copyOf(wereReady);
  }

  /** Starts {@code nodes} nodes. */
  static Step begin(int nodes, Limits limits) {
    List<Child> children = new ArrayList<>();
    List<Effect> effects = new ArrayList<>();
    for (int node = 1; node <= nodes; node++) {
      children.add(new Starting(node, 0));
      effects.add(new Effect.Start(node, node));
    }
    return new Step(new Supervision(limits, children, nodes, false, Set.of()), effects);
  }

  /** Takes one input. O(nodes). */
  Step step(Input input, long now) {
    if (input instanceof Input.Exited e) {
      return children.get(e.node() - 1).runs(e.run())
          ? exited(e.node(), e.exit(), now)
          : unchanged();
    }
    if (input instanceof Input.BecameReady r) {
      return children.get(r.node() - 1) instanceof Starting s && s.run() == r.run()
          ? ready(r.node(), s.run())
          : unchanged();
    }
    return input instanceof Input.Stop ? stop(now) : tick(now);
  }

  /** Whether all is over: every node stopped or given up. */
  boolean isOver() {
    return children.stream().allMatch(Child::isOver);
  }

  /** Whether every node is ready. */
  boolean isUp() {
    return children.stream().allMatch(c -> c instanceof Ready);
  }

  /** Whether no node is left, and not because of a stop. */
  boolean hasFailed() {
    return children.stream().allMatch(c -> c instanceof GivenUp);
  }

  /** When a {@link Input.Tick} is next due. */
  OptionalLong nextDeadline() {
    return children.stream().mapToLong(Supervision::deadline).filter(t -> t < KILLED).min();
  }

  private static long deadline(Child child) {
    if (child instanceof Unsettled u) {
      return u.settlesAt();
    } else if (child instanceof Waiting w) {
      return w.startsAt();
    }
    return child instanceof Stopping s ? s.killsAt() : KILLED;
  }

  private Step ready(int node, int run) {
    boolean again = wereReady.contains(node);
    List<Effect> effects = new ArrayList<>(List.of(new Effect.SayReady(node, again)));
    Set<Integer> readyNow = new java.util.HashSet<>(wereReady);
    readyNow.add(node);
    Supervision next =
        new Supervision(limits, changed(node, new Ready(run)), runs, wasUp, readyNow);
    if (next.isUp()) {
      effects.add(new Effect.SayUp(wasUp));
      next = new Supervision(limits, next.children, runs, true, readyNow);
    }
    return new Step(next, effects);
  }

  private Step exited(int node, int exit, long now) {
    Child child = children.get(node - 1);
    if (child instanceof Stopping) {
      Supervision next = with(changed(node, new Stopped()));
      return new Step(next, next.isOver() ? List.of(new Effect.SayStopped()) : List.of());
    }
    boolean wasReady = child instanceof Ready;
    int failures = child instanceof Starting s ? s.failures() : 0;
    if (EXITS_OF_A_GROUP.contains(exit)) {
      Child held = new Unsettled(exit, wasReady, failures, now, now + limits.settle());
      return new Step(with(changed(node, held)), List.of());
    }
    return died(node, new Unsettled(exit, wasReady, failures, now, now));
  }

  private Step died(int node, Unsettled death) {
    int failures = death.wasReady() ? 0 : death.failures() + 1;
    if (failures >= limits.failedStarts()) {
      Effect said = new Effect.SayGaveUp(node, death.exit(), failures);
      return new Step(with(changed(node, new GivenUp())), List.of(said));
    }
    Child waiting = new Waiting(failures, death.diedAt() + limits.restartDelay());
    Effect said = new Effect.SayDied(node, death.exit(), death.wasReady(), limits.restartDelay());
    return new Step(with(changed(node, waiting)), List.of(said));
  }

  private Step tick(long now) {
    Supervision next = this;
    List<Effect> effects = new ArrayList<>();
    for (int node = 1; node <= children.size(); node++) {
      if (now >= deadline(children.get(node - 1))) {
        Step step = next.due(node);
        next = step.next();
        effects.addAll(step.effects());
      }
    }
    return new Step(next, effects);
  }

  private Step due(int node) {
    Child child = children.get(node - 1);
    if (child instanceof Unsettled death) {
      return died(node, death);
    } else if (child instanceof Waiting w) {
      int run = runs + 1;
      List<Child> changed = changed(node, new Starting(run, w.failures()));
      return new Step(
          new Supervision(limits, changed, run, wasUp, wereReady),
          List.of(new Effect.Start(node, run)));
    } else if (child instanceof Stopping s) {
      return new Step(
          with(changed(node, new Stopping(s.run(), KILLED))),
          List.of(new Effect.SayKilled(node, limits.stopLimit()), new Effect.Kill(node)));
    }
    return unchanged();
  }

  private Step stop(long now) {
    if (children.stream().allMatch(c -> c.isOver() || c instanceof Stopping)) {
      return unchanged();
    }
    List<Child> stopping = new ArrayList<>();
    List<Effect> effects = new ArrayList<>(List.of(new Effect.SayStopping()));
    for (int node = 1; node <= children.size(); node++) {
      Child child = children.get(node - 1);
      if (child instanceof Starting || child instanceof Ready) {
        int run = child instanceof Starting s ? s.run() : ((Ready) child).run();
        stopping.add(new Stopping(run, now + limits.stopLimit()));
        effects.add(new Effect.EndInput(node));
      } else {
        stopping.add(child.isOver() || child instanceof Stopping ? child : new Stopped());
      }
    }
    Supervision next = with(stopping);
    List<Effect> last = next.isOver() ? List.of(new Effect.SayStopped()) : List.of();
    return new Step(next, Stream.concat(effects.stream(), last.stream()).toList());
  }

  private Step unchanged() {
    return new Step(this, List.of());
  }

  private Supervision with(List<Child> changed) {
    return new Supervision(limits, changed, runs, wasUp, wereReady);
  }

  private List<Child> changed(int node, Child child) {
    List<Child> copy = new ArrayList<>(children);
    copy.set(node - 1, child);
    return copy;
  }
}
