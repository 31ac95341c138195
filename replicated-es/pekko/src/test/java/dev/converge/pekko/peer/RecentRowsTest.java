package dev.converge.pekko.peer;

import static dev.converge.pekko.peer.TestRows.A;
import static dev.converge.pekko.peer.TestRows.B;
import static dev.converge.pekko.peer.TestRows.lsns;
import static dev.converge.pekko.peer.TestRows.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentRowsTest {
  @Test
  void rows_are_given_from_any_place_within_the_limits() {
    RecentRows recent = new RecentRows(1 << 20);
    for (int lsn = 5; lsn <= 20; lsn++) {
      recent.add(row(A, lsn));
    }
    long each = RowSize.of(row(A, 15));
    assertThat(lsns(recent.from(A, 15, 100, 3, 1 << 20))).containsExactly(15L, 16L, 17L);
    assertThat(lsns(recent.from(A, 15, 100, 9, each * 2))).containsExactly(15L, 16L);
    assertThat(lsns(recent.from(A, 15, 100, 9, 1))).containsExactly(15L);
    assertThat(lsns(recent.from(A, 15, 16, 9, 1 << 20))).containsExactly(15L, 16L);
    assertThat(recent.from(A, 4, 100, 9, 1 << 20)).isEmpty();
    assertThat(recent.from(A, 21, 100, 9, 1 << 20)).isEmpty();
    assertThat(recent.from(B, 5, 100, 9, 1 << 20)).isEmpty();
  }

  @Test
  void the_oldest_commits_of_all_logs_make_room() {
    long seed = Long.getLong("converge.seed", 20_261_121L);
    Random random = new Random(seed);
    RecentRows recent = new RecentRows(20_000);
    long a = 0;
    long b = 0;
    for (int i = 0; i < 20_000; i++) {
      if (random.nextInt(3) > 0) {
        recent.add(row(A, ++a));
      } else {
        recent.add(row(B, ++b));
      }
      assertThat(recent.bytes()).as("seed %d, commit %d", seed, i).isLessThanOrEqualTo(20_000);
    }
    assertThat(recent.get(A, a)).isNotNull();
    assertThat(recent.get(A, a - 20)).isNotNull();
    assertThat(recent.get(B, b)).isNotNull();
    assertThat(recent.get(A, a - 200)).isNull();
  }

  @Test
  void a_commit_that_does_not_follow_begins_that_log_anew() {
    RecentRows recent = new RecentRows(1 << 20);
    recent.add(row(A, 1));
    recent.add(row(B, 1));
    recent.add(row(A, 7));
    assertThat(recent.get(A, 1)).isNull();
    assertThat(recent.get(A, 7)).isNotNull();
    assertThat(recent.get(B, 1)).isNotNull();
    assertThat(recent.bytes()).isEqualTo(RowSize.of(row(A, 7)) + RowSize.of(row(B, 1)));
  }
}
