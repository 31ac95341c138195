package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.TWO;
import static dev.converge.pekko.journal.Samples.await;
import static dev.converge.pekko.journal.Samples.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.pekko.wire.LogRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Entities are found by their runs, and by what is in memory, whenever the node was stopped. */
@ParameterizedClass
@EnumSource(TestDatabase.Kind.class)
class EntityRunsTest {
  private static final int ENTITIES = 700;

  private final TestDatabase.Kind kind;

  @TempDir Path folder;

  private TestDatabase place;
  private JournalDatabase database;

  private int stored;

  EntityRunsTest(TestDatabase.Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void open() {
    place = TestDatabase.create(kind, folder);
    database = place.open();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void store(int rows) {
    List<LogRow> batch = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      stored++;
      batch.add(row(TWO, stored, "k" + stored % ENTITIES));
    }
    await(database.store(batch));
  }

  private void check() {
    for (int entity = 0; entity < ENTITIES; entity += 31) {
      List<Long> expected = new ArrayList<>();
      for (long lsn = entity == 0 ? ENTITIES : entity; lsn <= stored; lsn += ENTITIES) {
        expected.add(lsn);
      }
      assertThat(database.entityRows("k" + entity, 0, 500))
          .extracting(LogRow::lsn)
          .isEqualTo(expected);
    }
  }

  @Test
  void rows_are_found_before_during_and_after_they_become_runs() throws Exception {
    Random random = new Random(5);
    while (stored < 2 * EntityIndex.FULL + 3_000) {
      store(1 + random.nextInt(1_500));
      if (random.nextInt(6) == 0) {
        database.close();
        database = place.open();
        check();
      }
    }
    check();
    assertThat(place.number("SELECT COUNT(*) FROM \"entity_run\"")).isGreaterThan(ENTITIES);
    assertThat(database.persistenceIds("k", "", 1_000)).hasSize(ENTITIES);
  }

  @Test
  void a_start_in_the_middle_of_a_slice_writes_the_runs_again() throws Exception {
    store(EntityIndex.FULL);
    store(1); // the first slice of entities
    long first = place.number("SELECT COUNT(*) FROM \"entity_run\"");
    assertThat(first).isBetween(1L, ENTITIES - 1L);
    database.close();
    database = place.open();
    check();
    for (int i = 0; i < 10; i++) {
      store(1);
    }
    assertThat(place.number("SELECT COUNT(*) FROM \"entity_run\"")).isEqualTo(ENTITIES);
    assertThat(place.number("SELECT \"indexed_to\" FROM \"log_head\"")).isPositive();
    check();
  }

  @Test
  void rows_are_found_also_where_their_run_is_damaged() throws Exception {
    store(EntityIndex.FULL);
    for (int i = 0; i < 10; i++) {
      store(1);
    }
    place.run("UPDATE \"entity_run\" SET \"crc\" = 1 WHERE \"persistence_id\" = 'k31'");
    check();
    assertThat(database.damaged("k31")).isEmpty();
  }
}
