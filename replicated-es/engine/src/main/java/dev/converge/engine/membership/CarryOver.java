package dev.converge.engine.membership;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Brings what a replica acknowledged, and no member has, back under its next incarnation. For one
 * entity; single-threaded, mutable.
 *
 * <p>Each event keeps the origin id that it had, or gets one made of its dot and content, so that
 * it counts once however often it is brought back, also after a crash half way. Its context is what
 * its author had seen, as far as it is still there, with dots that were brought back under their
 * new names.
 */
public final class CarryOver {
  private final VersionVector valid;
  private final Map<Dot, Dot> renamed = new HashMap<>();

  /**
   * The plan for one entity.
   *
   * @param valid the entity's dots that the new incarnation holds, from its sponsor
   */
  public CarryOver(VersionVector valid) {
    this.valid = valid;
  }

  /** The name of the request behind an event, under which it comes back. */
  public static OriginId originOf(ReplicatedEvent<?> event) {
    OriginId origin = event.originId();
    return origin != null ? origin : new OriginId("carried:" + event.dot() + ":" + event.hash());
  }

  /** What an event's author had seen, in today's names. Costs O(dots beyond what is held). */
  public CausalContext contextOf(ReplicatedEvent<?> event) {
    VersionVector vector = event.context().vector().meet(valid);
    TreeSet<Dot> cloud = new TreeSet<>();
    event
        .context()
        .forEachBeyond(
            CausalContext.of(valid),
            dot -> {
              Dot now = renamed.get(dot);
              if (now != null) {
                cloud.add(now);
              }
            });
    for (Dot dot : event.context().cloud()) {
      if (valid.contains(dot)) {
        cloud.add(dot);
      }
    }
    return CausalContext.of(vector, cloud);
  }

  /** An event came back under a new name, with {@link #originOf} and {@link #contextOf}. */
  public void cameBack(ReplicatedEvent<?> event, Dot now) {
    renamed.put(event.dot(), now);
  }
}
