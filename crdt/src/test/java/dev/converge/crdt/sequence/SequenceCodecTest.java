package dev.converge.crdt.sequence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.binary.Codecs;
import dev.converge.crdt.binary.Compression;
import dev.converge.crdt.binary.CrdtCodec;
import dev.converge.crdt.binary.DecodingException;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.sequence.Edits.Edit;
import dev.converge.crdt.testing.History;
import dev.converge.crdt.testing.Property;
import dev.converge.crdt.testing.Rng;
import dev.converge.crdt.testing.Subject;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written comes back, in one spelling; what is not written so is refused. */
class SequenceCodecTest {
  private static final CrdtCodec<Text> TEXT = Text.codec();
  private static final CrdtCodec<RGA<String>> LIST = RGA.codec(Codecs.string());
  private static final HexFormat HEX = HexFormat.of();

  /** States and deltas of a history; deltas arrive out of order, so some of it is pending. */
  private static <S extends Crdt<S>> List<S> states(
      Subject<S, Edit> subject, List<History.Step<Edit>> steps) {
    List<S> replicas = new ArrayList<>(List.of(subject.empty(), subject.empty(), subject.empty()));
    TreeMap<Integer, S> deltas = new TreeMap<>();
    for (History.Step<Edit> step : steps) {
      if (step instanceof History.Write<Edit> write) {
        S at = replicas.get(write.event().origin());
        S delta = subject.mutator().delta(at, write.event());
        deltas.put(write.event().id(), delta);
        replicas.set(write.event().origin(), at.merge(delta));
      } else if (step instanceof History.Pull<Edit> pull) {
        replicas.set(pull.to(), replicas.get(pull.to()).merge(replicas.get(pull.from())));
      } else if (step instanceof History.Deliver<Edit> deliver
          && deltas.containsKey(deliver.event())) {
        replicas.set(deliver.to(), replicas.get(deliver.to()).merge(deltas.get(deliver.event())));
      }
    }
    replicas.addAll(deltas.values());
    return replicas;
  }

  private static <S extends Crdt<S>> void roundTrips(Subject<S, Edit> subject, CrdtCodec<S> codec) {
    Property.check(
        subject.name() + " round trip",
        Math.min(Property.cases(), 600),
        rng -> History.random(rng, subject.operations()),
        steps -> {
          List<S> states = states(subject, steps);
          for (S state : states) {
            byte[] bytes = codec.encode(state);
            S back = codec.decode(bytes);
            assertThat(back).isEqualTo(state).hasSameHashCodeAs(state);
            assertThat(back).hasToString(state.toString());
            assertThat(codec.encode(back)).isEqualTo(bytes);
          }
          // Equal values that were made in other ways are written alike.
          S forth = states.get(0).merge(states.get(1)).merge(states.get(2));
          S back = states.get(2).merge(states.get(1)).merge(states.get(0));
          assertThat(codec.encode(forth)).isEqualTo(codec.encode(back));
          // A decoded value goes on merging.
          S decoded = codec.decode(codec.encode(states.get(0)));
          assertThat(decoded.merge(states.get(1))).isEqualTo(states.get(0).merge(states.get(1)));
        });
  }

  @Test
  void textComesBackEqualAndIsWrittenInOneWay() {
    roundTrips(Edits.text(), TEXT);
  }

  @Test
  void listsComeBackEqualAndAreWrittenInOneWay() {
    roundTrips(Edits.list(), LIST);
  }

  @Test
  void bytesThatAreDamagedAreRefusedOrMeanAnotherValueInOneSpelling() {
    Property.check(
        "damaged bytes",
        Math.min(Property.cases(), 600),
        rng -> damaged(rng),
        all -> all.forEach(SequenceCodecTest::decodeDamaged));
  }

