package dev.converge.crdt.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.converge.crdt.GSet;
import dev.converge.crdt.ORSet;
import dev.converge.crdt.clock.ReplicaId;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Bytes made by hand, each wrong in one way. */
class HostileBytesTest {
  private static final CausalCodec<ORSet<String>> SETS = Codecs.orSet(Codecs.string());
  private static final ReplicaId A = ReplicaId.of("a");

  private static BinaryWriter header(String name) {
    return new BinaryWriter()
        .writeByte(Envelope.MAGIC_1)
        .writeByte(Envelope.MAGIC_2)
        .writeByte(Envelope.VERSION)
        .writeByte(Envelope.STORED)
        .writeString(name);
  }

  /** A context of one replica, a, that has seen so many. */
  private static BinaryWriter set(int seen) {
    return header("orset<string>")
        .writeVarint(1)
        .writeString("a")
        .writeVarint(0)
        .writeVarint(seen)
        .writeVarint(0);
  }

  private static void refused(byte[] bytes, CrdtCodec<?> codec, String why) {
    assertThatThrownBy(() -> codec.decode(bytes))
        .isExactlyInstanceOf(DecodingException.class)
        .hasMessageContaining(why);
  }

  private static void refused(BinaryWriter out, String why) {
    refused(out.toByteArray(), SETS, why);
  }

  /** Front-coded strings. */
  private static void strings(BinaryWriter out, String... strings) {
    out.writeByte(0);
    for (int i = 0; i < strings.length; i++) {
      out.writeByte(0);
    }
    for (String string : strings) {
      out.writeVarint(string.length());
    }
    for (String string : strings) {
      out.writeUtf8(string, 0, string.length());
    }
  }

  @Test
  void theHandMadeFormIsTheRightOneWhereNothingIsWrong() {
    BinaryWriter out = set(2).writeBoolean(true).writeVarint(2);
    strings(out, "x", "y");
    out.writeRuns(new long[] {0, 0}, 2).writeRuns(new long[] {0, 0}, 2).writeVarint(0);
    ORSet<String> set = SETS.decode(out.toByteArray());
    assertThat(set.elements()).containsExactlyInAnyOrder("x", "y");
    assertThat(SETS.encode(set)).isEqualTo(out.toByteArray());
  }

  @Test
  void anotherTypeVersionOrMagicIsSaid() {
    refused(Codecs.gCounter().encode(dev.converge.crdt.GCounter.empty()), SETS, "gcounter");
    byte[] bytes = SETS.encode(ORSet.empty());
    bytes[2] = 2;
    refused(bytes, SETS, "version 2");
    refused("{\"type\"".getBytes(java.nio.charset.StandardCharsets.UTF_8), SETS, "not the bytes");
    refused(new byte[0], SETS, "cut off");
    bytes[2] = 1;
    bytes[3] = 7;
    refused(bytes, SETS, "compression 7");
  }

