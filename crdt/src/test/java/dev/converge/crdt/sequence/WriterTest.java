package dev.converge.crdt.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** What is known of the elements of one replica. */
class WriterTest {
  private static final ReplicaId A = ReplicaId.of("a");

  /**
   * Once, the search began at the hole's own entry and found "nothing more from here" as the next
   * element: what walked from element to element never ended.
   */
  @Test
  void theNextElementAfterAHoleThatBeginsExactlyWhereOneAsksIsTheOneBehindIt() {
    Writer writer = new Writer(null, A);
    writer.assign(1, 4, 0);
    writer.assign(6, 9, 0);
    assertThat(writer.nextPresent(3)).isEqualTo(3);
    assertThat(writer.nextPresent(4)).isEqualTo(6);
    assertThat(writer.nextPresent(5)).isEqualTo(6);
    assertThat(writer.nextPresent(9)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aValueWithAHoleAfterWhatShowsIsComparedAndWrittenAndEnds() {
    Text hello = Text.empty().insert(A, 0, "hel");
    Text more = hello.merge(hello.insert(A, 3, "lo"));
    Text behindTheHole = more.insert(A, 0, "x");
    Text holed = hello.merge(behindTheHole);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          assertThat(holed).hasToString("xhel").isEqualTo(hello.merge(behindTheHole));
          assertThat(Text.codec().decode(Text.codec().encode(holed))).isEqualTo(holed);
        });
  }
}
