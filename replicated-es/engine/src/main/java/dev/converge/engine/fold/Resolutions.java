package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.conflict.Resolution;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The conflicts handed to persons and their decisions, as the entries of the fold have them: kept
 * with the entries, so a fold that starts at a checkpoint meets those before it as they are. What
 * of them has left memory is held apart until it is settled.
 */
final class Resolutions<S, E> {
  private final ConflictIndex<S, E> conflicts;
  private final Function<Dot, @Nullable Entry<S, E>> byDot;

  /** Escalated events that have left memory, in the order of the fold. */
  private final Map<Dot, HeldConflict<E>> held = new LinkedHashMap<>();

  private final TreeSet<Entry<S, E>> escalated = new TreeSet<>();

  /** All events that are persons' decisions, whether or not they stand. */
  private final TreeSet<Entry<S, E>> decisions = new TreeSet<>();

  /** The same, by each side that they name. */
  private final Map<Dot, TreeSet<Entry<S, E>>> bySide = new HashMap<>();

  Resolutions(ConflictIndex<S, E> conflicts, Function<Dot, @Nullable Entry<S, E>> byDot) {
    this.conflicts = conflicts;
    this.byDot = byDot;
  }

  /** Takes in an event that is a decision. */
  void add(Entry<S, E> entry, Resolution resolution) {
    decisions.add(entry);
    resolution
        .sides()
        .forEach(side -> bySide.computeIfAbsent(side, s -> new TreeSet<>()).add(entry));
  }

  /** Notes whether an entry, just judged, is handed to a person. */
  void judged(Entry<S, E> entry) {
    if (entry.decision() instanceof Decision.Escalate<E>) {
      escalated.add(entry);
    } else if (!escalated.isEmpty()) {
      escalated.remove(entry);
    }
  }

  /** The next decision after {@code place}, or null. */
  @Nullable Entry<S, E> nextDecision(Entry<S, E> place) {
    return decisions.isEmpty() ? null : decisions.higher(place);
  }

  /** What becomes of a decision, all events before it being judged. Costs O(sides · log n). */
  Decision<E> judge(Entry<S, E> entry, Resolution resolution) {
    Dot id = resolution.conflict();
    Entry<S, E> conflict = byDot.apply(id);
    boolean exists = conflict == null || conflict.compareTo(entry) < 0;
    return Escalation.judge(entry.event, resolution, exists ? escalation(id, entry) : null);
  }

  /** The conflicts that are open, in the order of the fold. */
  List<Escalation> open() {
    List<Escalation> open = new ArrayList<>();
    for (Dot id : ids()) {
      find(id).filter(Escalation::isOpen).ifPresent(open::add);
    }
    return open;
  }

  /** The names of all conflicts, also settled ones, in the order of the fold. */
  private List<Dot> ids() {
    List<Dot> ids = new ArrayList<>(held.keySet());
    escalated.forEach(entry -> ids.add(entry.event.dot()));
    return ids;
  }

  /** The events whose conflicts are open, in the order of the fold. */
  List<Folded<E>> openEvents(Function<Entry<S, E>, Folded<E>> folded) {
    List<Folded<E>> open = new ArrayList<>();
    for (HeldConflict<E> conflict : held.values()) {
      Dot id = conflict.escalation().id();
      if (find(id).filter(Escalation::isOpen).isPresent()) {
        Judged<E> event = conflict.escalated();
        List<Dot> rivals =
            conflict.escalation().sides().stream().filter(side -> !side.equals(id)).toList();
        open.add(new Folded<>(event.event(), event.decision(), rivals, null, true));
      }
    }
    for (Entry<S, E> entry : escalated) {
      Dot id = entry.event.dot();
      if (!bySide.containsKey(id) || find(id).filter(Escalation::isOpen).isPresent()) {
        open.add(folded.apply(entry));
      }
    }
    return open;
  }

  /** What has become of the conflict of an escalated event. */
  Optional<Escalation> find(Dot id) {
    return Optional.ofNullable(escalation(id, null));
  }

  /** The events of a conflict's sides, in dot order. */
  List<Judged<E>> sides(Dot id) {
    HeldConflict<E> conflict = held.get(id);
    if (conflict != null) {
      return conflict.sides();
    }
    Entry<S, E> entry = byDot.apply(id);
    return entry == null || !escalated.contains(entry) ? List.of() : sides(entry);
  }

  private List<Judged<E>> sides(Entry<S, E> conflict) {
    List<Entry<S, E>> sides = new ArrayList<>(conflicts.rivals(conflict.touched, null, conflict));
    sides.add(conflict);
    return sides.stream().map(Entry::judged).sorted((a, b) -> a.dot().compareTo(b.dot())).toList();
  }

  private @Nullable Escalation escalation(Dot id, @Nullable Entry<S, E> before) {
    HeldConflict<E> conflict = held.get(id);
    if (conflict != null) {
      return conflict.escalation().with(standing(id, before));
    }
    Entry<S, E> entry = byDot.apply(id);
    return entry != null && escalated.contains(entry)
        ? Escalation.of(
            id,
            (Decision.Escalate<E>) entry.decision(),
            conflicts.dots(entry),
            standing(id, before))
        : null;
  }

  /** The decisions in memory that stand and settle something of a conflict. */
  private List<Escalation.Standing> standing(Dot id, @Nullable Entry<S, E> before) {
    List<Escalation.Standing> standing = new ArrayList<>();
    NavigableSet<Entry<S, E>> naming = bySide.getOrDefault(id, new TreeSet<>());
    for (Entry<S, E> one : before == null ? naming : naming.headSet(before, false)) {
      if (one.stands() && one.resolution != null && one.event.context().contains(id)) {
        standing.add(new Escalation.Standing(one.event, one.resolution));
      }
    }
    return standing;
  }

  /** An entry leaves memory, the first in the total order; its rivals are still in the index. */
  void release(Entry<S, E> entry) {
    Dot dot = entry.event.dot();
    if (escalated.remove(entry)) {
      Escalation escalation =
          Escalation.of(
              dot, (Decision.Escalate<E>) entry.decision(), conflicts.dots(entry), List.of());
      held.put(dot, new HeldConflict<>(escalation, sides(entry)));
    }
    Resolution resolution = entry.resolution;
    if (resolution == null) {
      return;
    }
    decisions.remove(entry);
    for (Dot side : resolution.sides()) {
      TreeSet<Entry<S, E>> naming = bySide.get(side);
      if (naming != null && naming.remove(entry) && naming.isEmpty()) {
        bySide.remove(side);
      }
      if (entry.stands() && entry.event.context().contains(side)) {
        held.computeIfPresent(
            side, (id, one) -> one.with(new Escalation.Standing(entry.event, resolution)));
      }
    }
  }

  /** What has left memory before. */
  void hold(HeldConflict<E> conflict) {
    held.put(conflict.escalation().id(), conflict);
  }

  /**
   * Lets go of what is settled.
   *
   * @param seen what every event to come has seen
   */
  void forget(VersionVector seen) {
    held.values().removeIf(conflict -> conflict.isForgettable(seen));
  }

  /** What has left memory, in the order of the fold. */
  Collection<HeldConflict<E>> held() {
    return Collections.unmodifiableCollection(held.values());
  }
}
