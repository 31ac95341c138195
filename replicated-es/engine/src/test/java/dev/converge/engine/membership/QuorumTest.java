package dev.converge.engine.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QuorumTest {
  private static List<ReplicaId> replicas(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> ReplicaId.of("n" + i)).toList();
  }

  private static List<List<ReplicaId>> subsets(List<ReplicaId> of) {
    List<List<ReplicaId>> subsets = new ArrayList<>();
    for (int bits = 0; bits < 1 << of.size(); bits++) {
      int chosen = bits;
      subsets.add(
          IntStream.range(0, of.size())
              .filter(i -> (chosen >> i & 1) == 1)
              .mapToObj(of::get)
              .toList());
    }
    return subsets;
  }

  private static Quorum quorum(int members, @Nullable ReplicaId joiner) {
    return new Quorum(ReplicaSet.first(replicas(members)), joiner);
  }

  @Test
  void anyTwoOfAnEpochMeetAlsoWithAMajorityThatCountsAnEvent() {
    for (int size = 1; size <= 7; size++) {
      List<ReplicaId> all = replicas(size);
      for (ReplicaId joiner : all) {
        Quorum quorum = quorum(size, joiner);
        List<List<ReplicaId>> deciding = subsets(all).stream().filter(quorum::isAmong).toList();
        for (List<ReplicaId> one : deciding) {
          for (List<ReplicaId> other : deciding) {
            assertThat(one).as("%s and %s", one, other).containsAnyElementsOf(other);
          }
        }
      }
    }
  }

  @Test
  void aMajorityOfThoseBesidesTheJoinerIsEnough() {
    List<ReplicaId> all = replicas(4);
    assertThat(quorum(4, all.get(3)).isAmong(all.subList(0, 2))).isTrue();
    assertThat(quorum(4, all.get(3)).isAmong(all.subList(2, 4))).isFalse();
    assertThat(quorum(4, null).isAmong(all.subList(0, 2))).isFalse();
    assertThat(quorum(1, all.get(0)).isAmong(List.of())).isFalse();
  }
}
