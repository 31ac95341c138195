package dev.converge.engine.walk;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * How much may happen in one walk; within it everything does, in every order.
 *
 * @param name for people
 * @param members how many there are at first; what is left of three may join
 * @param inFlight how many messages may be under way at once when a replica tells another what it
 *     has; 0 if that comes at once. Messages about membership are always under way for a while
 * @param watcher the slot of the replica whose frontiers are followed. What a replica calls final
 *     or stable is for itself: nothing that it sends or stores depends on it. So walks with each of
 *     them in turn find what one walk with all of them would, and each is far smaller
 * @param oneFails whether it is always the same replica that writes, fails and is retired: as they
 *     differ in their names alone, that leaves out less than it saves
 * @param budget how often each thing may happen
 */
record Scope(
    String name,
    int members,
    int inFlight,
    int watcher,
    boolean oneFails,
    Map<Scope.Event, Integer> budget) {
  /** As often as it makes a difference. */
  static final int ANY = -1;

  /** What may happen a limited number of times. */
  enum Event {
    WRITE,
    PROMISE,
    /** A replica tells another what it holds, and its promise. */
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

  static Scope of(String name) {
    return new Scope(name, World.SIZE, 0, 0, false, new EnumMap<>(Event.class));
  }

  Scope with(Event event, int times) {
    Map<Event, Integer> more = new EnumMap<>(Event.class);
    more.putAll(budget);
    more.put(event, times);
    return new Scope(name, members, inFlight, watcher, oneFails, more);
  }

  /** The same, with more: for walks that may take minutes. */
  Scope more(Event event, int times) {
    return with(event, budget.getOrDefault(event, 0) + times);
  }

  Scope inFlight(int messages) {
    return new Scope(name, members, messages, watcher, oneFails, budget);
  }

  /** The same, following the frontiers of the replica in this slot. */
  Scope watching(int slot) {
    return new Scope(name, members, inFlight, slot, oneFails, budget);
  }

  /** The same, with fewer members at first. */
  Scope startingWith(int replicas) {
    return new Scope(name, replicas, inFlight, watcher, oneFails, budget);
  }

  /** The same, with one replica that writes, fails and is retired. */
  Scope whereOneFails() {
    return new Scope(name, members, inFlight, watcher, true, budget);
  }

  /** Whether the replica in this slot may write, fail and be retired. */
  boolean befalls(int slot) {
    return !oneFails || slot == World.SIZE - 1;
  }

  int[] toArray() {
    return Arrays.stream(Event.values()).mapToInt(e -> budget.getOrDefault(e, 0)).toArray();
  }

  @Override
  public String toString() {
    return name
        + " "
        + budget
        + (inFlight > 0 ? ", " + inFlight + " in flight" : "")
        + ", watching "
        + (char) ('a' + watcher);
  }
}