  private static List<byte[]> damaged(Rng rng) {
    Random random = new Random(rng.anyLong());
    Subject<Text, Edit> subject = Edits.text();
    List<byte[]> all = new ArrayList<>();
    for (Text state : states(subject, History.random(rng, subject.operations()))) {
      byte[] bytes = TEXT.encode(state, Compression.NONE);
      for (int i = 0; i < 4; i++) {
        byte[] changed = bytes.clone();
        for (int j = random.nextInt(3); j >= 0; j--) {
          changed[random.nextInt(changed.length)] =
              random.nextBoolean() ? (byte) random.nextInt(4) : (byte) random.nextInt();
        }
        all.add(changed);
      }
    }
    return all;
  }

  private static void decodeDamaged(byte[] bytes) {
    Text text;
    try {
      text = TEXT.decode(bytes);
    } catch (DecodingException e) {
      assertThat(e.getMessage()).isNotEmpty();
      return;
    }
    assertThat(TEXT.encode(text, Compression.NONE)).isEqualTo(bytes);
    // It is a value like any other: it can be merged and edited.
    Text other = Text.empty().insert(ReplicaId.of("z"), 0, "z");
    assertThat(text.merge(other)).isEqualTo(other.merge(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"automerge-paper", "rustcode"})
  void aRealTextIsSmallAndComesBack(String name) {
    Text text = Replay.sequentially(Trace.read(name)).value();
    byte[] bytes = TEXT.encode(text);
    assertThat(bytes).hasSizeLessThan(100_000);
    Text back = TEXT.decode(bytes);
    assertThat(back).isEqualTo(text);
    assertThat(TEXT.encode(back)).isEqualTo(bytes);
  }

  @Test
  void theFormatStaysAsItIs() {
    ReplicaId a = ReplicaId.of("a");
    ReplicaId b = new ReplicaId("b", 1);
    Text text = Text.empty().insert(a, 0, "hi😀");
    text = text.merge(text.insert(b, 1, "x")).merge(text.delete(2, 1));
    text = text.merge(text.insert(b, 0, "y"));
    String golden =
        "c676010004746578740201610001620101000103000100010202010002000201010201000102020202010102000468697879";
    assertThat(HEX.formatHex(TEXT.encode(text, Compression.NONE))).isEqualTo(golden);
    assertThat(TEXT.decode(HEX.parseHex(golden))).isEqualTo(text).hasToString("yhxi");
  }

  @Test
  void runsOfAnyClaimedLengthTakeNoMemory() {
    // One deleted run of 2^31-1 elements of replica a.
    byte[] header = HEX.parseHex("c676010004" + HEX.formatHex("text".getBytes(UTF_8)));
    byte[] body =
        HEX.parseHex(
            "01"
                + "016100"
                + "01"
                + "0001"
                + "ffffffff07"
                + "0001"
                + "0001"
                + "02"
                + "00"
                + "ffffffff07"
                + "00"
                + "00");
    byte[] bytes = new byte[header.length + body.length];
    System.arraycopy(header, 0, bytes, 0, header.length);
    System.arraycopy(body, 0, bytes, header.length, body.length);
    Text text = TEXT.decode(bytes);
    assertThat(text.isEmpty()).isTrue();
    assertThat(text.merge(text.insert(ReplicaId.of("b"), 0, "x"))).hasToString("x");
    assertThat(text.merge(text.insert(ReplicaId.of("a"), 0, "x"))).hasToString("x");
    assertThatThrownBy(() -> TEXT.decode(header)).isInstanceOf(DecodingException.class);
  }

  @Test
  void moreThanTwoBillionDeletedInARowAreWrittenAndRead() {
    ReplicaId a = ReplicaId.of("a");
    Text most = Text.of(new SequenceParts<>(List.of(deleted(a, 1)), List.of()));
    Text more =
        most.merge(
            Text.of(new SequenceParts<>(List.of(deleted(a, 1L + Integer.MAX_VALUE)), List.of())));
    assertThat(more).isNotEqualTo(most);
    assertThat(TEXT.decode(TEXT.encode(more))).isEqualTo(more);
    assertThat(Text.of(more.parts())).isEqualTo(more);
  }

  private static SequenceParts.Run<String> deleted(ReplicaId replica, long first) {
    return new SequenceParts.Run<>(Dot.of(replica, first), Integer.MAX_VALUE, null, null, null);
  }
}
