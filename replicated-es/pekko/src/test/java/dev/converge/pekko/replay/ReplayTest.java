package dev.converge.pekko.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.event.ContentHash;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.EventContext;
import dev.converge.pekko.wire.EventRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A history goes through a file, and comes to the same state. */
class ReplayTest {
  private static final List<ReplicaId> REPLICAS =
      List.of(new ReplicaId("a", 1_001), new ReplicaId("b", 7), ReplicaId.of("c"));

  /** Appends texts; of concurrent ones to a key, the last writer's counts. */
  private static class Lines implements EntityModel<String, String> {
    @Override
    public String emptyState() {
      return "";
    }

    @Override
    public String apply(String state, String event, EventContext context) {
      return state + event + "\n";
    }

    @Override
    public ConflictResolver<String, String> conflicts() {
      return Resolvers.lastWriterWins(event -> event.substring(0, 1));
    }
  }

  private static final Replay<String, String> REPLAY = replay(new Lines());

  private static Replay<String, String> replay(EntityModel<String, String> model) {
    return new Replay<>(
        model,
        (schema, bytes) -> new String(bytes, StandardCharsets.UTF_8),
        state -> state.getBytes(StandardCharsets.UTF_8));
  }

  /** Three replicas that see each other's events now and then. */
  private static List<HistoryRow> rows(long seed, int events) {
    Random random = new Random(seed);
    List<HistoryRow> rows = new ArrayList<>();
    List<CausalContext> seen = new ArrayList<>();
    REPLICAS.forEach(replica -> seen.add(CausalContext.empty()));
    for (int i = 0; i < events; i++) {
      int at = random.nextInt(REPLICAS.size());
      if (random.nextInt(4) == 0) {
        seen.set(at, seen.get(at).merge(seen.get(random.nextInt(REPLICAS.size()))));
      }
      CausalContext context = seen.get(at);
      Dot dot = context.next(REPLICAS.get(at));
      String request = random.nextInt(5) == 0 ? "r-" + random.nextInt(events / 5 + 1) : null;
      byte[] payload =
          ((char) ('k' + random.nextInt(4)) + "-" + i).getBytes(StandardCharsets.UTF_8);
      HybridTimestamp time = new HybridTimestamp(1_000 + i / 3, i % 3);
      ContentHash hash =
          ContentHash.of(
              dot, time, context, 1, request == null ? null : new OriginId(request), payload);
      rows.add(
          new HistoryRow(
              dot.replica(),
              dot.sequence(),
              new EventRecord(dot, time, context, 1, request, hash.bytes(), payload)));
      seen.set(at, context.with(dot));
    }
    return rows;
  }

  private static String write(List<HistoryRow> rows) {
    StringWriter out = new StringWriter();
    try {
      HistoryFile.write("lines", "ä 17", rows.iterator(), out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toString();
  }

  private static History read(String file) {
    try {
      return HistoryFile.read(new BufferedReader(new StringReader(file)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_history_is_read_as_it_was_written() {
    for (long seed = 1; seed <= 50; seed++) {
      List<HistoryRow> rows = rows(seed, 60);
      assertThat(read(write(rows)))
          .as("seed %d", seed)
          .isEqualTo(new History("lines", "ä 17", rows));
    }
  }

  @Test
  void both_folds_come_to_the_same_state_whatever_the_order_of_the_file() {
    for (long seed = 1; seed <= 50; seed++) {
      List<HistoryRow> rows = rows(seed, 80);
      var outcome = REPLAY.run(new History("lines", "1", rows));
      assertThat(outcome.isSound()).as("seed %d: %s", seed, outcome.difference()).isTrue();
      assertThat(outcome.compared()).isTrue();
      assertThat(outcome.events()).isEqualTo(80);
      assertThat(outcome.folded()).hasSize(80);
      List<HistoryRow> shuffled = new ArrayList<>(rows);
      Collections.shuffle(shuffled, new Random(seed));
      shuffled.addAll(rows.subList(0, 10)); // some twice
      var again = REPLAY.run(new History("lines", "1", shuffled));
      assertThat(again.stateHash()).as("seed %d", seed).isEqualTo(outcome.stateHash());
    }
  }

  @Test
  void a_handler_that_is_not_pure_is_found() {
    int[] calls = {0};
    Lines counting =
        new Lines() {
          @Override
          public String apply(String state, String event, EventContext context) {
            return state + calls[0]++ % 7;
          }
        };
    var outcome = replay(counting).run(new History("lines", "1", rows(3, 40)));
    assertThat(outcome.isSound()).isFalse();
    assertThat(outcome.difference().orElseThrow()).contains("is the handler pure?");
  }

  @Test
  void what_a_history_lacks_is_said() {
    List<HistoryRow> rows = new ArrayList<>(rows(5, 60));
    Dot gone =
        rows.stream()
            .map(row -> row.event().dot())
            .filter(dot -> dot.equals(Dot.of(REPLICAS.get(0), 1)))
            .findFirst()
            .orElseThrow();
    rows.removeIf(row -> row.event().dot().equals(gone));
    var outcome = REPLAY.run(new History("lines", "1", rows));
    assertThat(outcome.missing()).containsExactly(gone);
    assertThat(outcome.isSound()).isFalse();
  }

  @Test
  void a_damaged_row_is_named_and_a_file_cut_short_is_seen() {
    String file = write(rows(1, 10));
    String damaged = file.replaceFirst("\"schema\":1", "\"schema\":2");
    assertThatThrownBy(() -> read(damaged))
        .isInstanceOf(HistoryException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining("does not match its hash");
    String cut = file.substring(0, file.lastIndexOf("{\"events\""));
    assertThatThrownBy(() -> read(cut)).hasMessageContaining("cut short");
    assertThatThrownBy(() -> read("{}\n")).hasMessageContaining("not an exported history");
    assertThatThrownBy(() -> read(file.replace("\"version\":1", "\"version\":9")))
        .hasMessageContaining("version 9");
    assertThatThrownBy(() -> read(file.replaceFirst("\"dot\":\"[^\"]*\"", "\"dot\":\"x\"")))
        .hasMessageContaining("line 2: dot: not a dot");
  }
}
