package dev.converge.engine.walk;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** How much may happen in one walk; within it everything does, in every order. Immutable. */
final class Scope {
  /** What may happen a limited number of times. */
  enum Event {
    WRITE,
    PROMISE,
    /** A replica tells the watched one what it holds, and its promise. */
    TELL,
    /** A commit is pushed to another. */
    PUSH,
    LOSE,
    DUPLICATE,
    CRASH,
    POWER_LOSS,
    LOST_DISK,
    RETIRE,
    JOIN
  }

  /** As often as it makes a difference. */
  static final int ANY = -1;

  /** Not one alone. */
  private static final int EACH = -1;

  private final String name;
  private final EnumMap<Event, Integer> budget = new EnumMap<>(Event.class);
  private int members = World.SIZE;
  private int inFlight;
  private int watcher;
  private int writer = EACH;
  private int failing = EACH;
  private int proposer = EACH;
  private boolean promiseOnce;

  private Scope(String name) {
    this.name = name;
  }

  static Scope of(String name) {
    return new Scope(name);
  }

  private Scope copy() {
    Scope copy = new Scope(name);
    copy.budget.putAll(budget);
    copy.members = members;
    copy.inFlight = inFlight;
    copy.watcher = watcher;
    copy.writer = writer;
    copy.failing = failing;
    copy.proposer = proposer;
    copy.promiseOnce = promiseOnce;
    return copy;
  }

  Scope with(Event event, int times) {
    Scope copy = copy();
    copy.budget.put(event, times);
    return copy;
  }

  /** The same, with more: for walks that may take minutes. */
  Scope more(Event event, int times) {
    return with(event, budget.getOrDefault(event, 0) + times);
  }

  /**
   * The same, where up to so many messages are under way at once when a replica tells another what
   * it has. Without, that comes at once. Messages about membership are always under way for a
   * while.
   */
  Scope inFlight(int messages) {
    Scope copy = copy();
    copy.inFlight = messages;
    return copy;
  }

  /**
   * The same, following the frontiers of the replica in this slot. What a replica calls final or
   * stable is for itself: nothing that it sends or stores depends on it. So walks with each of them
   * in turn find what one walk with all of them would, and each is far smaller.
   */
  Scope watching(int slot) {
    Scope copy = copy();
    copy.watcher = slot;
    return copy;
  }

  /** The same, with fewer members at first; who is left may join. */
  Scope startingWith(int replicas) {
    Scope copy = copy();
    copy.members = replicas;
    return copy;
  }

  /**
   * The same, where one replica writes, fails and is retired. As they differ in their names alone,
   * that leaves out less than it saves.
   */
  Scope whereOneFails() {
    Scope copy = copy();
    copy.writer = World.SIZE - 1;
    copy.failing = World.SIZE - 1;
    return copy;
  }

  /** The same, where one writes and another fails. */
  Scope whereAnotherFails() {
    Scope copy = whereOneFails();
    copy.failing = 1;
    return copy;
  }

  /** The same, where one replica makes all proposals. */
  Scope whereOneProposes() {
    Scope copy = copy();
    copy.proposer = 0;
    return copy;
  }

  /** The same, but each replica promises once. */
  Scope whereEachPromisesOnce() {
    Scope copy = copy();
    copy.promiseOnce = true;
    return copy;
  }

  boolean mayWrite(int slot) {
    return writer == EACH || writer == slot;
  }

  /** Whether the replica in this slot may crash, lose something or be retired. */
  boolean mayFail(int slot) {
    return failing == EACH || failing == slot;
  }

  boolean mayPropose(int slot) {
    return proposer == EACH || proposer == slot;
  }

  boolean mayPromise(Node node) {
    return !promiseOnce || !node.hasPromised;
  }

  boolean watches(int slot) {
    return watcher == slot;
  }

  int members() {
    return members;
  }

  int inFlight() {
    return inFlight;
  }

  int[] toArray() {
    return Arrays.stream(Event.values()).mapToInt(e -> budget.getOrDefault(e, 0)).toArray();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name).append(':');
    for (Map.Entry<Event, Integer> most : budget.entrySet()) {
      text.append(' ').append(most.getKey());
      text.append(most.getValue() == ANY ? " any" : " " + most.getValue()).append(',');
    }
    return text.append(" watching ").append(World.firstId(watcher)).toString();
  }
}
