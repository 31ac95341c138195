package dev.converge.engine.event;

import static dev.converge.engine.support.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.Dot;
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

  @Test
  void anOriginIdOfOneOfSeveralEventsKnowsItsRequestNumberAndExecution() {
    OriginId request = new OriginId("x".repeat(256));
    Dot first = Dot.parse("node-1:1");
    OriginId third = request.part(3, first);
    assertThat(third.request()).isEqualTo(request);
    assertThat(third.number()).isEqualTo(3);
    assertThat(third.execution()).isEqualTo("node-1:1");
    assertThat(third.part(4, first)).isEqualTo(request.part(4, first));
    assertThat(new OriginId("pay 17").part(2, first)).hasToString("pay 17 (2 of node-1:1)");

    assertThat(request.isPart()).isFalse();
    assertThat(request.number()).isEqualTo(1);
    assertThat(request.execution()).isEmpty();

    // As logs had it before executions had names.
    OriginId old = new OriginId("pay 17\u001f2");
    assertThat(old.number()).isEqualTo(2);
    assertThat(old.execution()).isEmpty();
    assertThat(old).hasToString("pay 17 (2)");

    for (String no : List.of("\u001f2", "a\u001f", "a\u001fb", "a\u001f0", "a\u001f2\u001f")) {
      assertThatThrownBy(() -> new OriginId(no)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> request.part(0, first)).hasMessageContaining("U+001F");
  }
}
