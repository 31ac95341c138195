package dev.converge.engine.event;

import static dev.converge.engine.support.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.engine.support.Note;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicatedEventTest {
  private static final Note NOTE = Note.on("a", "x");

  @Test
  void theTotalOrderIsByTimeThenReplicaThenSequence() {
    ReplicatedEvent<Note> early = event("node-2:1", 5, NOTE);
    ReplicatedEvent<Note> first = event("node-1:8", 6, NOTE);
    ReplicatedEvent<Note> second = event("node-1:9", 6, NOTE);
    ReplicatedEvent<Note> other = event("node-2:2", 6, NOTE);
    assertThat(List.of(other, second, early, first).stream().sorted(ReplicatedEvent.TOTAL_ORDER))
        .containsExactly(early, first, second, other);
  }

  @Test
  void concurrencyIsDecidedByTheContextsAlone() {
    ReplicatedEvent<Note> a = event("node-1:1", 1, NOTE);
    ReplicatedEvent<Note> b = event("node-1:2", 2, NOTE, "node-1:1");
    ReplicatedEvent<Note> unaware = event("node-1:3", 3, NOTE);
    assertThat(a.concurrentWith(b)).isFalse();
    assertThat(b.concurrentWith(a)).isFalse();
    assertThat(unaware.concurrentWith(a)).isTrue();
    assertThat(a.concurrentWith(unaware)).isTrue();
    assertThat(a.concurrentWith(a)).isFalse();
  }

  @Test
  void anEventThatDependsOnItselfIsRefused() {
    assertThatThrownBy(() -> event("node-1:2", 1, NOTE, "node-1:2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("node-1:2 depends on itself");
    assertThatThrownBy(() -> event("node-1:2", 1, NOTE, "node-1:7"))
        .hasMessageContaining("later event of its replica");
  }

  @Test
  void theHashBelongsToTheContent() {
    ReplicatedEvent<Note> a = event("node-1:1", 1, NOTE);
    assertThat(a.hasContent(NOTE.bytes())).isTrue();
    assertThat(a.hasContent("other".getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @Test
  void anOriginIdHasABoundAndIsWellFormed() {
    assertThat(new OriginId("x".repeat(256)).value()).hasSize(256);
    assertThatThrownBy(() -> new OriginId("")).hasMessageContaining("1 to 256");
    assertThatThrownBy(() -> new OriginId("x".repeat(257))).hasMessageContaining("not 257");
    assertThatThrownBy(() -> new OriginId("\uD800")).hasMessageContaining("surrogate");
  }
}
