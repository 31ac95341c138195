package dev.converge.engine.simulation;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ContentHash;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.NaiveFold;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.support.Models.Model;
import dev.converge.engine.support.Note;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What must hold after every step. Keeps books of its own, so that it does not trust what it
 * checks.
 */
final class Invariants {
  private record Outcome(List<String> state, List<Folded<Note>> history) {}

  private final Map<Dot, ContentHash> contents = new HashMap<>();
  private final Map<VersionVector, Outcome> outcomes = new HashMap<>();
  private final Set<Dot> acknowledged = new HashSet<>();
  private final Map<Dot, ReplicatedEvent<Note>> stored = new TreeMap<>();

  void acknowledged(ReplicatedEvent<Note> event) {
    acknowledged.add(event.dot());
  }

  /** No dot stands for two contents, on any disk. */
  void stored(ReplicatedEvent<Note> event) {
    ContentHash before = contents.putIfAbsent(event.dot(), event.hash());
    require(
        before == null || before.equals(event.hash()),
        () -> "dot with two contents: " + event.dot());
    stored.put(event.dot(), event);
  }

  /** Causal delivery: everything that an event depends on was applied before it. */
  void applied(SimulatedNode node, VersionVector before, List<ReplicatedEvent<Note>> events) {
    CausalContext held = CausalContext.of(before);
    for (ReplicatedEvent<Note> event : events) {
      require(
          held.covers(event.context()) && held.next(event.replica()).equals(event.dot()),
          () ->
              node
                  + " applied "
                  + event.dot()
                  + ", which follows "
                  + event.context()
                  + ", at "
                  + before
                  + " in "
                  + events.stream().map(ReplicatedEvent::dot).toList());
      held = held.with(event.dot());
    }
  }

  /** Equal sets of events give equal states, decisions and order: anywhere, at any time. */
  void visible(SimulatedNode node) {
    EntityReplica<List<String>, Note> replica = node.replica();
    Outcome outcome = new Outcome(replica.state(), replica.history(0, Integer.MAX_VALUE).events());
    Outcome before = outcomes.putIfAbsent(replica.vector(), outcome);
    require(
        before == null || before.equals(outcome),
        () ->
            node + " at " + replica.vector() + " has " + outcome + ", and before it was " + before);
  }

  /** What a replica acknowledged, it holds. */
  void acknowledgedIsHeld(SimulatedNode node) {
    for (Dot dot : acknowledged) {
      require(
          !dot.replica().equals(node.id()) || node.replica().vector().contains(dot),
          () -> node + " acknowledged " + dot + " and lost it");
    }
  }

  /** In the end everyone holds everything, and it is what the specification says. */
  void converged(List<SimulatedNode> nodes, Model<List<String>> model) {
    VersionVector all = nodes.get(0).replica().vector();
    for (SimulatedNode node : nodes) {
      require(
          node.replica().vector().equals(all),
          () -> "no convergence: " + node + " at " + node.replica().vector() + ", not " + all);
      require(
          node.replica().waiting() == 0, () -> node + " still waits for " + node.replica().gaps());
    }
    acknowledged.forEach(
        dot -> require(all.contains(dot), () -> dot + " was acknowledged and lost"));
    for (Dot dot : stored.keySet()) {
      require(all.contains(dot), () -> dot + " was stored and lost");
    }
    NaiveFold.Result<List<String>, Note> expected = NaiveFold.fold(model, stored.values());
    for (SimulatedNode node : nodes) {
      require(expected.state().equals(node.replica().state()), () -> node + " is not as specified");
      require(
          expected.history().equals(node.replica().history(0, Integer.MAX_VALUE).events()),
          () -> node + " did not decide as specified");
    }
  }

  int events() {
    return stored.size();
  }

  /** The text is made only if it is needed: it is long, and this runs at every step. */
  static void require(boolean holds, Supplier<String> what) {
    if (!holds) {
      throw new AssertionError(what.get());
    }
  }
}
