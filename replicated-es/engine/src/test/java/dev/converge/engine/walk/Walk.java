package dev.converge.engine.walk;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Goes through all states of a scope, depth first. Of the states it has seen it keeps 64 bits each,
 * as model checkers do: among ten million states two would be taken for one with a chance of three
 * in a million.
 */
final class Walk {
  /** What a walk came to. */
  record Outcome(long states, long steps, int longest, long finals) {}

  /** An invariant does not hold; the message has what led there. */
  static final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    Violation(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private record Place(Supplier<String> name, World world, Iterator<Moves.Move> moves) {}

  private static final int LONGEST_STROLL = 200;

  private final Scope scope;
  private final Fault fault;
  private final Invariants invariants = new Invariants();
  private final Fingerprints.Seen seen = new Fingerprints.Seen();
  private final Deque<Place> path = new ArrayDeque<>();
  private long steps;
  private int longest;
  private long finals;

  private Walk(Scope scope, Fault fault) {
    this.scope = scope;
    this.fault = fault;
  }

  /**
   * Walks a scope to its end, or until {@code limit} states.
   *
   * @throws Violation if an invariant does not hold somewhere
   */
  static Outcome run(Scope scope, Fault fault, long limit) {
    return new Walk(scope, fault).run(limit);
  }

  /**
   * Goes one way through a scope, by chance, until nothing more can happen: for scopes that are too
   * large to be walked.
   *
   * @return how many steps that were
   * @throws Violation if an invariant does not hold on the way
   */
  static int stroll(Scope scope, Fault fault, long seed) {
    return new Walk(scope, fault).stroll(new Random(seed));
  }

  private int stroll(Random random) {
    World world = World.start(scope, fault);
    path.addLast(new Place(() -> "the start", world, Collections.emptyIterator()));
    List<Moves.Move> moves = Moves.of(world, scope, fault);
    int length = 0;
    while (!moves.isEmpty() && length < LONGEST_STROLL) {
      Moves.Move move = moves.get(random.nextInt(moves.size()));
      try {
        World next = move.world().get();
        invariants.check(next);
        path.addLast(new Place(move.name(), next, Collections.emptyIterator()));
        world = next;
        moves = Moves.of(world, scope, fault);
        length++;
      } catch (AssertionError | RuntimeException e) {
        throw violation(move.name(), world, e);
      }
    }
    return length;
  }

  private Outcome run(long limit) {
    enter(() -> "the start", World.start(scope, fault));
    while (!path.isEmpty() && seen.size() < limit) {
      Place here = path.getLast();
      if (!here.moves.hasNext()) {
        path.removeLast();
        continue;
      }
      Moves.Move move = here.moves.next();
      steps++;
      try {
        World next = move.world().get();
        invariants.check(next);
        enter(move.name(), next);
      } catch (AssertionError | RuntimeException e) {
        throw violation(move.name(), here.world, e);
      }
    }
    return new Outcome(seen.size(), steps, longest, finals);
  }

  private void enter(Supplier<String> name, World world) {
    if (seen.add(world.fingerprint())) {
      path.addLast(new Place(name, world, Moves.of(world, scope, fault).iterator()));
      longest = Math.max(longest, path.size() - 1);
      finals += world.finals.isEmpty() ? 0 : 1;
    }
  }

  private Violation violation(Supplier<String> last, World before, Throwable e) {
    List<String> lines = new ArrayList<>();
    lines.add(e.getMessage());
    lines.add("scope " + scope + ", fault " + fault + "; what happened:");
    path.stream().skip(1).forEach(place -> lines.add("  " + place.name.get()));
    lines.add("  " + last.get());
    lines.add("before the last step:");
    lines.add(before.toString());
    return new Violation(String.join("\n", lines), e);
  }
}
