package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.conflict.Resolution;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The conflicts handed to persons and their decisions, as the entries of the fold have them: kept
 * with the entries, so a fold that starts at a checkpoint meets those before it as they are.
 */
final class Resolutions<S, E> {
  private final ConflictIndex<S, E> conflicts;
  private final Function<Dot, @Nullable Entry<S, E>> byDot;
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
    Entry<S, E> conflict = byDot.apply(resolution.conflict());
    boolean exists =
        conflict != null && conflict.compareTo(entry) < 0 && escalated.contains(conflict);
    return Escalation.judge(
        entry.event, resolution, exists && conflict != null ? escalation(conflict, entry) : null);
  }

  /** The conflicts that are open, in the order of the fold. */
  List<Escalation> open() {
    List<Escalation> open = new ArrayList<>();
    for (Entry<S, E> entry : escalated) {
      Escalation escalation = escalation(entry, null);
      if (escalation.isOpen()) {
        open.add(escalation);
      }
    }
    return open;
  }

  /** The entries whose conflicts are open, in the order of the fold. */
  List<Entry<S, E>> openEntries() {
    return escalated.stream()
        .filter(entry -> !bySide.containsKey(entry.event.dot()) || escalation(entry, null).isOpen())
        .toList();
  }

  /** What has become of the conflict of an escalated entry. */
  @Nullable Escalation find(@Nullable Entry<S, E> entry) {
    return entry == null || !escalated.contains(entry) ? null : escalation(entry, null);
  }

  private Escalation escalation(Entry<S, E> conflict, @Nullable Entry<S, E> before) {
    Dot id = conflict.event.dot();
    List<Escalation.Standing> standing = new ArrayList<>();
    NavigableSet<Entry<S, E>> naming = bySide.getOrDefault(id, new TreeSet<>());
    for (Entry<S, E> one : before == null ? naming : naming.headSet(before, false)) {
      if (one.stands() && one.resolution != null && one.event.context().contains(id)) {
        standing.add(new Escalation.Standing(one.event, one.resolution));
      }
    }
    return Escalation.of(
        id, (Decision.Escalate<E>) conflict.decision(), conflicts.dots(conflict), standing);
  }
}
