package dev.converge.pekko.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class HandedOutTest {
  private static final ReplicaId N1 = ReplicaId.of("n1");
  private final HandedOut handedOut = new HandedOut();

  private static VersionVector upTo(long lsn) {
    return VersionVector.empty().with(N1, lsn);
  }

  private static List<LogRow> row(long lsn) {
    LogEntry entry = new LogEntry.Floor(VersionVector.empty());
    return List.of(new LogRow(N1, lsn, VersionVector.empty(), entry, lsn));
  }

  private static Frontier frontier(long millis) {
    return new Frontier(new HybridTimestamp(millis, 0), VersionVector.empty(), upTo(0));
  }

  @Test
  void a_frontier_counts_only_once_the_rows_that_were_held_have_been_handed_out() {
    handedOut.begin(upTo(3));
    assertThat(handedOut.offer(frontier(10), upTo(3))).isTrue();
    assertThat(handedOut.frontier()).isEqualTo(frontier(10));
    // The journal holds row 5, and its listener was not called yet.
    assertThat(handedOut.offer(frontier(20), upTo(5))).isFalse();
    assertThat(handedOut.add(row(4))).isFalse();
    assertThat(handedOut.frontier()).isEqualTo(frontier(10));
    assertThat(handedOut.add(row(5))).isTrue();
    assertThat(handedOut.frontier()).isEqualTo(frontier(20));
    assertThat(handedOut.add(row(6))).isFalse();
  }

  @Test
  void who_waits_for_rows_is_told_when_they_were_handed_out_or_that_it_takes_too_long() {
    handedOut.begin(upTo(3));
    assertThat(handedOut.await(upTo(3), Duration.ofSeconds(20))).isCompleted();
    CompletableFuture<Void> waits = handedOut.await(upTo(5), Duration.ofSeconds(20));
    handedOut.add(row(4));
    assertThat(waits).isNotDone();
    handedOut.add(row(5));
    assertThat(waits).isCompleted();
    assertThatThrownBy(() -> handedOut.await(upTo(9), Duration.ofMillis(1)).join())
        .hasCauseInstanceOf(TimeoutException.class);
  }
}
