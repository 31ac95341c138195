package dev.converge.pekko.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.StateHash;
import dev.converge.pekko.entity.StateComparison.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateComparisonTest {
  private final StateComparison comparison = new StateComparison();

  private static StateHash hash(long version, int state, int codec) {
    return new StateHash(
        VersionVector.empty().with(ReplicaId.of("n1"), version), new byte[] {(byte) state}, codec);
  }

  @Test
  void entities_are_picked_in_turn_and_again_after_the_last() {
    assertThat(comparison.after()).isEmpty();
    assertThat(comparison.next(List.of("a", "b"))).isEqualTo("a");
    assertThat(comparison.after()).isEqualTo("a");
    assertThat(comparison.next(List.of("b"))).isEqualTo("b");
    assertThat(comparison.next(List.of())).isNull();
    assertThat(comparison.after()).isEmpty();
  }

  @Test
  void a_difference_is_an_alarm_once_and_stays_until_it_is_gone() {
    assertThat(comparison.compared("e", hash(3, 1, 1), "n2", hash(3, 2, 1)))
        .isEqualTo(Outcome.DIFFERENT);
    assertThat(comparison.compared("e", hash(3, 1, 1), "n2", hash(3, 2, 1)))
        .isEqualTo(Outcome.STILL_DIFFERENT);
    assertThat(comparison.differing()).containsOnlyKeys("e at n2");
    assertThat(comparison.compared("e", hash(4, 1, 1), "n2", hash(5, 2, 1)))
        .isEqualTo(Outcome.NOT_COMPARABLE);
    assertThat(comparison.differing()).hasSize(1);
    assertThat(comparison.compared("e", hash(4, 1, 1), "n2", hash(4, 1, 1)))
        .isEqualTo(Outcome.EQUAL);
    assertThat(comparison.differing()).isEmpty();
  }

  @Test
  void other_versions_of_the_state_or_other_events_say_nothing() {
    assertThat(comparison.compared("e", hash(3, 1, 1), "n2", hash(3, 2, 2)))
        .isEqualTo(Outcome.NOT_COMPARABLE);
    assertThat(comparison.compared("e", hash(3, 1, 1), "n2", hash(2, 2, 1)))
        .isEqualTo(Outcome.NOT_COMPARABLE);
  }
}
