package dev.converge.pekko.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.event.OriginId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Old events become own ones, once. */
class MigrationTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** An old journal in memory. */
  private static final class Old implements OldEvents {
    final TreeMap<String, List<OldEvent>> entities = new TreeMap<>();
    long reads;

    void add(String id, int events) {
      List<OldEvent> list = new ArrayList<>();
      for (int i = 1; i <= events; i++) {
        list.add(new OldEvent(id, i, 1_000L * i, "event " + i));
      }
      entities.put(id, list);
    }

    @Override
    public List<String> persistenceIds(String prefix, String after, int limit) {
      return entities.tailMap(after, false).keySet().stream()
          .filter(id -> id.startsWith(prefix))
          .limit(limit)
          .toList();
    }

    @Override
    public List<OldEvent> events(String persistenceId, long after, int limit) {
      reads++;
      return Objects.requireNonNull(entities.get(persistenceId)).stream()
          .filter(event -> event.sequence() > after)
          .limit(limit)
          .toList();
    }
  }

  /** Entities in memory that count a name once, and may fail. */
  private static final class Target implements MigrationTarget<String> {
    final Map<String, List<String>> entities = new TreeMap<>();
    private final Set<OriginId> counted = new HashSet<>();
    int failAfter = Integer.MAX_VALUE;

    @Override
    public CompletionStage<Integer> append(String id, List<MigratedEvent<String>> events) {
      if (failAfter-- == 0) {
        return CompletableFuture.failedFuture(new IllegalStateException("the database is away"));
      }
      int added = 0;
      for (MigratedEvent<String> event : events) {
        if (counted.add(event.request())) {
          entities.computeIfAbsent(id, missing -> new ArrayList<>()).add(event.event());
          added++;
        }
      }
      return CompletableFuture.completedFuture(added);
    }
  }

  private static final class Remembered implements MigrationProgress {
    String done = "";
    int reports;

    @Override
    public String doneUpTo() {
      return done;
    }

    @Override
    public void done(String persistenceId) {
      done = persistenceId;
    }

    @Override
    public void report(Migration.Report soFar) {
      reports++;
    }
  }

  private static final Migration.Mapping<String> MAPPING =
      new Migration.Mapping<>() {
        @Override
        public Optional<String> id(String persistenceId) {
          return Migration.Mapping.idBehind("Cart", persistenceId);
        }

        @Override
        public Optional<String> event(OldEvent old) {
          return old.sequence() % 10 == 0 ? Optional.empty() : Optional.of(old.event() + "!");
        }
      };

  private final Old old = new Old();
  private final Target target = new Target();

  private Migration<String> migration() {
    return new Migration<>(old, MAPPING, target, PATIENCE);
  }

  @Test
  void all_entities_of_a_type_come_over_in_order_and_others_are_left_alone() throws Exception {
    old.add("Cart|1", 25);
    old.add("Cart|2", 1_200);
    old.add("Cart|", 3);
    old.add("Order|1", 5);
    Migration.Report report = migration().all("Cart|", MigrationProgress.none());
    assertThat(report).isEqualTo(new Migration.Report(3, 1_225, 1_103, 122));
    assertThat(target.entities).containsOnlyKeys("1", "2");
    assertThat(target.entities.get("2")).hasSize(1_080).startsWith("event 1!", "event 2!");
  }

  @Test
  void a_second_run_reads_everything_and_appends_nothing() throws Exception {
    old.add("Cart|1", 700);
    migration().all("Cart|", MigrationProgress.none());
    Map<String, List<String>> before = Map.copyOf(target.entities);
    Migration.Report again = migration().all("Cart|", MigrationProgress.none());
    assertThat(again.appended()).isZero();
    assertThat(again.read()).isEqualTo(700);
    assertThat(target.entities).isEqualTo(before);
    assertThat(migration().one("Cart|1").appended()).isZero();
  }

  @Test
  void after_a_failure_it_goes_on_where_it_stood() throws Exception {
    for (int i = 100; i < 110; i++) {
      old.add("Cart|" + i, 5);
    }
    Remembered progress = new Remembered();
    target.failAfter = 4;
    assertThatThrownBy(() -> migration().all("Cart|", progress))
        .isInstanceOf(MigrationException.class)
        .hasMessageContaining("Cart|104")
        .hasMessageContaining("the database is away")
        .hasMessageContaining("run the migration again");
    assertThat(progress.done).isEqualTo("Cart|103");
    assertThat(progress.reports).isEqualTo(4);
    old.reads = 0;
    target.failAfter = Integer.MAX_VALUE;
    Migration.Report rest = migration().all("Cart|", progress);
    assertThat(rest.entities()).isEqualTo(6);
    assertThat(old.reads).isEqualTo(12);
    assertThat(target.entities).hasSize(10);
  }

  @Test
  void a_mapping_that_fails_names_the_event() {
    old.add("Cart|1", 3);
    Migration<String> failing =
        new Migration<>(
            old,
            new Migration.Mapping<>() {
              @Override
              public Optional<String> id(String persistenceId) {
                return Optional.of("x");
              }

              @Override
              public Optional<String> event(OldEvent event) {
                throw new IllegalArgumentException("unknown kind");
              }
            },
            target,
            PATIENCE);
    assertThatThrownBy(() -> failing.one("Cart|1"))
        .hasMessageContaining("event 1 of Cart|1")
        .hasMessageContaining("unknown kind");
  }

  @Test
  void names_are_those_of_places_and_fit_whatever_the_persistence_id() {
    assertThat(MigratedEvent.nameOf("Cart|1", 7)).isEqualTo(new OriginId("migrated:Cart|1:7"));
    String endless = "x".repeat(600);
    OriginId name = MigratedEvent.nameOf(endless, Long.MAX_VALUE);
    assertThat(name.value()).startsWith("migrated:sha256-").endsWith(":" + Long.MAX_VALUE);
    assertThat(name).isNotEqualTo(MigratedEvent.nameOf(endless + "x", Long.MAX_VALUE));
  }

  @Test
  void an_old_time_is_kept_if_it_is_still_to_be_had() {
    MigratedEvent<String> event = new MigratedEvent<>(new OriginId("n"), 5_000, "e");
    HybridTimestamp now = new HybridTimestamp(9_000, 3);
    assertThat(event.time(HybridTimestamp.ZERO, now)).isEqualTo(new HybridTimestamp(5_000, 0));
    // Another of the same millisecond comes after it.
    assertThat(event.time(new HybridTimestamp(5_000, 4), now))
        .isEqualTo(new HybridTimestamp(5_000, 5));
    // Older than what was promised, unknown, or of a clock that was ahead: the present.
    assertThat(event.time(new HybridTimestamp(8_000, 0), now)).isEqualTo(now);
    assertThat(new MigratedEvent<>(new OriginId("n"), 0, "e").time(HybridTimestamp.ZERO, now))
        .isEqualTo(now);
    assertThat(new MigratedEvent<>(new OriginId("n"), 10_000, "e").time(HybridTimestamp.ZERO, now))
        .isEqualTo(now);
  }
}
