package dev.converge.pekko.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.fold.Folded;
import dev.converge.pekko.Board;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LiveEntityTest {
  private static final Frontier ALL_FINAL =
      new Frontier(new HybridTimestamp(1_000_000, 0), VersionVector.empty(), VersionVector.empty());

  @Test
  void what_an_answer_called_final_is_still_to_be_settled_in_the_history() {
    HistoryNode node = new HistoryNode("n1", () -> 1_000);
    node.run(new Board.Command("x", List.of("y")), null, new Random(1));

    node.live.knows(ALL_FINAL);
    assertThat(node.live.answer().isFinal()).isTrue();
    Unsettled waitsFor = Objects.requireNonNull(node.live.unsettled());
    assertThat(waitsFor.isMovedBy(ALL_FINAL)).isTrue();

    node.live.advance(ALL_FINAL, Long.MAX_VALUE);
    assertThat(Objects.requireNonNull(node.live.unsettled()).isMovedBy(ALL_FINAL)).isFalse();
    assertThat(node.live.history(0, 10).events()).isNotEmpty().allMatch(Folded::isFinal);
  }
}
