package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.SELF;
import static dev.converge.pekko.journal.Samples.TWO;
import static dev.converge.pekko.journal.Samples.await;
import static dev.converge.pekko.journal.Samples.event;
import static dev.converge.pekko.journal.Samples.own;
import static dev.converge.pekko.journal.Samples.row;
import static dev.converge.pekko.journal.Samples.submit;
import static dev.converge.pekko.journal.Samples.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.LoggedEvent;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows whose bytes were lost or changed on the disk. */
@ParameterizedClass
@EnumSource(TestDatabase.Kind.class)
class DamageTest {
  private final TestDatabase.Kind kind;

  @TempDir Path folder;
  private TestDatabase place;
  private JournalDatabase database;

  DamageTest(TestDatabase.Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void ten_rows_of_two_entities() {
    place = TestDatabase.create(kind, folder);
    database = place.open();
    List<LogRow> rows = new ArrayList<>();
    for (int lsn = 1; lsn <= 10; lsn++) {
      rows.add(row(TWO, lsn, lsn % 2 == 0 ? "even" : "odd"));
    }
    await(database.store(rows));
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  private static byte[] truncated(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  private static byte[] rotten(byte[] bytes) {
    byte[] other = bytes.clone();
    other[bytes.length - 2] ^= 4;
    return other;
  }

  private void change(long lsn, UnaryOperator<byte[]> change) throws SQLException {
    try (Connection connection = place.connect();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT \"event_payload\" FROM \"event_log\" WHERE \"lsn\" = ?");
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE \"event_log\" SET \"event_payload\" = ? WHERE \"lsn\" = ?")) {
      query.setLong(1, lsn);
      byte[] bytes;
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        bytes = rows.getBytes(1);
      }
      update.setBytes(1, change.apply(bytes));
      update.setLong(2, lsn);
      update.executeUpdate();
    }
  }

  @Test
  void a_damaged_row_is_named_when_it_is_reached_and_those_before_it_are_served() throws Exception {
    change(4, DamageTest::truncated);
    change(7, DamageTest::rotten);
    assertThat(database.log(TWO, 0, 100, Long.MAX_VALUE))
        .extracting(LogRow::lsn)
        .containsExactly(1L, 2L, 3L);
    assertThatThrownBy(() -> database.log(TWO, 3, 100, Long.MAX_VALUE))
        .isInstanceOfSatisfying(
            DamagedRowException.class,
            damage -> {
              assertThat(damage.origin()).contains(TWO);
              assertThat(damage.lsn()).isEqualTo(4);
              assertThat(damage.position()).isEqualTo(4);
              assertThat(damage.persistenceId()).isEqualTo("even");
            })
        .hasMessage(
            "row 4 of even, row 4 of the log of node-2~1, in the journal is damaged: its checksum"
                + " is wrong");
    assertThat(database.log(TWO, 4, 100, Long.MAX_VALUE))
        .extracting(LogRow::lsn)
        .containsExactly(5L, 6L);
    assertThatThrownBy(() -> database.row(TWO, 7)).isInstanceOf(DamagedRowException.class);
    assertThat(database.entityRows("odd", 0, 100))
        .extracting(LogRow::lsn)
        .containsExactly(1L, 3L, 5L);
  }

  @Test
  void any_column_that_rots_is_seen() throws Exception {
    place.run("UPDATE \"event_log\" SET \"hlc\" = \"hlc\" + 1 WHERE \"lsn\" = 2");
    place.run("UPDATE \"event_log\" SET \"persistence_id\" = 'ever' WHERE \"lsn\" = 4");
    place.run("UPDATE \"event_log\" SET \"kind\" = 2 WHERE \"lsn\" = 6");
    place.run("UPDATE \"event_log\" SET \"kind\" = 9 WHERE \"lsn\" = 8");
    for (long lsn = 2; lsn <= 8; lsn += 2) {
      long damaged = lsn;
      assertThatThrownBy(() -> database.row(TWO, damaged)).isInstanceOf(DamagedRowException.class);
    }
    assertThat(database.row(TWO, 10)).isPresent();
  }

  @Test
  void all_damaged_rows_of_an_entity_are_found_and_repaired_from_good_copies() throws Exception {
    change(4, DamageTest::truncated);
    change(8, DamageTest::rotten);
    place.run("UPDATE \"event_log\" SET \"crc\" = 17 WHERE \"lsn\" = 10");
    assertThat(database.damaged("even"))
        .extracting(DamagedRowException::lsn)
        .containsExactly(4L, 8L, 10L);
    assertThat(database.damaged("odd")).isEmpty();
    for (long lsn : new long[] {4, 8, 10}) {
      assertThat(database.repair(row(TWO, lsn, "even"))).isTrue();
    }
    assertThat(database.damaged("even")).isEmpty();
    assertThat(Samples.lsns(database, TWO)).hasSize(10);
    assertThat(database.repair(row(TWO, 4, "even"))).isFalse();
  }

