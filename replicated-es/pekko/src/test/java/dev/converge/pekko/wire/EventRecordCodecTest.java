package dev.converge.pekko.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventRecordCodecTest {
  private static final EventRecord EVENT =
      new EventRecord(
          Dot.of(new ReplicaId("node-1", 5), 3),
          new HybridTimestamp(1_700_000_000_000L, 2),
          CausalContext.of(
              VersionVector.of(Map.of(new ReplicaId("node-1", 5), 2L, ReplicaId.of("node-2"), 7L)),
              List.of(Dot.of(ReplicaId.of("node-3"), 9))),
          1,
          "device-7/42",
          new byte[32],
          new byte[] {1, 2, 3});

  @Test
  void an_event_comes_back_as_it_was() {
    assertThat(EventRecordCodec.decode(EventRecordCodec.encode(EVENT))).isEqualTo(EVENT);
  }

  @Test
  void the_bytes_are_the_ones_that_journals_hold() {
    // Golden: a change here is a change of the storage format and needs a new form number.
    assertThat(HexFormat.of().formatHex(EventRecordCodec.encode(EVENT)))
        .isEqualTo(
            "8b01666e6f64652d3105031b018bcfe5680000020"
                + "16b6465766963652d372f34325820"
                + "00".repeat(32)
                + "86666e6f64652d310502666e6f64652d320007"
                + "83666e6f64652d330009"
                + "43010203");
  }

  @Test
  void every_truncation_and_most_mutations_are_refused_and_none_does_harm() {
    byte[] good = EventRecordCodec.encode(EVENT);
    for (int length = 0; length < good.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(good, length);
      assertThatThrownBy(() -> EventRecordCodec.decode(cut)).isInstanceOf(WireException.class);
    }
    long seed = Long.getLong("converge.seed", 20_261_121L);
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = good.clone();
      for (int k = 0; k <= random.nextInt(3); k++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        EventRecordCodec.decode(bad);
      } catch (WireException e) {
        assertThat(e.getMessage()).as("seed %d, case %d", seed, i).isNotBlank();
      }
    }
  }

  @Test
  void a_newer_form_asks_for_an_upgrade() {
    byte[] newer = EventRecordCodec.encode(EVENT);
    newer[1] = 2;
    assertThatThrownBy(() -> EventRecordCodec.decode(newer))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("form 2")
        .hasMessageContaining("upgrade");
  }

  @Test
  void the_serializer_reads_nothing_that_is_not_on_its_list() {
    ConvergeSerializer serializer = new ConvergeSerializer();
    assertThatThrownBy(() -> serializer.fromBinary(new byte[0], "java.lang.String"))
        .isInstanceOf(WireException.class);
    assertThatThrownBy(() -> serializer.manifest("text")).isInstanceOf(WireException.class);
    assertThatThrownBy(() -> serializer.fromBinary(new byte[] {(byte) 0xa0}, "peer"))
        .isInstanceOf(WireException.class);
  }
}
