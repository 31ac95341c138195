package dev.converge.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;

class BucketCodecTest {
  private static final ReplicaId R = new ReplicaId("n1", 5);

  /**
   * What form 2 looks like, for ever: a counter, sets of texts and numbers, a register, and a
   * removed key.
   */
  private static final String GOLDEN =
      "0201026e310501010000090203000163020200084063726561746564010100000109706e636f756e"
          + "7465720009706e636f756e746572010100020001fe00017202020008406372656174656401010008"
          + "010b6c77777265676973746572000b6c7777726567697374657201010009020000000003e8000207"
          + "7b226b223a317d0001730202000840637265617465640101000501056f7273657400056f72736574"
          + "020202010f02000100070102c3a900010006";

  private static ORMap<String, Variant> sample() {
    ORMap<String, Variant> m = Buckets.EMPTY;
    m =
        m.merge(
            m.update("c", v -> v.update(R, StoreType.PNCOUNTER.causal(), c -> c.increment(R, 5))));
    m =
        m.merge(
            m.update("c", v -> v.update(R, StoreType.PNCOUNTER.causal(), c -> c.decrement(R, 7))));
    m =
        m.merge(
            m.update(
                "gone", v -> v.update(R, StoreType.GCOUNTER.causal(), c -> c.increment(R, 1))));
    m = m.merge(m.remove("gone"));
    m =
        m.merge(
            m.update(
                "s", v -> v.update(R, StoreType.ORSET.causal(), s -> s.add(R, Element.of("é")))));
    m =
        m.merge(
            m.update(
                "s",
                v ->
                    v.update(
                        R,
                        StoreType.ORSET.causal(),
                        s -> s.add(R, Element.of(new BigDecimal("1.50"))))));
    HybridTimestamp time = new HybridTimestamp(1_000, 2);
    JsonValue value = JsonValue.of(JsonNodeFactory.instance.objectNode().put("k", 1));
    m =
        m.merge(
            m.update(
                "r", v -> v.update(R, StoreType.LWWREGISTER.causal(), r -> r.set(R, time, value))));
    return m;
  }

  @Test
  void theFormIsTheOneThatOlderNodesWrite() {
    assertThat(HexFormat.of().formatHex(BucketCodec.encode(sample()))).isEqualTo(GOLDEN);
    assertThat(BucketCodec.decode(HexFormat.of().parseHex(GOLDEN))).isEqualTo(sample());
  }

  @Test
  void statesComeBackEqualAndEqualStatesGiveEqualBytes() {
    for (long seed = 0; seed < 100; seed++) {
      RandomStates run = new RandomStates(seed);
      for (int i = 0; i < 60; i++) {
        run.step();
      }
      for (LocalBucket replica : run.replicas) {
        assertThat(RandomStates.overTheWire(replica.state()))
            .as("seed %s", seed)
            .isEqualTo(replica.state());
      }
      run.settle();
      byte[] first = BucketCodec.encode(run.replicas.get(0).state());
      for (LocalBucket replica : run.replicas) {
        assertThat(BucketCodec.encode(replica.state())).as("seed %s", seed).isEqualTo(first);
      }
    }
  }

