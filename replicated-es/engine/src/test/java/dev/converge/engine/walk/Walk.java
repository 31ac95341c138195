package dev.converge.engine.walk;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through all states of a scope, breadth first: what is found first is found on a shortest
 * way. Of the states that it has left it keeps prints alone.
 */
final class Walk {
  /**
   * What a walk came to.
   *
   * @param states different ones
   * @param steps from one to another, or back to a known one
   * @param depth steps on the shortest way to the farthest state
   * @param finals states in which somebody calls an event final
   */
  record Outcome(long states, long steps, int depth, long finals) {
    @Override
    public String toString() {
      return String.format(
          "%,d states by %,d steps, depth %d; something is final in %,d",
          states, steps, depth, finals);
    }
  }

  /** An invariant does not hold; the message has what led there. */
  static final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;
    private final String what;
    private final List<String> steps;

    Violation(String what, List<String> steps, String scope, Throwable cause) {
      super(what + "\nin " + scope + ":\n  " + String.join("\n  ", steps), cause);
      this.what = what;
      this.steps = steps;
    }

    /** What does not hold. */
    String what() {
      return what;
    }

    /** What happened, from the start. */
    List<String> steps() {
      return List.copyOf(steps);
    }
  }

  private final Scope scope;
  private final Fault fault;
  private final Invariants invariants = new Invariants();
  private final Trail trail = new Trail();
  private final Pool pool;

  private Walk(Scope scope, Fault fault) {
    this.scope = scope;
    this.fault = fault;
    this.pool = new Pool(scope, fault);
  }

  /**
   * Walks a scope to its end.
   *
   * @param limit of states; an error if there are more
   * @throws Violation if an invariant does not hold somewhere
   */
  static Outcome run(Scope scope, Fault fault, int limit) {
    return new Walk(scope, fault).run(limit);
  }

  private Outcome run(int limit) {
    World start = World.start(scope, pool);
    trail.add(start.print(), 0, 0);
    List<World> level = List.of(start);
    int first = 0;
    int depth = 0;
    long steps = 0;
    long finals = 0;
    while (!level.isEmpty()) {
      List<World> next = new ArrayList<>();
      for (int i = 0; i < level.size(); i++) {
        List<Moves.Move> moves = Moves.of(level.get(i), scope, fault);
        for (int by = 0; by < moves.size(); by++) {
          World world = step(moves.get(by), first + i, by);
          steps++;
          if (world != null) {
            next.add(pool.shared(world));
            finals += world.finals.isEmpty() ? 0 : 1;
          }
        }
      }
      if (trail.size() > limit) {
        throw new IllegalStateException(
            scope + " has more than " + limit + " states; depth " + depth);
      }
      first += level.size();
      depth += next.isEmpty() ? 0 : 1;
      level = next;
    }
    return new Outcome(trail.size(), steps, depth, finals);
  }

  /** The state after a move, if it is new. */
  private @Nullable World step(Moves.Move move, int from, int by) {
    try {
      World next = move.world().get();
      invariants.settle(next);
      if (!trail.add(next.print(), from, by)) {
        return null;
      }
      invariants.check(next);
      return next;
    } catch (AssertionError | RuntimeException e) {
      throw violation(from, by, e);
    }
  }

  /** Goes the way once more, for the names of its steps. */
  private Violation violation(int from, int by, Throwable e) {
    List<String> lines = new ArrayList<>();
    World world = World.start(scope, pool);
    for (Trail.Turn turn : trail.to(from)) {
      Moves.Move move = Moves.of(world, scope, fault).get(turn.move());
      lines.add(move.name().get());
      world = move.world().get();
      invariants.settle(world);
    }
    lines.add(Moves.of(world, scope, fault).get(by).name().get());
    return new Violation(String.valueOf(e.getMessage()), lines, scope + " with " + fault, e);
  }
}
