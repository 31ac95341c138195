package dev.converge.engine.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContentHashTest {
  private static final Dot DOT = new Dot(new ReplicaId("node-1", 36), 7);
  private static final HybridTimestamp TIME = new HybridTimestamp(1_700_000_000_000L, 3);
  private static final CausalContext CONTEXT =
      CausalContext.of(
          VersionVector.of(Map.of(ReplicaId.of("b"), 2L, ReplicaId.of("a"), 5L)),
          List.of(Dot.of(ReplicaId.of("b"), 9)));
  private static final OriginId ORIGIN = new OriginId("tablet-3/41");
  private static final byte[] PAYLOAD = "hällo".getBytes(StandardCharsets.UTF_8);

  private static ContentHash golden() {
    return ContentHash.of(DOT, TIME, CONTEXT, 2, ORIGIN, PAYLOAD);
  }

  /** Written down by hand after the documentation, so that the code cannot agree with itself. */
  @Test
  void theHashIsOverTheFormThatIsDocumented() throws Exception {
    ByteBuffer form = ByteBuffer.allocate(1000);
    form.put((byte) 1);
    form.putShort((short) 6).put("node-1".getBytes(StandardCharsets.UTF_8)).putLong(36).putLong(7);
    form.putLong(1_700_000_000_000L * 65_536 + 3);
    form.putInt(2);
    form.putShort((short) 1).put((byte) 'a').putLong(0).putLong(5);
    form.putShort((short) 1).put((byte) 'b').putLong(0).putLong(2);
    form.putInt(1);
    form.putShort((short) 1).put((byte) 'b').putLong(0).putLong(9);
    form.putInt(2);
    form.put((byte) 1).putShort((short) 11).put("tablet-3/41".getBytes(StandardCharsets.UTF_8));
    form.putInt(6).put(PAYLOAD);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(form.array(), 0, form.position());
    assertThat(golden().hex()).isEqualTo(HexFormat.of().formatHex(digest.digest()));
  }

  @Test
  void theHashNeverChangesFromVersionToVersion() {
    assertThat(golden().hex())
        .isEqualTo("05090a2d7919b5f2b7948611aa7f2c4676cc51b81206241e44faabce108c064a");
  }

  @Test
  void eachPartCounts() {
    assertThat(
            List.of(
                golden(),
                ContentHash.of(Dot.of(DOT.replica(), 8), TIME, CONTEXT, 2, ORIGIN, PAYLOAD),
                ContentHash.of(DOT, TIME.next(), CONTEXT, 2, ORIGIN, PAYLOAD),
                ContentHash.of(DOT, TIME, CausalContext.empty(), 2, ORIGIN, PAYLOAD),
                ContentHash.of(DOT, TIME, CONTEXT, 3, ORIGIN, PAYLOAD),
                ContentHash.of(DOT, TIME, CONTEXT, 2, null, PAYLOAD),
                ContentHash.of(DOT, TIME, CONTEXT, 2, ORIGIN, new byte[0])))
        .doesNotHaveDuplicates();
  }

  @Test
  void contextsOfAnyLengthFit() {
    VersionVector many = VersionVector.empty();
    for (int i = 0; i < 200; i++) {
      many = many.with(ReplicaId.of("a-replica-with-a-long-name-" + i), i + 1);
    }
    CausalContext large = CausalContext.of(many);
    CausalContext larger = large.with(DOT);
    assertThat(ContentHash.of(DOT, TIME, large, 1, null, PAYLOAD))
        .isNotEqualTo(ContentHash.of(DOT, TIME, larger, 1, null, PAYLOAD));
  }

  @Test
  void itReadsWhatItWrote() {
    assertThat(ContentHash.parse(golden().hex())).isEqualTo(golden()).hasSameHashCodeAs(golden());
    assertThat(ContentHash.ofBytes(golden().bytes())).isEqualTo(golden());
    assertThatThrownBy(() -> ContentHash.parse("abcd"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32 bytes");
  }
}
