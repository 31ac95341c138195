package dev.converge.node.store;

import dev.converge.crdt.CausalPNCounter;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.node.store.StoreMessage.Part;
import dev.converge.pekko.NodeClock;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Stores and their exchange on a network that loses, doubles, delays and cuts, with processes that
 * die and start again; all from one seed, in one thread, with time that only this moves.
 *
 * <p>Each increment adds a power of four of its own, so a sum says which increments are in it, and
 * which twice.
 */
final class StoreSimulation {
  private static final long TICK = 100;
  private static final StoreSerializer SERIALIZER = new StoreSerializer();

  final Random random;
  final boolean isDurable;
  final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<Flight> flights = new ArrayList<>();
  private final Set<String> cuts = new HashSet<>();

  /** By key: the increments that a node said were done. */
  final Map<String, Set<Integer>> acknowledged = new HashMap<>();

  /** By key: those that may be in it. */
  final Map<String, Set<Integer>> made = new HashMap<>();

  private int increments;
  private long now = 1_000;
  private long lastProcess;
  long messages;

  private record Flight(String from, String to, StoreMessage message, long at) {}

  /** What is on a node's disk. */
  private static final class Disk {
    final Map<Integer, dev.converge.crdt.ORMap<String, dev.converge.crdt.Variant>> buckets =
        new HashMap<>();
  }

  final class SimulatedNode {
    final String name;
    private final Disk disk = new Disk();
    private final Map<Integer, List<Runnable>> unsaved = new HashMap<>();
    LocalStore store = newStore();
    @Nullable Exchange exchange;
    private Writer writer;
    private StoreMessage.Sender self;

    SimulatedNode(String name) {
      this.name = name;
      this.writer = newWriter();
      this.self = new StoreMessage.Sender(name, writer.life(), writer.life());
    }

    private LocalStore newStore() {
      return new LocalStore(StoreLimits.DEFAULT, isDurable, new Subscriptions(Runnable::run));
    }

    private Writer newWriter() {
      lastProcess += 1L << 20;
      return new Writer(ReplicaId.of(name), new NodeClock(() -> now), lastProcess);
    }

    boolean isUp() {
      return exchange != null;
    }

    void start() {
      store = newStore();
      // As bytes: what objects remember beside their value does not outlive a process.
      disk.buckets.forEach(
          (index, state) -> store.load(index, BucketCodec.decode(BucketCodec.encode(state))));
      writer = newWriter();
      self = new StoreMessage.Sender(name, writer.life(), writer.life());
      exchange = new Exchange(store, writer, nodes.size());
      for (SimulatedNode other : nodes) {
        if (other != this && other.isUp()) {
          step(new Exchange.Up(other.name, other.self.system()));
          other.step(new Exchange.Up(name, self.system()));
        }
      }
    }

    void kill() {
      for (SimulatedNode other : nodes) {
        if (other != this && random.nextBoolean()) {
          other.step(new Exchange.Down(name, self.system()));
        }
      }
      exchange = null;
      unsaved.clear();
    }

    void step(Exchange.Input input) {
      if (exchange == null) {
        return;
      }
      for (Exchange.Outgoing outgoing : exchange.step(input, now)) {
        List<Integer> waits = new ArrayList<>(outgoing.whenSaved());
        waits.removeIf(bucket -> store.whenSaved(bucket).isDone());
        if (waits.isEmpty()) {
          send(outgoing);
        } else {
          // The last of them brings it; they are saved together here.
          unsaved.computeIfAbsent(waits.get(0), b -> new ArrayList<>()).add(() -> send(outgoing));
        }
      }
    }