  @Test
  void bytesTooManyOrTooFewAreRefused() {
    byte[] bytes = SETS.encode(ORSet.<String>empty().add(A, "x"));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> SETS.decode(cut)).isExactlyInstanceOf(DecodingException.class);
    }
    refused(java.util.Arrays.copyOf(bytes, bytes.length + 1), SETS, "1 bytes too many");
  }

  @Test
  void aDotOutsideItsContextIsRefused() {
    BinaryWriter out = set(1).writeBoolean(true).writeVarint(1);
    strings(out, "x");
    out.writeRuns(new long[] {0}, 1).writeRuns(new long[] {1}, 1).writeVarint(0);
    refused(out, "a:2 is alive but not in the causal context");
  }

  @Test
  void aDotUnderTwoKeysIsRefused() {
    BinaryWriter out = set(2).writeBoolean(true).writeVarint(2);
    strings(out, "x", "y");
    out.writeRuns(new long[] {0, 0}, 2).writeRuns(new long[] {0, -1}, 2).writeVarint(0);
    refused(out, "a:1 stands twice, or out of order");
  }

  @Test
  void aDotThatIsTheSecondOfOneKeyAndTheFirstOfAnotherIsRefused() {
    BinaryWriter out = set(3).writeBoolean(true).writeVarint(2);
    strings(out, "x", "y");
    out.writeRuns(new long[] {0, 0}, 2).writeRuns(new long[] {0, 0}, 2);
    out.writeVarint(1).writeVarint(0).writeVarint(0).writeVarint(0).writeZigZag(-1);
    refused(out, "a dot under two keys");
  }

  @Test
  void aDotTwiceUnderOneKeyIsRefused() {
    BinaryWriter out = set(3).writeBoolean(true).writeVarint(1);
    strings(out, "x");
    out.writeRuns(new long[] {0}, 1).writeRuns(new long[] {0}, 1);
    out.writeVarint(1).writeVarint(0).writeVarint(0).writeVarint(0).writeZigZag(-1);
    refused(out, "a:1 stands twice, or out of order");
  }

  @Test
  void anElementTwiceIsRefused() {
    BinaryWriter out = set(2).writeBoolean(true).writeVarint(2).writeByte(0);
    // Front-coded as it should be, so that nothing else is wrong.
    out.writeByte(0).writeByte(1).writeVarint(1).writeVarint(0).writeByte('x');
    out.writeRuns(new long[] {0, 0}, 2).writeRuns(new long[] {0, 0}, 2).writeVarint(0);
    refused(out, "a key stands twice");
  }

  @Test
  void aReplicaTwiceOrOutOfOrderIsRefused() {
    for (String second : List.of("a", "A")) {
      BinaryWriter out = header("orset<string>").writeVarint(2);
      for (String name : List.of("a", second)) {
        out.writeString(name).writeVarint(0).writeVarint(1).writeVarint(0);
      }
      refused(out.writeBoolean(false), "stands twice, or out of order");
    }
  }

  @Test
  void aReplicaOfNoNameOrThatDidNothingIsRefused() {
    BinaryWriter out = header("orset<string>").writeVarint(1).writeString("a b").writeVarint(0);
    refused(out.writeVarint(1).writeVarint(0).writeBoolean(false), "not the name of a replica");
    refused(set(0).writeBoolean(false), "done nothing");
  }

  @Test
  void aNegativeOrZeroCountIsRefused() {
    for (int count : new int[] {0, -1}) {
      BinaryWriter out = header("gcounter").writeVarint(1).writeString("a").writeVarint(0);
      out.writeBigInteger(java.math.BigInteger.valueOf(count));
      refused(out.toByteArray(), Codecs.gCounter(), "a count is positive: a=" + count);
    }
  }

  @Test
  void elementsOutOfOrderAreRefused() {
    BinaryWriter out = header("gset<string>").writeVarint(2);
    strings(out, "y", "x");
    refused(out.toByteArray(), Codecs.gSet(Codecs.string()), "twice, or out of order");
    assertThat(
            Codecs.gSet(Codecs.string())
                .decode(Codecs.gSet(Codecs.string()).encode(GSet.of(List.of("y", "x"))))
                .size())
        .isEqualTo(2);
  }

  @Test
  void stringsThatLeaveOutTooLittleAreRefused() {
    BinaryWriter out = set(2).writeBoolean(true).writeVarint(2);
    strings(out, "xa", "xb");
    out.writeRuns(new long[] {0, 0}, 2).writeRuns(new long[] {0, 0}, 2).writeVarint(0);
    refused(out, "leaves out too little");
  }

  @Test
  void fewBytesThatClaimMuchTakeLittle() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long most = Long.MAX_VALUE;
    List<Consumer<BinaryWriter>> claims = new ArrayList<>();
    claims.add(out -> out.writeVarint(most));
    claims.add(out -> out.writeVarint(3_000_000));
    claims.add(out -> out.writeVarint(1).writeString("a").writeVarint(0).writeVarint(most));
    claims.add(
        out -> out.writeVarint(1).writeString("a").writeVarint(0).writeVarint(1).writeVarint(most));
    claims.add(
        out ->
            out.writeVarint(1)
                .writeString("a")
                .writeVarint(0)
                .writeVarint(1)
                .writeVarint(1)
                .writeVarint(0)
                .writeVarint(most));
    claims.add(
        out ->
            out.writeVarint(1)
                .writeString("a")
                .writeVarint(0)
                .writeVarint(3_000_000)
                .writeVarint(0)
                .writeBoolean(true)
                .writeVarint(3_000_000));
    for (Consumer<BinaryWriter> claim : claims) {
      BinaryWriter out = header("orset<string>");
      claim.accept(out);
      byte[] bytes = out.toByteArray();
      long before = threads.getCurrentThreadAllocatedBytes();
      assertThatThrownBy(() -> SETS.decode(bytes)).isExactlyInstanceOf(DecodingException.class);
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
    }
  }

  @Test
  void aLongRunOfDotsOutOfOrderTakesABitForEach() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    BinaryWriter out = header("orset<string>").writeVarint(1).writeString("a").writeVarint(0);
    out.writeVarint(1).writeVarint(1).writeVarint(5).writeVarint(3_000_000).writeBoolean(false);
    byte[] bytes = out.toByteArray();
    long before = threads.getCurrentThreadAllocatedBytes();
    ORSet<String> removal = SETS.decode(bytes);
    assertThat(removal.causal().context().size()).isEqualTo(3_000_002);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(64 << 20);
  }

  @Test
  void whatIsCompressedIsNoLargerThanAllowed() {
    byte[] zeros = new byte[8 << 20];
    byte[] bomb = new byte[1 << 16];
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(zeros);
    deflater.finish();
    int length = deflater.deflate(bomb);
    deflater.end();
    for (long claimed : new long[] {zeros.length, 100, 1L << 40}) {
      BinaryWriter out =
          new BinaryWriter().writeByte(0xC6).writeByte('v').writeByte(1).writeByte(1);
      out.writeString("orset<string>").writeVarint(claimed).writeRaw(bomb, 0, length);
      DecodingLimits small = DecodingLimits.DEFAULT.withMaxBytes(1 << 20);
      assertThatThrownBy(() -> SETS.decode(out.toByteArray(), small))
          .isExactlyInstanceOf(DecodingException.class);
    }
  }

  @Test
  void aRightValueComesBackFromItsCompressedForm() {
    ORSet<String> set = ORSet.empty();
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      elements.add(String.format(Locale.ROOT, "element-%d", i * 31));
    }
    set = set.merge(set.addAll(A, elements));
    byte[] compressed = SETS.encode(set);
    assertThat(compressed.length).isLessThan(SETS.encode(set, Compression.NONE).length / 2);
    assertThat(SETS.decode(compressed)).isEqualTo(set);
    for (int i = 20; i < compressed.length; i += 7) {
      byte[] damaged = compressed.clone();
      damaged[i] ^= 0x10;
      try {
        SETS.decode(damaged);
      } catch (DecodingException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void whatIsNestedTooDeepIsRefused() {
    // Maps in maps in a variant, each under the key "x".
    BinaryWriter out = header("variant").writeVarint(1).writeString("a").writeVarint(0);
    out.writeVarint(1).writeVarint(0).writeBoolean(true).writeVarint(1);
    strings(out, "t");
    for (int i = 0; i < 10_000; i++) {
      out.writeByte(2).writeVarint(1).writeByte(0);
      strings(out, "x");
    }
    refused(out.toByteArray(), Codecs.variant(Codecs.any()), "nested deeper than the 32 levels");
  }

  @Test
  void anUnknownTypeNumberIsRefusedAndTypesOfOnesOwnAreRead() {
    AnyCodec any =
        Codecs.any()
            .with(
                16,
                Locale.class,
                Codecs.as(
                    "locale", Codecs.string(), Locale::toLanguageTag, Locale::forLanguageTag));
    CausalCodec<ORSet<Object>> own = Codecs.orSet(any);
    ORSet<Object> set = ORSet.empty();
    set = set.merge(set.add(A, Locale.FRANCE));
    set = set.merge(set.add(A, 5L));
    byte[] bytes = own.encode(set);
    assertThat(own.decode(bytes)).isEqualTo(set);
    refused(bytes, Codecs.orSet(Codecs.any()), "type number 16");
    ORSet<Object> unknown =
        ORSet.empty().merge(ORSet.empty().add(A, new java.util.concurrent.atomic.AtomicLong()));
    assertThatThrownBy(() -> own.encode(unknown))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no binary form");
    assertThatThrownBy(
            () ->
                any.with(
                    16,
                    Float.class,
                    Codecs.as("float", Codecs.float64(), Float::doubleValue, Double::floatValue)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void stringsThatComeAgainAreOneObject() {
    BinaryWriter out = new BinaryWriter();
    Codecs.string().writeAll(out, List.of("orset", "@created", "orset", "@created"));
    List<String> read =
        Codecs.string().readAll(new BinaryReader(out.toByteArray(), DecodingLimits.DEFAULT), 4);
    assertThat(read.get(2)).isSameAs(read.get(0));
    assertThat(read.get(3)).isSameAs(read.get(1));
  }
}
