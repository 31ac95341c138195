package dev.converge.engine.support;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import org.jspecify.annotations.Nullable;

/** Events made by hand. */
public final class Events {
  /** {@code node-1}. */
  public static final ReplicaId R1 = ReplicaId.of("node-1");

  /** {@code node-2}. */
  public static final ReplicaId R2 = ReplicaId.of("node-2");

  /** {@code node-3}. */
  public static final ReplicaId R3 = ReplicaId.of("node-3");

  private Events() {}

  /** An event; the dots that it depends on come last, as {@code node-1:3}. */
  public static ReplicatedEvent<Note> event(
      String dot, long millis, Note note, String... dependencies) {
    return event(dot, millis, null, note, dependencies);
  }

  /** An event with an origin id. */
  public static ReplicatedEvent<Note> event(
      String dot, long millis, @Nullable String origin, Note note, String... dependencies) {
    CausalContext context = CausalContext.empty();
    for (String dependency : dependencies) {
      context = context.with(Dot.parse(dependency));
    }
    return ReplicatedEvent.of(
        Dot.parse(dot),
        new HybridTimestamp(millis, 0),
        context,
        1,
        origin == null ? null : new OriginId(origin),
        note,
        note.bytes());
  }
}
