package dev.converge.pekko.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The index in memory against a model: what is neither in a run nor here is lost. */
class EntityIndexTest {
  private final EntityIndex index = new EntityIndex();

  /** What would be in the table. */
  private final Map<String, TreeSet<Long>> runs = new TreeMap<>();

  private final Map<String, TreeSet<Long>> model = new TreeMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void every_row_is_in_a_run_or_in_memory_at_every_moment(long seed) {
    Random random = new Random(seed);
    long position = 0;
    long indexedTo = 0;
    int entities = 1 + random.nextInt(2_000);
    for (int commit = 0; commit < 2_000; commit++) {
      EntityIndex.Slice slice = index.next();
      if (slice != null && random.nextInt(4) > 0) { // else the transaction was rolled back
        slice.runs().forEach((key, places) -> put(runs, key, places));
        index.written(slice);
        if (slice.end() != null) {
          indexedTo = slice.end();
        }
      }
      for (int i = random.nextInt(60); i >= 0; i--) {
        String key = "e" + random.nextInt(entities);
        index.add(key, ++position);
        put(model, key, position);
      }
      if (random.nextInt(50) == 0) {
        compact("e" + random.nextInt(entities), random);
      }
      if (commit % 100 == 0) {
        check("seed " + seed, indexedTo);
      }
    }
    check("seed " + seed, indexedTo);
    assertThat(indexedTo).isPositive();
  }

  private static void put(Map<String, TreeSet<Long>> where, String key, long... positions) {
    for (long position : positions) {
      where.computeIfAbsent(key, one -> new TreeSet<>()).add(position);
    }
  }

  private void compact(String key, Random random) {
    TreeSet<Long> all = model.getOrDefault(key, new TreeSet<>());
    if (!all.isEmpty()) {
      Set<Long> gone = new HashSet<>(all.headSet(all.first() + random.nextInt(5_000)));
      all.removeAll(gone);
      runs.getOrDefault(key, new TreeSet<>()).removeAll(gone);
      index.remove(key, gone);
    }
  }

  private void check(String seed, long indexedTo) {
    model.forEach(
        (key, expected) -> {
          long[] written =
              runs.getOrDefault(key, new TreeSet<>()).stream().mapToLong(p -> p).toArray();
          long[] found = EntityIndex.merged(written, index.positions(key));
          // A slice that was computed before a compaction may bring back what is gone; rows that
          // are not there are passed over by who reads.
          assertThat(Arrays.stream(found).boxed().toList()).as(seed).containsAll(expected);
          assertThat(found).as(seed).isSorted().doesNotHaveDuplicates();
          // What a start reads again: everything behind what is said to be in runs.
          Set<Long> older = expected.headSet(indexedTo, true);
          assertThat(runs.getOrDefault(key, new TreeSet<>())).as(seed).containsAll(older);
        });
  }

  @Test
  void keys_with_rows_in_memory_are_found_in_their_order() {
    index.add("b", 1);
    index.add("d", 2);
    assertThat(index.keyFrom("")).isEqualTo("b");
    assertThat(index.keyFrom("c")).isEqualTo("d");
    index.remove("d", Set.of(2L));
    assertThat(index.keyFrom("c")).isNull();
    assertThat(index.highest("b")).isEqualTo(1);
    index.clear();
    assertThat(index.keyFrom("")).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void a_run_reads_as_it_was_written_and_other_bytes_are_refused_or_another_run(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      long[] run = new long[1 + random.nextInt(50)];
      long last = random.nextInt(1_000);
      for (int i = 0; i < run.length; i++) {
        last += 1 + (random.nextLong() >>> (24 + random.nextInt(39)));
        run[i] = last;
      }
      byte[] bytes = EntityRuns.bytes(run);
      assertThat(EntityRuns.positions("k", run[0], bytes)).as("seed %s", seed).isEqualTo(run);
      if (bytes.length > 0) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
        try {
          assertThat(EntityRuns.positions("k", run[0], bytes)).isSorted().isNotEqualTo(run);
        } catch (DamagedRunException e) {
          assertThat(e).hasMessageContaining("'k'");
        }
      }
    }
  }

  @Test
  void a_run_that_is_cut_short_or_goes_back_is_refused() {
    assertThatThrownBy(() -> EntityRuns.positions("k", 5, new byte[] {(byte) 0x80}))
        .isInstanceOf(DamagedRunException.class);
    assertThatThrownBy(() -> EntityRuns.positions("k", 5, new byte[] {0}))
        .isInstanceOf(DamagedRunException.class);
  }
}
