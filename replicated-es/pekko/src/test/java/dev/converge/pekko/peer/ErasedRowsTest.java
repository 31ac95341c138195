package dev.converge.pekko.peer;

import static dev.converge.pekko.peer.TestRows.A;
import static dev.converge.pekko.peer.TestRows.B;
import static dev.converge.pekko.peer.TestRows.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.RowHash;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Rows without contents, between peers. */
class ErasedRowsTest {
  @Test
  void a_row_is_the_same_with_and_without_its_contents_and_another_is_another() {
    LogRow row = row(A, 1);
    LogRow erased = Erased.of(row);
    assertThat(RowCheck.damage(erased)).isNull();
    assertThat(RowCheck.difference(row, erased)).isNull();
    assertThat(RowCheck.difference(erased, row)).isNull();
    assertThat(Erased.of(erased)).isSameAs(erased);
    assertThat(RowCheck.isSame(row, RowHash.of(erased))).isTrue();
    assertThat(RowCheck.isErased(erased)).isTrue();
    assertThat(RowCheck.isErased(row)).isFalse();
    LogRow forked = row(A, 1, VersionVector.empty(), "another text");
    assertThat(RowCheck.difference(row, forked)).contains("continued twice");
    LogRow later = Erased.of(row(A, 2));
    LogRow inItsPlace = new LogRow(A, 1, row.after(), later.entry(), 0);
    assertThat(RowCheck.difference(row, inItsPlace)).contains("continued twice");
  }

  @Test
  void rows_in_memory_lose_their_contents_when_the_record_comes() {
    RecentRows recent = new RecentRows(1 << 20);
    for (int lsn = 1; lsn <= 20; lsn++) {
      recent.add(row(A, lsn)); // rows 1 and 11 are of note|1
    }
    LogEntry.Event record =
        new LogEntry.Event(
            "note|1",
            EventRecordCodec.encode(
                Erased.record(
                    Dot.of(B, 1),
                    new HybridTimestamp(9_000, 0),
                    CausalContext.empty(),
                    "by order")));
    recent.add(new LogRow(B, 1, VersionVector.empty(), record, 0));
    for (int lsn = 1; lsn <= 20; lsn++) {
      LogRow kept = Objects.requireNonNull(recent.get(A, lsn));
      assertThat(RowCheck.isErased(kept)).isEqualTo(lsn % 10 == 1);
      assertThat(RowCheck.difference(row(A, lsn), kept)).isNull();
    }
    long counted = 0;
    for (int lsn = 1; lsn <= 20; lsn++) {
      LogRow kept = recent.get(A, lsn);
      counted += kept == null ? 0 : RowSize.of(kept);
    }
    LogRow last = recent.get(B, 1);
    assertThat(recent.bytes()).isEqualTo(counted + (last == null ? 0 : RowSize.of(last)));
  }
}
