package dev.converge.pekko.membership;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/** Virtual time, chance, a network that loses, doubles, delays and cuts, and the machines on it. */
final class SimWorld {
  static final long MS = 1_000_000;

  private record Event(long at, long number, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private final PriorityQueue<Event> agenda = new PriorityQueue<>();
  private final Random random;
  private final List<SimNode> nodes = new ArrayList<>();
  private final Set<String> cuts = new HashSet<>();
  private final SimBooks books = new SimBooks(this);
  private final List<String> trace = new ArrayList<>();
  private final SimFault fault;
  private long now;
  private long number;
  private boolean calm;

  SimWorld(long seed, SimFault fault) {
    this.random = new Random(seed);
    this.fault = fault;
  }

  SimFault fault() {
    return fault;
  }

  Random random() {
    return random;
  }

  boolean chance(double p) {
    return random.nextDouble() < p;
  }

  List<SimNode> nodes() {
    return nodes;
  }

  SimNode node(String name) {
    return nodes.stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
  }

  SimBooks books() {
    return books;
  }

  long now() {
    return now;
  }

  void say(String line) {
    trace.add(now / MS + " " + line);
    if (trace.size() > 400) {
      trace.remove(0);
    }
  }

  List<String> trace() {
    return trace;
  }

  /** The faults stop. */
  void calm() {
    calm = true;
    cuts.clear();
  }

  boolean isCalm() {
    return calm;
  }

  void laterNanos(long delay, Runnable what) {
    agenda.add(new Event(now + Math.max(0, delay), number++, what));
  }

  void later(long millis, Runnable what) {
    laterNanos(millis * MS, what);
  }

  void runUntil(long millis) {
    while (!agenda.isEmpty() && agenda.peek().at() <= millis * MS) {
      Event next = agenda.remove();
      now = next.at();
      next.what().run();
    }
    now = millis * MS;
  }

  // The network

  void cut(SimNode a, SimNode b) {
    cuts.add(a.name() + ">" + b.name());
    cuts.add(b.name() + ">" + a.name());
  }

  void heal() {
    cuts.clear();
  }

  void send(SimNode from, SimNode to, Runnable arrives) {
    if (cuts.contains(from.name() + ">" + to.name()) || (!calm && chance(0.03))) {
      return;
    }
    later(1 + random.nextInt(calm ? 5 : 30), arrives);
    if (!calm && chance(0.02)) {
      later(1 + random.nextInt(200), arrives);
    }
  }
}
