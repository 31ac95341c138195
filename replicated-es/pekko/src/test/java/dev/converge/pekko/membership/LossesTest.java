package dev.converge.pekko.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import org.junit.jupiter.api.Test;

class LossesTest {
  private static final ReplicaId CLOSED = new ReplicaId("closed", 1);
  private static final ReplicaId OPEN = new ReplicaId("open", 1);
  private static final ReplicaId THIRD = new ReplicaId("third", 1);

  private final Losses losses = new Losses();

  private static VersionVector rows(ReplicaId origin, long lsn) {
    return VersionVector.empty().with(origin, lsn);
  }

  @Test
  void anyRowMayBeLostWhileNoLogIsClosed() {
    assertThat(losses.waits(OPEN, 3, rows(CLOSED, 9))).isFalse();
    assertThat(losses.among(rows(OPEN, 7))).isEqualTo(rows(OPEN, 7));
  }

  @Test
  void ofAClosedLogNothingIsLostBehindItsEnd() {
    losses.closed(CLOSED, 8);
    assertThat(losses.among(rows(CLOSED, 12).with(OPEN, 20)))
        .isEqualTo(rows(CLOSED, 8).with(OPEN, 20));
  }

  @Test
  void aLogThatWasEmptyWhenItWasClosedCanHaveLostNothing() {
    losses.closed(CLOSED, 0);
    assertThat(losses.among(rows(CLOSED, 12))).isEqualTo(VersionVector.empty());
  }

  @Test
  void whatComesAfterARowThatWasNeverHereWasNeverHereEither() {
    losses.closed(CLOSED, 8);
    assertThat(losses.waits(OPEN, 15, rows(CLOSED, 8))).isFalse();
    assertThat(losses.waits(OPEN, 15, rows(CLOSED, 9))).isTrue();
    assertThat(losses.waits(OPEN, 15, rows(CLOSED, 9))).as("again").isFalse();
    assertThat(losses.waits(THIRD, 7, rows(OPEN, 15))).isTrue();
    assertThat(losses.among(rows(OPEN, 20).with(THIRD, 30)))
        .isEqualTo(rows(OPEN, 14).with(THIRD, 6));
  }
}