    private void send(Exchange.Outgoing outgoing) {
      messages++;
      byte[] bytes = SERIALIZER.toBinary(new StoreMessage(self, outgoing.body()));
      if (bytes.length > 2 << 20) {
        throw new AssertionError("a message of " + bytes.length + " bytes");
      }
      StoreMessage read = (StoreMessage) SERIALIZER.fromBinary(bytes, "store");
      int copies = random.nextInt(100) < 10 ? 0 : random.nextInt(100) < 5 ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        long delay = random.nextInt(20) == 0 ? random.nextInt(2_000) : random.nextInt(20);
        flights.add(new Flight(name, outgoing.peer(), read, now + delay));
      }
    }

    /** Tells of what has changed, and saves it. */
    void flush() {
      Exchange present = exchange;
      if (present == null || (!isDurable && !present.wantsWrites())) {
        return;
      }
      List<Part> parts = new ArrayList<>();
      for (LocalStore.Taken taken : store.takeChanged()) {
        if (isDurable && random.nextInt(10) == 0) {
          store.notSaved(List.of(taken));
          continue;
        }
        var own = taken.unsaved().own();
        if (own != null) {
          parts.add(
              new Part(
                  taken.bucket(),
                  taken.unsaved().base(),
                  ByteString.fromArray(BucketCodec.encode(own))));
        }
        if (isDurable) {
          disk.buckets.put(taken.bucket(), taken.unsaved().state());
          store.bucket(taken.bucket()).saved(taken.unsaved());
          List<Runnable> waiting = unsaved.remove(taken.bucket());
          if (waiting != null) {
            waiting.forEach(Runnable::run);
          }
        }
      }
      if (!parts.isEmpty()) {
        step(new Exchange.Written(parts));
      }
    }

    void increment(String key) {
      int number = increments++;
      made.computeIfAbsent(key, k -> new HashSet<>()).add(number);
      BigInteger by = BigInteger.ONE.shiftLeft(2 * number);
      store.update(
          Key.of(key, StoreType.PNCOUNTER),
          (counter, w) -> counter.increment(w.replica(), by),
          writer,
          false);
      store
          .whenSaved(Buckets.of(key))
          .thenRun(() -> acknowledged.computeIfAbsent(key, k -> new HashSet<>()).add(number));
    }

    /** Makes a write, and does something when it is said to be done. */
    <V extends CausalCrdt<V>> void update(Key<V> key, Mutation<V> mutation, Runnable whenDone) {
      store.update(key, mutation, writer, false);
      store.whenSaved(Buckets.of(key.name())).thenRun(whenDone);
    }

    <V extends CausalCrdt<V>> Optional<V> value(Key<V> key) {
      return store.entry(key.name()).flatMap(entry -> entry.get(key.type()));
    }

    ReplicaId replica() {
      return writer.replica();
    }

    void remove(String key) {
      store.remove(key, writer, false);
    }

