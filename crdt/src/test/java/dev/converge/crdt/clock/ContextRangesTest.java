package dev.converge.crdt.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ContextRangesTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");

  @Test
  void aRangeIsAllItsDots() {
    Random random = new Random(5);
    for (int i = 0; i < 3_000; i++) {
      CausalContext ranges = CausalContext.empty();
      CausalContext dots = CausalContext.empty();
      for (int k = random.nextInt(6); k >= 0; k--) {
        ReplicaId replica = random.nextBoolean() ? A : B;
        long first = 1L + random.nextInt(300);
        long last = first + random.nextInt(random.nextBoolean() ? 3 : 200);
        ranges = ranges.withRange(replica, first, last);
        for (long sequence = first; sequence <= last; sequence++) {
          dots = dots.with(new Dot(replica, sequence));
        }
        assertThat(ranges).isEqualTo(dots).hasSameHashCodeAs(dots);
        assertThat(ranges.size()).isEqualTo(dots.size());
        assertThat(ranges.next(replica)).isEqualTo(dots.next(replica));
      }
    }
  }

  @Test
  void aRangeIsContainedIfAllItsDotsAre() {
    Random random = new Random(6);
    for (int i = 0; i < 3_000; i++) {
      CausalContext context = CausalContext.empty();
      for (int k = random.nextInt(4); k >= 0; k--) {
        long first = 1L + random.nextInt(200);
        context = context.withRange(A, first, first + random.nextInt(150));
      }
      long first = 1L + random.nextInt(200);
      long last = first - 1 + random.nextInt(150);
      boolean all = true;
      for (long sequence = first; sequence <= last; sequence++) {
        all &= context.contains(new Dot(A, sequence));
      }
      assertThat(context.containsRange(A, first, last)).isEqualTo(all);
    }
    assertThat(CausalContext.empty().withRange(A, 1L << 60, (1L << 60) + 9))
        .matches(c -> !c.containsRange(A, 1, 1L << 60) && c.containsRange(A, 1L << 60, 1L << 60));
  }

  private static CausalContext random(Random random) {
    CausalContext context = CausalContext.empty();
    for (int k = random.nextInt(6); k >= 0; k--) {
      long first = 1L + random.nextInt(300);
      long last = first + random.nextInt(random.nextBoolean() ? 2 : 150);
      context = context.withRange(random.nextBoolean() ? A : B, first, last);
    }
    return context;
  }

  private static List<Dot> dots(CausalContext context) {
    List<Dot> dots = new ArrayList<>();
    context.forEach(dots::add);
    return dots.stream().sorted().toList();
  }

  @Test
  void theRunsOfAContextAreAsLongAsTheyCanBeAndHaveAllItsDots() {
    Random random = new Random(7);
    for (int i = 0; i < 3_000; i++) {
      CausalContext context = random(random);
      List<Dot> inRuns = new ArrayList<>();
      Map<ReplicaId, Long> lasts = new HashMap<>();
      context.forEachRun(
          (replica, first, last) -> {
            assertThat(first).isGreaterThan(lasts.getOrDefault(replica, -1L) + 1);
            lasts.put(replica, last);
            for (long sequence = first; sequence <= last; sequence++) {
              inRuns.add(new Dot(replica, sequence));
            }
          });
      assertThat(inRuns).hasSameElementsAs(dots(context)).doesNotHaveDuplicates();
    }
    List<Long> ends = new ArrayList<>();
    CausalContext.empty()
        .withRange(A, Long.MAX_VALUE - 200, Long.MAX_VALUE)
        .forEachRun((replica, first, last) -> ends.addAll(List.of(first, last)));
    assertThat(ends).containsExactly(Long.MAX_VALUE - 200, Long.MAX_VALUE);
  }

  @Test
  void whatTwoContextsHaveInCommonIsFound() {
    Random random = new Random(8);
    for (int i = 0; i < 3_000; i++) {
      CausalContext one = random(random);
      CausalContext other = random(random);
      List<Dot> common = new ArrayList<>();
      one.forEachCommon(other, common::add);
      assertThat(common)
          .doesNotHaveDuplicates()
          .hasSameElementsAs(dots(one).stream().filter(other::contains).toList());
      assertThat(one.merge(other))
          .isEqualTo(
              CausalContext.of(
                  VersionVector.empty(),
                  Stream.concat(dots(one).stream(), dots(other).stream()).toList()));
    }
  }

  @Test
  void theLastNumberThereIsCanBeReached() {
    CausalContext context = CausalContext.empty().withRange(A, Long.MAX_VALUE - 2, Long.MAX_VALUE);
    assertThat(context.cloud()).hasSize(3);
    assertThat(context.withRange(A, 1, Long.MAX_VALUE - 3).vector().get(A))
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void noRangeIsRefused() {
    assertThatThrownBy(() -> CausalContext.empty().withRange(A, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CausalContext.empty().withRange(A, 2, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
