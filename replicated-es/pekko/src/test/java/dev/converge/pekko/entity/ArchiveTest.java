package dev.converge.pekko.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.fold.Folded;
import dev.converge.pekko.Board;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.wire.LogRow;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArchiveTest {
  private static final Frontier ALL_FINAL =
      new Frontier(new HybridTimestamp(1_000_000, 0), VersionVector.empty(), VersionVector.empty());

  private final EntityKind<Board.Command, Board.Event, Board.State> kind =
      EntityKind.of(Board.TYPE, new Board());
  private Frontier frontier = Frontier.NONE;

  /** An earlier event, and with it the news that all is final, comes just behind the last page. */
  @Test
  void what_came_while_the_journal_was_read_makes_nothing_final_that_it_stands_in_front_of() {
    HistoryNode early = new HistoryNode("n1", () -> 1_000);
    early.run(new Board.Command("x", List.of("y")), null, new Random(1));
    HistoryNode late = new HistoryNode("n2", () -> 5_000);
    late.run(new Board.Command("x", List.of("z")), null, new Random(2));
    MemoryLog log =
        new MemoryLog(late.self) {
          @Override
          public List<LogRow> entityRows(String key, long afterPosition, int maxRows) {
            List<LogRow> page = super.entityRows(key, afterPosition, maxRows);
            if (page.isEmpty() && frontier == Frontier.NONE) {
              early.log.rows.forEach(this::add);
              frontier = ALL_FINAL;
            }
            return page;
          }
        };
    late.log.rows.forEach(log::add);

    List<Dot> first = finals(log);
    List<Dot> second = finals(log);
    assertThat(second).extracting(dot -> dot.replica().name()).containsExactly("n1", "n2");
    assertThat(second.subList(0, first.size())).isEqualTo(first);
  }

  private List<Dot> finals(MemoryLog log) {
    return new Archive<>(HistoryNode.KEY, kind, log, log)
        .everything(log.self, () -> frontier).replica().history(0, 10).events().stream()
            .filter(Folded::isFinal)
            .map(folded -> folded.event().dot())
            .toList();
  }
}