  @Test
  void a_copy_that_is_another_or_damaged_too_is_refused() throws Exception {
    change(4, DamageTest::truncated);
    LogRow otherKey = row(TWO, 4, "odd");
    assertThatThrownBy(() -> database.repair(otherKey))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("row 4 of node-2~1 is not repaired: the row here is of 'even'");
    LogRow otherTime =
        new LogRow(TWO, 4, Samples.NOTHING, Samples.entry("even", event(TWO, 4, 3)), 0);
    assertThatThrownBy(() -> database.repair(otherTime)).hasMessageContaining("the times differ");
    LogRow otherDot =
        new LogRow(TWO, 4, Samples.NOTHING, Samples.entry("even", event(TWO, 5, 1_004)), 0);
    assertThatThrownBy(() -> database.repair(otherDot))
        .hasMessageContaining("it is not what was written here");
    byte[] bytes = rotten(EntryForm.of(row(TWO, 4, "even").entry()).payload());
    LogRow rotten = new LogRow(TWO, 4, Samples.NOTHING, new LogEntry.Event("even", bytes), 0);
    assertThatThrownBy(() -> database.repair(rotten))
        .hasMessageContaining("the copy is damaged too");
    assertThatThrownBy(() -> database.repair(row(TWO, 11, "even")))
        .hasMessageContaining("there is no such row here");
    assertThat(database.damaged("even")).hasSize(1);
  }

  @Test
  void an_entity_with_a_damaged_row_stays_down_with_an_error_that_names_it_and_others_go_on()
      throws Exception {
    await(submit(database, write("odd", own(1, 9_000))));
    change(6, DamageTest::rotten);
    ActorSystem<Void> system =
        ActorSystem.create(
            Behaviors.empty(),
            "damage",
            ConfigFactory.parseString(
                    "pekko { loglevel = OFF, stdout-loglevel = OFF,"
                        + " coordinated-shutdown.run-by-jvm-shutdown-hook = off }")
                .withFallback(database.pluginConfig())
                .withFallback(ConfigFactory.load()));
    try {
      JournalBinding.of(system.classicSystem()).bind(database);
      Reading even = new Reading("even");
      Reading odd = new Reading("odd");
      system.systemActorOf(even.behavior(), "even", Props.empty());
      system.systemActorOf(odd.behavior(), "odd", Props.empty());
      assertThat(odd.outcome.get(30, TimeUnit.SECONDS)).isEqualTo(List.of(1L, 3L, 5L, 7L, 9L, 1L));
      assertThatThrownBy(() -> even.outcome.get(30, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(DamagedRowException.class)
          .rootCause()
          .hasMessageContaining("row 6 of even, row 6 of the log of node-2~1");
    } finally {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }

  /** Replays an entity and says the log numbers that it saw. */
  private static final class Reading {
    final CompletableFuture<List<Long>> outcome = new CompletableFuture<>();
    private final String id;

    Reading(String id) {
      this.id = id;
    }

    Behavior<String> behavior() {
      List<Long> seen = new ArrayList<>();
      return new EventSourcedBehavior<String, LoggedEvent, List<Long>>(
          PersistenceId.ofUniqueId(id)) {
        @Override
        public List<Long> emptyState() {
          return seen;
        }

        @Override
        public CommandHandler<String, LoggedEvent, List<Long>> commandHandler() {
          return newCommandHandlerBuilder().forAnyState().onAnyCommand(() -> Effect().none());
        }

        @Override
        public EventHandler<List<Long>, LoggedEvent> eventHandler() {
          return (state, event) -> {
            state.add(event.lsn());
            return state;
          };
        }

        @Override
        public SignalHandler<List<Long>> signalHandler() {
          return newSignalHandlerBuilder()
              .onSignal(RecoveryCompleted.instance(), state -> outcome.complete(state))
              .onSignal(
                  RecoveryFailed.class,
                  (state, failed) -> outcome.completeExceptionally(failed.getFailure()))
              .build();
        }
      };
    }
  }

  @Test
  void what_damage_costs_to_a_join_or_floor_is_told_too() throws Exception {
    await(database.append((promise, held) -> new LogEntry.Floor(held)));
    LogRow floor = database.row(SELF, 1).orElseThrow();
    place.run("UPDATE \"event_log\" SET \"after\" = NULL WHERE \"kind\" = 3");
    assertThatThrownBy(() -> database.row(SELF, 1))
        .hasMessageContaining("row 11 of no entity, row 1 of the log of node-1~1");
    assertThat(database.repair(floor)).isTrue();
    assertThat(database.row(SELF, 1).orElseThrow().after())
        .hasToString(Map.of(TWO, 10L).toString());
  }
}