    Optional<BigInteger> value(String key) {
      return store
          .entry(key)
          .flatMap(entry -> entry.get(StoreType.PNCOUNTER))
          .map(CausalPNCounter::value);
    }
  }

  StoreSimulation(long seed, int nodeCount, boolean isDurable) {
    this.random = new Random(seed);
    this.isDurable = isDurable;
    for (int i = 1; i <= nodeCount; i++) {
      nodes.add(new SimulatedNode("n" + i));
    }
    nodes.forEach(SimulatedNode::start);
  }

  /** Runs the histories from seed 0 on; with {@code -Dconverge.seed=N} that one alone. */
  static void each(int histories, LongConsumer history) {
    Long only = Long.getLong("converge.seed");
    long last = only == null ? histories - 1 : only;
    for (long seed = only == null ? 0 : only; seed <= last; seed++) {
      try {
        history.accept(seed);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + " (replay: -Dconverge.seed=" + seed + ")", e);
      }
    }
  }

  /** So many kinds of {@link #trouble} there are. */
  static final int TROUBLES = 6;

  /** A kill, a start, a cut, its end, or time that passes. */
  void trouble(int kind, SimulatedNode node, boolean withKills) {
    switch (kind) {
      case 0 -> {
        if (withKills && node.isUp()) {
          node.kill();
        }
      }
      case 1 -> {
        if (!node.isUp()) {
          node.start();
        }
      }
      case 2 -> cut(node, any(), true);
      case 3 -> healAll();
      case 4 -> pass(random.nextInt(3_000));
      default -> pass(random.nextInt(30));
    }
  }

  SimulatedNode any() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  /** From {@code a} to {@code b} nothing comes through, or everything again. */
  void cut(SimulatedNode a, SimulatedNode b, boolean isCut) {
    if (isCut) {
      cuts.add(a.name + ">" + b.name);
    } else {
      cuts.remove(a.name + ">" + b.name);
    }
  }

  void healAll() {
    cuts.clear();
  }

  /** Time passes; messages arrive, clocks tick, writes are told of and saved. */
  void pass(long millis) {
    for (long end = now + millis; now < end; ) {
      now += 1 + random.nextInt(10);
      List<Flight> due = new ArrayList<>();
      flights.removeIf(flight -> flight.at() <= now && due.add(flight));
      for (Flight flight : due) {
        SimulatedNode to = node(flight.to());
        if (!cuts.contains(flight.from() + ">" + flight.to())) {
          to.step(new Exchange.Received(flight.from(), flight.message()));
        }
      }
      for (SimulatedNode node : nodes) {
        if (now % TICK < 6) {
          node.step(Exchange.Tick.TICK);
        }
        node.flush();
      }
    }
  }

  private SimulatedNode node(String name) {
    return nodes.stream().filter(n -> n.name.equals(name)).findFirst().orElseThrow();
  }

  /** Whether all nodes have the same, and have seen the same. */
  boolean isSettled() {
    for (int i = 0; i < Buckets.COUNT; i++) {
      var first = nodes.get(0).store.bucket(i).state();
      for (SimulatedNode node : nodes) {
        if (!node.store.bucket(i).state().equals(first)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Everybody up and connected until all is the same; fails after a minute of their time. */
  void settle() {
    healAll();
    nodes.stream().filter(node -> !node.isUp()).forEach(SimulatedNode::start);
    for (SimulatedNode a : nodes) {
      for (SimulatedNode b : nodes) {
        if (a != b) {
          a.step(new Exchange.Up(b.name, b.self.system()));
        }
      }
    }
    for (int i = 0; i < 60; i++) {
      pass(1_000);
      if (isSettled() && contextsAreOneRow()) {
        return;
      }
    }
    throw new AssertionError("not the same after a minute: " + difference());
  }

  /** Whether each context has at most a number for each node, and nothing beyond. */
  boolean contextsAreOneRow() {
    for (SimulatedNode node : nodes) {
      for (int i = 0; i < Buckets.COUNT; i++) {
        CausalContext context = Buckets.context(node.store.bucket(i).state());
        if (!context.cloud().isEmpty() || context.vector().entries().size() > nodes.size()) {
          return false;
        }
      }
    }
    return true;
  }

  private String difference() {
    for (int i = 0; i < Buckets.COUNT; i++) {
      StringBuilder text = new StringBuilder("bucket " + i);
      boolean differs = false;
      for (SimulatedNode node : nodes) {
        var state = node.store.bucket(i).state();
        differs |= !state.equals(nodes.get(0).store.bucket(i).state());
        differs |= !Buckets.context(state).cloud().isEmpty();
        text.append("\n").append(node.name).append(": ").append(state.causal());
      }
      if (differs) {
        return text.toString();
      }
    }
    return "nothing";
  }

  /** Which increments are in a sum; fails if one is in it twice. */
  static Set<Integer> increments(BigInteger sum) {
    Set<Integer> counted = new HashSet<>();
    for (int number = 0; number * 2 < sum.bitLength(); number++) {
      if (sum.testBit(2 * number + 1)) {
        throw new AssertionError("increment " + number + " counts twice or more");
      }
      if (sum.testBit(2 * number)) {
        counted.add(number);
      }
    }
    return counted;
  }
}
