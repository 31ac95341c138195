package dev.converge.node.entity;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Resolution;
import dev.converge.engine.fold.Judged;
import dev.converge.pekko.OpenConflict;
import java.util.List;

/** A person's decision, as events carry it: dots as texts. */
final class Decisions {
  private Decisions() {}

  /** The name of a conflict. */
  static String conflict(OpenConflict<?> conflict) {
    return conflict.escalation().id().toString();
  }

  /** The sides that whoever is shown this conflict sees. */
  static List<String> sides(OpenConflict<?> conflict) {
    return conflict.escalation().sides().stream().map(Dot::toString).toList();
  }

  /** What an event says that carries both. */
  static Resolution resolution(String conflict, List<String> sides) {
    return Resolution.of(Dot.parse(conflict), sides.stream().map(Dot::parse).toList());
  }

  /** The event of a side. */
  static <E> E event(OpenConflict<E> conflict, Dot side) {
    for (Judged<E> one : conflict.sides()) {
      if (one.dot().equals(side)) {
        return one.event().payload();
      }
    }
    throw new IllegalArgumentException(side + " is no side of the conflict");
  }
}
