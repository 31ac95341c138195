package dev.converge.engine.conflict;

import dev.converge.crdt.clock.Dot;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What an event says that is a person's decision on an escalated conflict.
 *
 * @param conflict the conflict's id: the dot of the escalated event
 * @param sides the sides that the person saw and decided between, the conflict's id among them
 *     whether or not it was given. A side that the author's replica did not hold does not count
 */
public record Resolution(Dot conflict, SortedSet<Dot> sides) {
  /** Copies the sides. */
  public Resolution {
    TreeSet<Dot> copy = new TreeSet<>(sides);
    copy.add(conflict);
    sides = Collections.unmodifiableSortedSet(copy);
  }

  /** A decision between these sides. */
  public static Resolution of(Dot conflict, Iterable<Dot> sides) {
    TreeSet<Dot> sorted = new TreeSet<>();
    sides.forEach(sorted::add);
    return new Resolution(conflict, sorted);
  }
}
