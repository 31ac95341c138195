package dev.converge.engine.membership;

import static dev.converge.engine.support.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.support.Note;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CarryOverTest {
  private static final Note NOTE = Note.on("title", "a");
  private final ReplicatedEvent<Note> first =
      event("node-3:2", 20, NOTE, "node-3:1", "node-1:1", "node-1:2", "node-2:3");
  private final ReplicatedEvent<Note> second =
      event("node-3:3", 30, "request-9", NOTE, "node-3:2", "node-1:1", "node-2:9");

  @Test
  void anEventKeepsItsOriginIdOrGetsOneOfItsDotAndContent() {
    assertThat(CarryOver.originOf(second)).isEqualTo(new OriginId("request-9"));
    assertThat(CarryOver.originOf(first).value()).startsWith("carried:node-3:2:");
    ReplicatedEvent<Note> other = event("node-3:2", 20, Note.on("title", "b"));
    assertThat(CarryOver.originOf(other)).isNotEqualTo(CarryOver.originOf(first));
  }

  @Test
  void aContextIsWhatIsStillThereWithWhatCameBackUnderItsNewName() {
    VersionVector valid =
        VersionVector.of(
            Map.of(
                ReplicaId.of("node-1"),
                1L,
                ReplicaId.of("node-2"),
                4L,
                ReplicaId.of("node-3"),
                1L));
    CarryOver plan = new CarryOver(valid);
    Dot now = new Dot(new ReplicaId("node-3", 7), 1);
    assertThat(plan.contextOf(first))
        .isEqualTo(
            CausalContext.ofDots(
                Dot.parse("node-3:1"), Dot.parse("node-1:1"), Dot.parse("node-2:3")));
    plan.cameBack(first, now);
    assertThat(plan.contextOf(second)).isEqualTo(CausalContext.ofDots(now, Dot.parse("node-1:1")));
  }
}
