package dev.converge.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.sequence.RGA;
import dev.converge.crdt.sequence.Text;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.NodeClock;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceValueTest {
  private static final NodeClock CLOCK = new NodeClock(() -> 1_000);
  private static final Writer A = new Writer(ReplicaId.of("a"), CLOCK);
  private static final Writer B = new Writer(ReplicaId.of("b"), CLOCK);
  private static final Writer C = new Writer(ReplicaId.of("c"), CLOCK);
  private static final Key<SequenceValue<Text, String>> TEXT = Key.of("k", StoreType.TEXT);
  private static final Key<SequenceValue<RGA<JsonValue>, List<JsonValue>>> LIST =
      Key.of("l", StoreType.RGA);

  private final LocalBucket here = new LocalBucket(StoreLimits.DEFAULT, false);
  private final LocalBucket there = new LocalBucket(StoreLimits.DEFAULT, false);

  private static ORMap<String, Variant> insert(
      LocalBucket bucket, Writer writer, int index, String text) {
    return bucket.update(TEXT, (v, w) -> v.insert(w, index, text), writer, true).delta();
  }

  private static ORMap<String, Variant> delete(
      LocalBucket bucket, Writer writer, int index, int count) {
    return bucket.update(TEXT, (v, w) -> v.delete(w, index, count), writer, true).delta();
  }

  private static SequenceValue<Text, String> value(LocalBucket bucket) {
    return bucket.state().get("k").flatMap(v -> v.get(TEXT.type().causal())).orElseThrow();
  }

  private static String text(LocalBucket bucket) {
    return value(bucket).content();
  }

  private static void send(ORMap<String, Variant> delta, LocalBucket... to) {
    for (LocalBucket bucket : to) {
      bucket.join(RandomStates.overTheWire(delta));
    }
  }

  private void exchange() {
    send(there.state(), here);
    send(here.state(), there);
  }

  @Test
  void editsMadeApartAreAllThereAndPositionsCountCodePoints() {
    insert(here, A, 0, "a😀c");
    exchange();
    insert(here, A, 2, "b");
    delete(there, B, 1, 1);
    insert(there, B, 2, "!");
    exchange();
    assertThat(text(here)).isEqualTo("abc!").isEqualTo(text(there));
    assertThat(here.state()).isEqualTo(there.state());
    assertThat(value(here).size()).isEqualTo(4);
  }

  @Test
  void whatIsOutOfRangeIsRefusedAndNothingIsDone() {
    insert(here, A, 0, "abc");
    ORMap<String, Variant> before = here.state();
    assertThatThrownBy(() -> insert(here, A, 4, "x"))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("0..3");
    assertThatThrownBy(() -> delete(here, A, 2, 2)).hasMessageContaining("0..3");
    assertThatThrownBy(() -> insert(there, A, 1, "x")).hasMessageContaining("0..0");
    for (String bad :
        List.of("{\"index\":-1}", "{\"index\":1.5}", "{\"index\":0,\"count\":0}", "{}")) {
      Fields fields = Fields.of("the test", Json.read(bad.getBytes(StandardCharsets.UTF_8)));
      assertThatThrownBy(() -> StoreType.TEXT.operation("delete", fields))
          .as(bad)
          .isInstanceOf(BadInputException.class);
    }
    assertThat(here.state()).isSameAs(before);
  }

  @Test
  void aRefusedWriteLeavesNoTraceOfTheLifeThatItWouldHaveBegun() {
    Writer later = new Writer(A.replica(), CLOCK, 1L << 30);
    ORMap<String, Variant> before = here.state();
    assertThatThrownBy(() -> insert(here, later, 1, "x"))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(here.state()).isSameAs(before);
    assertThat(here.takeUnsaved()).isNull();
  }

  @Test
  void manySmallEditsAreFewPartsAndEachIsWrittenFewTimes() {
    long bytes = 0;
    int edits = 4_096;
    for (int i = 0; i < edits; i++) {
      bytes += BucketCodec.encode(insert(here, A, i / 2, "x")).length;
    }
    assertThat(text(here)).isEqualTo("x".repeat(edits));
    assertThat(value(here).causal().store().size()).isLessThan(2 + 13);
    // A run takes some bytes; each edit is in at most one rewriting for each doubling.
    assertThat(bytes / edits).isLessThan(12 * 24);
  }

  @Test
  void anEditInALongTextIsASmallDelta() {
    insert(here, A, 0, "x".repeat(100_000));
    exchange();
    for (int i = 0; i < 100; i++) {
      Writer writer = i % 2 == 0 ? A : B;
      ORMap<String, Variant> delta = insert(here, writer, 50_000 + i, "y");
      assertThat(BucketCodec.encode(delta).length).isLessThan(2_000);
      send(delta, there);
    }
    assertThat(text(there)).isEqualTo(text(here)).contains("x" + "y".repeat(100) + "x");
  }

  @Test
  void aRemovalWinsOverEditsMadeMeanwhileAndNothingIsLeft() {
    insert(here, A, 0, "old");
    exchange();
    ORMap<String, Variant> removal = here.remove("k", A, true).delta();
    ORMap<String, Variant> edit = insert(there, B, 3, "er");
    send(removal, there);
    send(edit, here);
    for (LocalBucket bucket : List.of(here, there)) {
      assertThat(bucket.state().isEmpty()).isTrue();
    }
    insert(here, A, 0, "new");
    exchange();
    assertThat(text(here)).isEqualTo("new").isEqualTo(text(there));
  }

  @Test
  void aTextBegunAfterARemovalStandsAlone() {
    insert(here, A, 0, "old");
    ORMap<String, Variant> old = here.state();
    here.remove("k", A, true);
    insert(here, A, 0, "new");
    send(old, there);
    delete(there, B, 0, 3);
    insert(there, B, 0, "late");
    exchange();
    assertThat(text(here)).isEqualTo("new").isEqualTo(text(there));
    assertThat(here.state()).isEqualTo(there.state());
  }

  @Test
  void aRemovalThatHasNotSeenTheRootTakesTheWholeText() {
    LocalBucket third = new LocalBucket(StoreLimits.DEFAULT, false);
    ORMap<String, Variant> begun = insert(here, A, 0, "ab");
    send(begun, there);
    ORMap<String, Variant> between = insert(there, B, 1, "X");
    send(between, here, third);
    ORMap<String, Variant> more = insert(here, A, 2, "Y");
    ORMap<String, Variant> removal = third.remove("k", C, true).delta();
    send(begun, third);
    send(more, third);
    send(removal, here, there);
    send(more, there);
    // The creation of the key was not seen by the removal either: it is there, and empty.
    for (LocalBucket bucket : List.of(here, there, third)) {
      assertThat(text(bucket)).isEmpty();
      assertThat(value(bucket).causal().store().size()).isZero();
    }
  }

  @Test
  void aRootThatAPageSaysIsGoneTakesItsPartsAlong() {
    LocalBucket third = new LocalBucket(StoreLimits.DEFAULT, false);
    ORMap<String, Variant> begun = insert(here, A, 0, "ab");
    send(begun, there, third);
    send(insert(there, B, 2, "c"), here);
    here.remove("k", A, true);
    LocalBucket partAlone = new LocalBucket(StoreLimits.DEFAULT, false);
    send(insert(third, C, 2, "d"), partAlone);
    assertThat(partAlone.state().isEmpty()).isFalse();
    LocalBucket.Step step =
        partAlone.finish(
            Page.of(0, here.state(), null), Buckets.EMPTY, new Writer(C.replica(), CLOCK));
    assertThat(partAlone.state().isEmpty()).isTrue();
    assertThat(step.gone()).containsExactly("k");
  }

  @Test
  void textsBegunApartUnderOneKeyStandOneAfterTheOther() {
    insert(here, A, 0, "one");
    insert(there, B, 0, "two");
    exchange();
    assertThat(text(here)).isEqualTo("onetwo").isEqualTo(text(there));
    delete(here, A, 2, 2);
    exchange();
    assertThat(text(there)).isEqualTo("onwo");
    insert(there, B, 4, "!");
    exchange();
    assertThat(text(here)).isEqualTo("onwo!");
  }

  @Test
  void aNodeThatHasLostItsMemoryUsesNoIdTwice() {
    insert(here, A, 0, "ab");
    ORMap<String, Variant> early = here.state();
    insert(here, A, 2, "cd");
    send(here.state(), there);
    LocalBucket again = new LocalBucket(StoreLimits.DEFAULT, false);
    send(early, again);
    insert(again, new Writer(A.replica(), CLOCK, 1L << 30), 2, "xy");
    send(there.state(), again);
    send(again.state(), there);
    assertThat(text(again)).isEqualTo(text(there)).contains("ab", "cd", "xy").hasSize(6);
  }

  @Test
  void aListHoldsAnyJson() {
    for (String json : List.of("{\"a\":[1]}", "null", "\"x\"")) {
      here.update(LIST, (v, w) -> v.insert(w, 0, List.of(JsonValue.parse(json))), A, false);
    }
    here.update(LIST, (v, w) -> v.delete(w, 1, 1), A, false);
    send(here.state(), there);
    SequenceValue<RGA<JsonValue>, List<JsonValue>> list =
        there.state().get("l").flatMap(v -> v.get(LIST.type().causal())).orElseThrow();
    assertThat(StoreType.RGA.json(list)).hasToString("[\"x\",{\"a\":[1]}]");
  }

  @Test
  void bytesThatAreNoPartAreRefused() {
    insert(here, A, 0, "hello");
    byte[] bytes = BucketCodec.encode(here.state());
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("hello");
    bytes[at] = (byte) 0xFF;
    assertThatThrownBy(() -> BucketCodec.decode(bytes)).isInstanceOf(WireFormatException.class);
  }
}
