package dev.converge.engine.simulation;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.engine.support.Models.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Everything there is: machines, network, clients, what is still to happen, and who looks on. */
final class World {
  private record Due(long time, long number, Runnable what) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private final Mutation mutation;
  private final Settings settings;
  private final SplittableRandom random;
  private final PriorityQueue<Due> agenda = new PriorityQueue<>();
  private final Network network;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Node> byName = new HashMap<>();
  private final Trace trace;
  private final Books books = new Books();
  private final Invariants invariants;
  private final Clients clients;
  private final Operator operator;
  private final long[] counts = new long[Coverage.values().length];
  private long now;
  private long scheduled;
  private boolean calm;

  World(long seed, Settings settings, Mutation mutation, Trace trace) {
    SplittableRandom root = new SplittableRandom(seed);
    this.settings = settings;
    this.mutation = mutation;
    this.trace = trace;
    this.network = new Network(root.split(), settings.machines());
    this.random = root.split();
    this.invariants = new Invariants(this);
    this.clients = new Clients(this);
    this.operator = new Operator(this);
    List<ReplicaId> first = new ArrayList<>();
    for (int i = 0; i < settings.replicas(); i++) {
      first.add(ReplicaId.of(Node.name(i)));
    }
    ReplicaSet set = ReplicaSet.first(first);
    for (int i = 0; i < settings.machines(); i++) {
      Node node = new Node(i, this, set, i < settings.replicas());
      nodes.add(node);
      byName.put(node.name(), node);
    }
    if (settings.neverConnected()) {
      network.cutForGood(0, 2);
    }
  }

  /** Sets the machines of the configured set going. */
  void start() {
    for (int i = 0; i < settings.replicas(); i++) {
      nodes.get(i).start();
    }
    operator.start();
  }

  /** The next thing happens. */
  void step() {
    Due due = agenda.remove();
    now = due.time;
    due.what.run();
    invariants.afterStep();
  }

  void later(long delay, Runnable what) {
    at(now + delay, what);
  }

  void at(long time, Runnable what) {
    agenda.add(new Due(time, scheduled++, what));
  }

  /** When the next thing happens. */
  long nextTime() {
    return agenda.isEmpty() ? Long.MAX_VALUE : agenda.peek().time;
  }

  /** Sends a message to a replica, as far as the network lets it. */
  void send(Node from, ReplicaId to, Message message) {
    Node there = byName.get(to.name());
    if (there == null) {
      throw new AssertionError("no machine has the name of " + to);
    }
    send(from, there, to, message);
  }

  /**
   * Sends a message to a machine.
   *
   * @param to the incarnation that it is for; null if for any
   */
  void send(Node from, Node there, @Nullable ReplicaId to, Message message) {
    ReplicaId sender = from.disk().id;
    int copies = network.copies();
    count(copies == 0 ? Coverage.MESSAGES_LOST : Coverage.MESSAGES);
    if (copies > 1) {
      count(Coverage.MESSAGES_DOUBLED);
    }
    for (; copies > 0; copies--) {
      later(
          network.delay(),
          () -> {
            Shell shell = there.shell();
            if (network.isCut(from.index(), there.index()) || shell == null) {
              count(Coverage.MESSAGES_LOST);
              return;
            }
            if (to != null && !to.equals(there.disk().id)) {
              count(Coverage.FOR_ANOTHER_INCARNATION);
              shell.receiveForAnother(sender, message);
              return;
            }
            Coverage kind = Coverage.of(message);
            count(kind);
            trace.add(now, kind.name(), from.index(), there.index());
            if (trace.isRead()) {
              trace.say(now, sender + " to " + there.disk().id + ": " + message);
            }
            shell.receive(sender, message);
          });
    }
  }

  void count(Coverage what) {
    count(what, 1);
  }

  @SuppressWarnings("EnumOrdinal") // counts of millions of seeds; a map would cost more
  void count(Coverage what, long times) {
    counts[what.ordinal()] += times;
  }

  long[] counts() {
    return counts;
  }

  /** The faults are over. */
  void becomeCalm() {
    calm = true;
    network.calm();
    trace.add(now, "calm");
  }

  boolean isCalm() {
    return calm;
  }

  Mutation mutation() {
    return mutation;
  }

  Settings settings() {
    return settings;
  }

  Model<List<String>> model() {
    return settings.model();
  }

  SplittableRandom random() {
    return random;
  }

  Network network() {
    return network;
  }

  List<Node> nodes() {
    return nodes;
  }

  /** The machine that a replica runs or ran on. */
  Node nodeOf(ReplicaId id) {
    Node node = byName.get(id.name());
    if (node == null) {
      throw new AssertionError("no machine has the name of " + id);
    }
    return node;
  }

  Trace trace() {
    return trace;
  }

  Books books() {
    return books;
  }

  Invariants invariants() {
    return invariants;
  }

  Clients clients() {
    return clients;
  }

  Operator operator() {
    return operator;
  }

  long now() {
    return now;
  }
}
