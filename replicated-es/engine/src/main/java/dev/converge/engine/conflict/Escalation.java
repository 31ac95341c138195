package dev.converge.engine.conflict;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A conflict that was handed to a person. A part of what the fold comes to: equal sets of events
 * give equal escalations.
 *
 * <p>Rules. A {@linkplain Resolution decision} settles, of the sides it names, those that its
 * author had seen. A side that no decision settled is open: one that arrives later reopens the
 * conflict for itself alone. Of two concurrent decisions the first in the total order stands; the
 * other is discarded, and what it alone had seen stays open. A decision that settles nothing, or
 * whose conflict does not exist, is discarded as well.
 *
 * @param id the dot of the escalated event
 * @param reason why it was escalated
 * @param applied whether the event took effect until the decision
 * @param sides the escalated event and its rivals, in dot order
 * @param open the sides that nobody has decided about yet, in dot order; none: settled
 * @param decidedBy the decisions that stand, in the total order
 */
public record Escalation(
    Dot id,
    String reason,
    boolean applied,
    SortedSet<Dot> sides,
    SortedSet<Dot> open,
    List<Dot> decidedBy) {

  /**
   * A decision that stands.
   *
   * @param event the event that says it
   * @param resolution what it says
   */
  public record Standing(ReplicatedEvent<?> event, Resolution resolution) {}

  /**
   * What has become of a conflict.
   *
   * @param rivals of the escalated event
   * @param decisions that stand, in the total order
   */
  public static Escalation of(
      Dot id, Decision.Escalate<?> escalate, Collection<Dot> rivals, List<Standing> decisions) {
    TreeSet<Dot> sides = new TreeSet<>(rivals);
    sides.add(id);
    SortedSet<Dot> all = Collections.unmodifiableSortedSet(sides);
    return new Escalation(id, escalate.reason(), escalate.applied(), all, all, List.of())
        .with(decisions);
  }

  /** After further decisions that stand, in the total order. */
  public Escalation with(List<Standing> decisions) {
    if (decisions.isEmpty()) {
      return this;
    }
    TreeSet<Dot> stillOpen = new TreeSet<>(open);
    List<Dot> by = new ArrayList<>(decidedBy);
    for (Standing decision : decisions) {
      CausalContext seen = decision.event().context();
      decision.resolution().sides().stream().filter(seen::contains).forEach(stillOpen::remove);
      by.add(decision.event().dot());
    }
    return new Escalation(
        id,
        reason,
        applied,
        sides,
        Collections.unmodifiableSortedSet(stillOpen),
        Collections.unmodifiableList(by));
  }

  /** Whether a side still waits for a person. */
  public boolean isOpen() {
    return !open.isEmpty();
  }

  /**
   * What becomes of an event that is a person's decision.
   *
   * @param resolution what the event says
   * @param conflict the conflict that it names, after all events earlier in the total order; null
   *     if there is none
   */
  public static <E> Decision<E> judge(
      ReplicatedEvent<E> event, Resolution resolution, @Nullable Escalation conflict) {
    CausalContext seen = event.context();
    Dot id = resolution.conflict();
    if (conflict == null) {
      return nothingLeft(id);
    }
    if (!seen.contains(id)) {
      return Decision.discard("decides the conflict " + id + " without having seen it");
    }
    for (Dot other : conflict.decidedBy) {
      if (!seen.contains(other)) {
        return Decision.discard(
            "the conflict " + id + " was decided at the same time by " + other + ", which stands");
      }
    }
    List<Dot> settles =
        resolution.sides().stream()
            .filter(seen::contains)
            .filter(side -> conflict.open.contains(side))
            .toList();
    if (settles.isEmpty()) {
      return conflict.isOpen()
          ? Decision.discard(
              "what this decides of the conflict "
                  + id
                  + " was decided before by "
                  + conflict.last())
          : nothingLeft(id);
    }
    return Decision.apply("decides the conflict " + id + " for " + settles);
  }

  // One text for both: once a settled conflict has left memory, the two cannot be told apart.
  private static <E> Decision<E> nothingLeft(Dot id) {
    return Decision.discard(
        "nothing is left to decide about " + id + ": it was settled before, or never in conflict");
  }

  private String last() {
    return decidedBy.isEmpty() ? "nobody" : decidedBy.get(decidedBy.size() - 1).toString();
  }
}