  @Test
  void damagedBytesAreRefusedOrMeanAnotherStateAndNeverCrash() {
    byte[] good = BucketCodec.encode(sample());
    Random random = new Random(42);
    for (int i = 0; i < 5_000; i++) {
      byte[] bad = good.clone();
      for (int k = 0; k <= random.nextInt(3); k++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        BucketCodec.encode(BucketCodec.decode(bad));
      } catch (WireFormatException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }

  @Test
  void bytesThatEndEarlyOrGoOnAreRefused() {
    byte[] good = BucketCodec.encode(sample());
    for (int length = 0; length < good.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(good, length);
      assertThatThrownBy(() -> BucketCodec.decode(cut)).isInstanceOf(WireFormatException.class);
    }
    byte[] longer = java.util.Arrays.copyOf(good, good.length + 1);
    assertThatThrownBy(() -> BucketCodec.decode(longer)).isInstanceOf(WireFormatException.class);
  }

  @Test
  void deepNestingIsRefused() {
    BinaryWriter out = new BinaryWriter();
    out.writeByte(2).writeVarint(0).writeVarint(0);
    for (int i = 0; i < 500; i++) {
      out.writeByte(2).writeVarint(1).writeByte(0).writeString("a");
    }
    assertThatThrownBy(() -> BucketCodec.decode(out.toByteArray()))
        .isInstanceOf(WireFormatException.class);
  }

  @Test
  void aDotOutsideTheContextAndARunThatWouldFillTheMemoryAreRefused() {
    BinaryWriter unseen = new BinaryWriter();
    unseen.writeByte(2).writeVarint(1).writeString("a").writeVarint(0).writeVarint(5);
    unseen.writeVarint(0); // nothing seen
    unseen.writeByte(2).writeVarint(1).writeByte(0).writeString("k");
    unseen.writeByte(2).writeVarint(1).writeByte(0).writeString("orset");
    unseen.writeByte(0).writeVarint(1).writeVarint(0).writeVarint(1);
    assertThatThrownBy(() -> BucketCodec.decode(unseen.toByteArray()))
        .isInstanceOf(WireFormatException.class);
    BinaryWriter run = new BinaryWriter();
    run.writeByte(2).writeVarint(1).writeString("a").writeVarint(0).writeVarint(5);
    run.writeVarint(1).writeVarint(0).writeVarint(0).writeVarint(1L << 40);
    run.writeByte(2).writeVarint(0);
    assertThatThrownBy(() -> BucketCodec.decode(run.toByteArray()))
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining("a run of");
  }

  @Test
  void messagesComeBackEqualAndForeignOnesAreRefused() {
    StoreSerializer serializer = new StoreSerializer();
    StoreMessage.Sender from = new StoreMessage.Sender("n1", 1L << 61, -7);
    ByteString delta = ByteString.fromArray(BucketCodec.encode(sample()));
    List<StoreMessage.Part> parts =
        List.of(new StoreMessage.Part(0, 0, delta), new StoreMessage.Part(4_095, 1L << 61, delta));
    Page page = Page.of(7, sample(), null);
    Dot dot = new Dot(R, 9);
    for (StoreMessage.Body body :
        List.of(
            new StoreMessage.Push(1, true, parts),
            new StoreMessage.PushAck(2),
            new StoreMessage.Compare(Long.MIN_VALUE),
            new StoreMessage.Equal(true),
            new StoreMessage.Ask(
                3, List.of(new StoreMessage.Place(1, null), new StoreMessage.Place(2, dot))),
            new StoreMessage.Pages(4, List.of(page, new Page(8, page.seen(), DotRuns.EMPTY, dot))),
            new StoreMessage.Want(5, List.of(new StoreMessage.Wanted(9, page.alive()))),
            new StoreMessage.Given(6, parts, false),
            new StoreMessage.Close(List.of(new StoreMessage.Wanted(9, page.seen()))),
            new StoreMessage.Closed(List.of(1, 4_095)))) {
      StoreMessage message = new StoreMessage(from, body);
      byte[] bytes = serializer.toBinary(message);
      assertThat(serializer.fromBinary(bytes, serializer.manifest(message))).isEqualTo(message);
      assertThatThrownBy(() -> serializer.fromBinary(bytes, "other"))
          .isInstanceOf(IllegalArgumentException.class);
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = java.util.Arrays.copyOf(bytes, length);
        assertThatThrownBy(() -> serializer.fromBinary(cut, "store"))
            .isInstanceOf(WireFormatException.class);
      }
    }
    StoreMessage outside =
        new StoreMessage(
            from, new StoreMessage.Ask(3, List.of(new StoreMessage.Place(4_096, null))));
    byte[] bytes = serializer.toBinary(outside);
    assertThatThrownBy(() -> serializer.fromBinary(bytes, "store"))
        .isInstanceOf(WireFormatException.class);
  }
}
