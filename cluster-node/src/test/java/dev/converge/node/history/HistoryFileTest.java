package dev.converge.node.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.node.entity.CartEvent;
import dev.converge.node.entity.CartType;
import dev.converge.node.json.BadInputException;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryFileTest {
  private static final ReplicaId A = new ReplicaId("a", 7);
  private static final ReplicaId B = new ReplicaId("b", 7);
  private static final CartType CART = new CartType();

  private static final EventRecord TEA = record(A, 1, 10, CausalContext.empty(), 1, add("tea"));
  private static final EventRecord CHECKOUT =
      record(B, 1, 20, CausalContext.empty(), 1, new CartEvent.CheckedOut());
  private static final EventRecord MILK =
      record(A, 2, 30, CausalContext.empty().with(TEA.dot()), 1, add("milk"));

  private static EventRecord record(
      ReplicaId replica, long sequence, long millis, CausalContext seen, int schema, CartEvent e) {
    byte[] payload = CART.type().events().encode(e);
    Dot dot = new Dot(replica, sequence);
    HybridTimestamp time = new HybridTimestamp(millis, 0);
    ReplicatedEvent<CartEvent> event =
        ReplicatedEvent.of(dot, time, seen, schema, null, e, payload);
    return new EventRecord(dot, time, seen, schema, null, event.hash().bytes(), payload);
  }

  private static CartEvent add(String item) {
    return new CartEvent.Added(item, BigInteger.ONE);
  }

  private static String text(EventRecord... events) {
    StringBuilder text = new StringBuilder(utf8(HistoryFile.firstLine("cart", "c/1")));
    for (EventRecord event : events) {
      text.append(utf8(HistoryFile.eventLine(EventRecordCodec.encode(event))));
    }
    return text + utf8(HistoryFile.lastLine(events.length));
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static HistoryFile read(String text) throws IOException {
    return HistoryFile.read(new BufferedReader(new StringReader(text)));
  }

  private static Replay replay(EventRecord... events) {
    return Replay.of(new HistoryFile("cart", "c", List.of(events)), CART);
  }

  @Test
  void whatIsReadIsWhatWasWritten() throws IOException {
    assertThat(read(text(TEA, CHECKOUT, MILK)))
        .isEqualTo(new HistoryFile("cart", "c/1", List.of(TEA, CHECKOUT, MILK)));
    assertThat(text(TEA).lines().toList().get(1))
        .startsWith("{\"dot\":\"a~7:1\",\"time\":\"10.0\",\"event\":\"");
  }

  @Test
  void whatIsCutOrDamagedIsSaid() {
    String whole = text(TEA, CHECKOUT);
    List<String> lines = whole.lines().toList();
    assertThatThrownBy(() -> read(""))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no exported history");
    assertThatThrownBy(() -> read("{}")).hasMessageContaining("no exported history");
    assertThatThrownBy(() -> read(lines.get(0) + "\n" + lines.get(1)))
        .hasMessageContaining("was cut after 1 events");
    assertThatThrownBy(() -> read(String.join("\n", lines.get(0), lines.get(1), lines.get(3))))
        .hasMessageContaining("it has 1 of 2");
    assertThatThrownBy(() -> read(lines.get(0) + "\n{\"event\":\"AA==\"}"))
        .hasMessageContaining("line 2 is damaged");
    assertThatThrownBy(() -> read(lines.get(0) + "\nx")).hasMessageContaining("line 2 is not JSON");
    assertThatThrownBy(() -> read(whole.replace("\"version\":1", "\"version\":2")))
        .hasMessageContaining("version 2, this program reads 1");
  }

  @Test
  void equalSetsOfEventsHaveEqualHashesInWhateverOrderTheyCame() {
    Replay one = replay(TEA, CHECKOUT, MILK);
    assertThat(one.state().toString())
        .isEqualTo("{\"items\":{\"milk\":1,\"tea\":1},\"checkedOut\":true}");
    assertThat(one.decided()).isEqualTo(2);
    assertThat(one.hash()).hasSize(64).isEqualTo(replay(CHECKOUT, TEA, MILK).hash());
    assertThat(one.hash()).isNotEqualTo(replay(TEA, CHECKOUT).hash());
  }

  @Test
  void aHoleAForeignHashAndANewerSchemaAreRefused() {
    assertThatThrownBy(() -> replay(MILK))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("hole");
    EventRecord changed =
        new EventRecord(
            TEA.dot(), TEA.time(), TEA.context(), 1, "other", TEA.hash(), TEA.payload());
    assertThatThrownBy(() -> replay(changed)).hasMessageContaining("does not match its hash");
    EventRecord newer = record(A, 1, 10, CausalContext.empty(), 9, add("tea"));
    assertThatThrownBy(() -> replay(newer))
        .hasMessageContaining("schema version 9, this program knows 1");
  }
}
