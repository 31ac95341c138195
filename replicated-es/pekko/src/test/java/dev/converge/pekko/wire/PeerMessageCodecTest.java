package dev.converge.pekko.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.wire.PeerMessage.Hello;
import dev.converge.pekko.wire.PeerMessage.Holding;
import dev.converge.pekko.wire.PeerMessage.Range;
import dev.converge.pekko.wire.PeerMessage.Rows;
import dev.converge.pekko.wire.PeerMessage.Told;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeerMessageCodecTest {
  private static final ReplicaId A = new ReplicaId("node-1", 5);
  private static final ReplicaId B = ReplicaId.of("node-2");
  private static final ReplicaId C = new ReplicaId("node-3", 1L << 40);
  private static final byte[] BYTES = {1, 2, 3};

  private static final Told TOLD =
      new Told(
          7,
          -1,
          VersionVector.of(Map.of(A, 3L, B, 1L << 50)),
          true,
          Map.of(A, new Promise(3, new HybridTimestamp(1_700_000_000_000L, 2))),
          1_700_000_000_500L);

  private static LogRow event(ReplicaId origin, long lsn, VersionVector after, String text) {
    return new LogRow(
        origin,
        lsn,
        after,
        new LogEntry.Event("cart|" + lsn % 3, text.getBytes(StandardCharsets.UTF_8)),
        0);
  }

  private static List<LogRow> rows() {
    VersionVector seen = VersionVector.of(Map.of(B, 4L, C, 9L));
    return List.of(
        event(A, 8, VersionVector.empty(), "first"),
        event(A, 9, seen, "second"),
        event(A, 10, seen, ""),
        event(A, 12, seen.with(B, 5), "behind a gap"),
        event(B, 1, VersionVector.of(Map.of(A, 12L)), "another log"),
        event(A, 13, VersionVector.of(Map.of(C, 1L)), "fewer than before"),
        new LogRow(C, Long.MAX_VALUE, seen, new LogEntry.Join(BYTES), 0),
        new LogRow(C, 1, VersionVector.empty(), new LogEntry.Floor(seen), 0));
  }

  private static List<PeerMessage> messages() {
    return List.of(
        new Hello(0, true, 9, TOLD, null, new byte[0]),
        new Hello(-5, false, 0, TOLD, new Holding(B, 17, 12, new byte[32]), BYTES),
        TOLD,
        new Rows(rows(), true),
        new Rows(List.of(), false),
        new PeerMessage.Fetch(Map.of(A, new Range(0, 1), B, new Range(4, Long.MAX_VALUE))),
        new PeerMessage.About(BYTES),
        new PeerMessage.Ask(4, "hash", BYTES),
        new PeerMessage.Answer(4, BYTES, null),
        new PeerMessage.Answer(5, new byte[0], "it is not here"));
  }

  private static byte[] encode(PeerMessage message) {
    return PeerMessageCodec.encode(new PeerEnvelope(A, -9, message));
  }

  @Test
  void every_message_comes_back_as_it_was_with_its_sender() {
    for (PeerMessage message : messages()) {
      PeerEnvelope back = PeerMessageCodec.decode(encode(message));
      assertThat(back.from()).isEqualTo(A);
      assertThat(back.session()).isEqualTo(-9);
      assertThat(back.message()).usingRecursiveComparison().isEqualTo(message);
      assertThat(encode(back.message())).isEqualTo(encode(message));
    }
  }

  @Test
  void the_bytes_are_the_ones_that_nodes_of_this_version_send() {
    // Golden: a change here needs a new version of the protocol.
    assertThat(HexFormat.of().formatHex(encode(TOLD)))
        .isEqualTo(
            "0101066e6f64652d3105fffffffffffffff702070102066e6f64652d310503066e6f64652d3200"
                + "80808080808080020101066e6f64652d310503828080c0d6fcf3c501e8a7abfef962");
    assertThat(HexFormat.of().formatHex(RowsCodec.encode(rows())))
        .isEqualTo(
            "03066e6f64652d3105066e6f64652d3200066e6f64652d3380808080802008000008000663617274"
                + "7c3205666972737404020104020906636172747c30067365636f6e64040006636172747c31000000"
                + "0c01010506636172747c300c626568696e6420612067617000010101000c06636172747c310b616e"
                + "6f74686572206c6f6708000d01020106636172747c31116665776572207468616e206265666f7265"
                + "0102ffffffffffffffff7f0201040209030102030a0201000201040209");
  }

  @Test
  void many_alike_rows_are_compressed_and_few_bytes_are_not() {
    List<LogRow> many = new ArrayList<>();
    for (int i = 1; i <= 1_000; i++) {
      many.add(event(A, i, VersionVector.of(Map.of(B, 4L)), "the same words again and again"));
    }
    int plain = RowsCodec.encode(many).length;
    assertThat(encode(new Rows(many, false)).length).isLessThan(plain / 5);
    assertThat(encode(new Rows(many.subList(0, 3), false)).length)
        .isGreaterThan(RowsCodec.encode(many.subList(0, 3)).length + RowHash.LENGTH);
    byte[] noise = new byte[5_000];
    new Random(1).nextBytes(noise);
    LogRow random = new LogRow(A, 1, VersionVector.empty(), new LogEntry.Event("cart|1", noise), 0);
    assertThat(encode(new Rows(List.of(random), false)).length).isLessThan(5_100);
  }

  @Test
  void a_row_whose_after_is_that_of_the_row_before_takes_few_bytes_beside_its_content() {
    VersionVector seen = VersionVector.of(Map.of(B, 1L << 40, C, 1L << 41));
    List<LogRow> rows = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      rows.add(event(A, 1L << 42 | i, seen, ""));
    }
    assertThat(RowsCodec.encode(rows).length).isLessThan(100 * ("cart|1".length() + 4) + 80);
  }

  @Test
  void a_changed_byte_of_the_rows_is_noticed_by_their_hash() {
    byte[] good = encode(new Rows(rows(), false));
    int noticed = 0;
    for (int i = 30; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      try {
        assertThat(encode(PeerMessageCodec.decode(bad).message())).isEqualTo(bad);
      } catch (WireException e) {
        noticed++;
      }
    }
    assertThat(noticed).isEqualTo(good.length - 30);
  }

  @Test
  void whatever_the_bytes_are_the_outcome_is_a_message_or_a_wire_exception() {
    long seed = Long.getLong("converge.seed", 20_261_121L);
    Random random = new Random(seed);
    List<byte[]> good = new ArrayList<>();
    messages().forEach(message -> good.add(encode(message)));
    for (byte[] bytes : good) {
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThatThrownBy(() -> PeerMessageCodec.decode(cut)).isInstanceOf(WireException.class);
      }
    }
    for (int i = 0; i < 8_000; i++) {
      byte[] bad = good.get(random.nextInt(good.size())).clone();
      for (int k = 0; k <= random.nextInt(4); k++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      byte[] noise = new byte[random.nextInt(60)];
      random.nextBytes(noise);
      read(bad, seed, i);
      read(noise, seed, i);
      // Past the hash: rows as they are after decompression.
      readRows(bad(random), seed, i);
    }
  }

  private static byte[] bad(Random random) {
    byte[] rows = RowsCodec.encode(rows());
    for (int k = 0; k <= random.nextInt(4); k++) {
      rows[random.nextInt(rows.length)] = (byte) random.nextInt(256);
    }
    return rows;
  }

  private static void read(byte[] bytes, long seed, int round) {
    try {
      PeerMessageCodec.decode(bytes);
    } catch (WireException e) {
      assertThat(e.getMessage()).isNotBlank();
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed + ", round " + round, e);
    }
  }

  private static void readRows(byte[] plain, long seed, int round) {
    BinaryWriter out = new BinaryWriter();
    Sealed.write(out.writeVarint(1).writeBoolean(true), plain);
    try {
      EntityForms.readRows(out.toByteArray());
    } catch (WireException e) {
      assertThat(e.getMessage()).isNotBlank();
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed + ", round " + round, e);
    }
  }

  @Test
  void a_bomb_is_refused_before_it_unfolds() {
    BinaryWriter out = new BinaryWriter();
    out.writeVarint(1).writeBoolean(true);
    out.writeBoolean(true).writeVarint(PeerMessageCodec.MAX_BYTES);
    out.writeRaw(new byte[32], 0, 32).writeBytes(new byte[100]);
    assertThatThrownBy(() -> EntityForms.readRows(out.toByteArray()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("100 bytes cannot become");
  }

  @Test
  void a_node_of_other_versions_is_known_as_such_whatever_it_says() {
    byte[] newer = PeerMessageCodec.encode(new PeerEnvelope(B, 3, TOLD), 2, 4);
    newer[newer.length - 1] = 99;
    assertThat(PeerMessageCodec.decode(newer))
        .isEqualTo(new PeerEnvelope(B, 3, new PeerMessage.Foreign(2, 4)));
    byte[] both = PeerMessageCodec.encode(new PeerEnvelope(B, 3, TOLD), 1, 4);
    assertThat(PeerMessageCodec.decode(both).message()).isEqualTo(TOLD);
  }

  @Test
  void rows_that_differ_in_anything_they_say_have_different_hashes() {
    List<LogRow> rows = new ArrayList<>(rows());
    rows.add(new LogRow(A, 8, VersionVector.empty(), new LogEntry.Join(BYTES), 0));
    rows.add(
        new LogRow(
            A, 8, VersionVector.empty(), new LogEntry.Floor(VersionVector.of(Map.of(A, 1L))), 0));
    assertThat(rows.stream().map(row -> HexFormat.of().formatHex(RowHash.of(row))).distinct())
        .hasSameSizeAs(rows);
    LogRow row = rows.get(0);
    LogRow elsewhere =
        new LogRow(row.origin(), row.lsn(), VersionVector.of(Map.of(C, 2L)), row.entry(), 77);
    assertThat(RowHash.of(elsewhere)).isEqualTo(RowHash.of(row));
  }
}
