package dev.converge.engine.simulation;

import dev.converge.engine.event.OriginId;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Models.Model;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One history of 3 to 5 replicas of one entity, from one seed. */
final class Simulation {
  private static final String[] KEYS = {"title", "body", "seat"};
  private static final int TURBULENT = 400;
  private static final int PATIENCE = 30_000;

  /** What one run came to. */
  record Outcome(long traceHash, int events, int nodes, int crashes, int partitions) {}

  private record Due(long time, long number, Runnable what) {}

  private final Random random;
  private final Mutation mutation;
  private final Trace trace = new Trace();
  private final Invariants invariants = new Invariants();
  private final Model<List<String>> model = Models.append(Models.capricious(false));
  private final PriorityQueue<Due> agenda =
      new PriorityQueue<>(Comparator.comparingLong(Due::time).thenComparingLong(Due::number));
  private final SimulatedNetwork network;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private long now;
  private long scheduled;
  private int crashes;
  private int partitions;
  private int requests;

  private Simulation(long seed, Mutation mutation) {
    this.random = new Random(seed);
    this.mutation = mutation;
    this.network = new SimulatedNetwork(random);
    int size = 3 + random.nextInt(3);
    for (int i = 0; i < size; i++) {
      nodes.add(new SimulatedNode(i, this, invariants, model));
    }
    if (random.nextInt(3) == 0) {
      network.cutForGood(0, 2);
    }
  }

  /** Runs one history to its end. Throws with the last steps if an invariant does not hold. */
  static Outcome run(long seed, Mutation mutation) {
    Simulation simulation = new Simulation(seed, mutation);
    try {
      return simulation.run();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          e.getMessage() + "\nmutation " + mutation + ", the last steps:\n" + simulation.trace, e);
    }
  }

  private Outcome run() {
    int commands = 5 + random.nextInt(20);
    for (int i = 0; i < commands; i++) {
      at(random.nextInt(TURBULENT), this::command);
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      at(random.nextInt(TURBULENT), this::crash);
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      at(random.nextInt(TURBULENT), this::partition);
    }
    for (int i = 0; i < nodes.size(); i++) {
      antiEntropy(i);
    }
    at(TURBULENT + 100, this::calm);
    while (now < PATIENCE && !(now > TURBULENT + 100 && converged())) {
      Due due = agenda.remove();
      now = due.time();
      due.what().run();
    }
    invariants.converged(nodes, model);
    trace.add(now, "end", nodes.get(0).replica().state());
    return new Outcome(trace.hash(), invariants.events(), nodes.size(), crashes, partitions);
  }

  private boolean converged() {
    return nodes.stream()
        .allMatch(
            node ->
                node.isUp()
                    && node.replica().vector().equals(nodes.get(0).replica().vector())
                    && node.replica().waiting() == 0
                    && node.isIdle());
  }

  private void command() {
    SimulatedNode node = any();
    List<Note> notes = new ArrayList<>();
    for (int i = 1 + random.nextInt(5) / 4; i > 0; i--) {
      notes.add(new Note(Set.of(KEYS[random.nextInt(KEYS.length)]), "v" + ++requests));
    }
    OriginId origin = random.nextInt(3) == 0 ? new OriginId("request-" + requests) : null;
    submit(node, notes, origin);
    if (origin != null && random.nextBoolean()) {
      // No answer came in time: the client tries again, perhaps elsewhere.
      at(now + random.nextInt(80), () -> submit(any(), notes, origin));
    }
  }

  private static void submit(SimulatedNode node, List<Note> notes, @Nullable OriginId origin) {
    if (node.isUp()) {
      node.command(notes, origin);
    }
  }

  private void crash() {
    SimulatedNode node = any();
    if (node.isUp()) {
      crashes++;
      trace.add(now, node, "crashes");
      node.crash();
      at(now + 1 + random.nextInt(100), () -> restart(node));
    }
  }

  private void restart(SimulatedNode node) {
    if (!node.isUp()) {
      node.start();
      trace.add(now, node, "restarts at", node.replica().vector());
    }
  }

  private void partition() {
    partitions++;
    network.partition(nodes.size());
    trace.add(now, "partition");
    at(now + random.nextInt(150), network::heal);
  }

  private void calm() {
    network.heal();
    nodes.forEach(this::restart);
    trace.add(now, "calm");
  }

  private void antiEntropy(int index) {
    if (nodes.get(index).isUp()) {
      int peer = random.nextInt(nodes.size() - 1);
      nodes.get(index).ask(peer < index ? peer : peer + 1);
    }
    later(20 + random.nextInt(60), () -> antiEntropy(index));
  }

  /** Sends a message, as far as the network lets it. */
  void send(int from, int to, Message message) {
    for (int copies = network.copies(); copies > 0; copies--) {
      later(
          network.delay(),
          () -> {
            if (!network.isCut(from, to) && nodes.get(to).isUp()) {
              trace.add(now, from + 1, "to", to + 1, message.getClass().getSimpleName());
              nodes.get(to).receive(from, message);
            }
          });
    }
  }

  void broadcast(int from, Message message) {
    for (int to = 0; to < nodes.size(); to++) {
      if (to != from) {
        send(from, to, message);
      }
    }
  }

  void later(long delay, Runnable what) {
    at(now + delay, what);
  }

  private void at(long time, Runnable what) {
    agenda.add(new Due(time, scheduled++, what));
  }

  private SimulatedNode any() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  Random random() {
    return random;
  }

  Mutation mutation() {
    return mutation;
  }

  Trace trace() {
    return trace;
  }

  long now() {
    return now;
  }
}
