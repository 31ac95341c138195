package dev.converge.engine.walk;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * How much may happen in one walk; within it everything does, in every order.
 *
 * @param name for people
 * @param inFlight how many messages of replicas that tell may be under way at once; 0 if they come
 *     at once. Those about membership are always under way for a while
 * @param oneFails whether it is always the same replica that writes, fails and is retired: as they
 *     differ in their names alone, that leaves out less than it saves
 * @param budget how often each thing may happen
 */
record Scope(String name, int inFlight, boolean oneFails, Map<Scope.Event, Integer> budget) {
  /** What may happen a limited number of times. */
  enum Event {
    WRITE,
    PROMISE,
    /** A replica tells another what it holds, and its promise. */
    TELL,
    /** A commit is pushed to the others. */
    PUSH,
    LOSE,
    DUPLICATE,
    CRASH,
    POWER_LOSS,
    LOST_DISK,
    RETIRE,
    JOIN
  }

  static Scope of(String name, int inFlight) {
    return new Scope(name, inFlight, false, new EnumMap<>(Event.class));
  }

  Scope with(Event event, int times) {
    Map<Event, Integer> more = new EnumMap<>(Event.class);
    more.putAll(budget);
    more.put(event, times);
    return new Scope(name, inFlight, oneFails, more);
  }

  /** The same, with one replica that writes, fails and is retired. */
  Scope whereOneFails() {
    return new Scope(name, inFlight, true, budget);
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
    return name + " " + budget + ", " + inFlight + " in flight" + (oneFails ? ", one fails" : "");
  }
}
