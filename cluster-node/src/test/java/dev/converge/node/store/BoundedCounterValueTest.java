package dev.converge.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.NodeClock;
import java.math.BigInteger;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BoundedCounterValueTest {
  private static final NodeClock CLOCK = new NodeClock(() -> 1_000);
  private static final Writer A = new Writer(ReplicaId.of("a"), CLOCK);
  private static final Writer B = new Writer(ReplicaId.of("b"), CLOCK);
  private static final Key<BoundedCounterValue> KEY = Key.of("k", StoreType.BOUNDEDCOUNTER);

  private final LocalBucket here = new LocalBucket(StoreLimits.DEFAULT, false);
  private final LocalBucket there = new LocalBucket(StoreLimits.DEFAULT, false);

  private static ORMap<String, Variant> increment(LocalBucket bucket, Writer writer, long by) {
    return bucket
        .update(KEY, (c, w) -> c.increment(w.replica(), BigInteger.valueOf(by)), writer, true)
        .delta();
  }

  private static ORMap<String, Variant> decrement(LocalBucket bucket, Writer writer, long by) {
    return bucket
        .update(KEY, (c, w) -> c.decrement(w.replica(), BigInteger.valueOf(by)), writer, true)
        .delta();
  }

  private static ORMap<String, Variant> give(
      LocalBucket bucket, Writer writer, Writer to, long by) {
    return bucket
        .update(
            KEY,
            (c, w) -> c.transfer(w.replica(), to.replica(), BigInteger.valueOf(by)),
            writer,
            true)
        .delta();
  }

  private static BoundedCounterValue counter(LocalBucket bucket) {
    return bucket.state().get("k").flatMap(v -> v.get(KEY.type().causal())).orElseThrow();
  }

  private static long value(LocalBucket bucket) {
    return counter(bucket).value().longValueExact();
  }

  private static long rights(LocalBucket bucket, Writer writer) {
    return counter(bucket).rights(writer.replica()).longValueExact();
  }

  private static void send(ORMap<String, Variant> delta, LocalBucket to) {
    to.join(RandomStates.overTheWire(delta));
  }

  private void exchange() {
    send(there.state(), here);
    send(here.state(), there);
  }

  @Test
  void rightsAreHandedOnAndUsedUpAndNoMore() {
    increment(here, A, 10);
    give(here, A, B, 4);
    exchange();
    decrement(there, B, 3);
    assertThatThrownBy(() -> decrement(there, B, 2))
        .isInstanceOf(NoRightsException.class)
        .hasMessageContaining("node b has rights to 1, not to 2, of the 7 that there are");
    exchange();
    assertThat(value(here)).isEqualTo(7).isEqualTo(value(there));
    assertThat(rights(here, A)).isEqualTo(6);
    assertThat(rights(there, B)).isEqualTo(1);
    assertThatThrownBy(() -> give(here, A, B, 7)).isInstanceOf(NoRightsException.class);
    assertThatThrownBy(() -> give(here, A, A, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(counter(here).causal().store().size()).isEqualTo(2);
  }

  @Test
  void aDecrementThatComesBeforeItsRightsShowsNothingBelowZero() {
    increment(here, A, 4);
    give(here, A, B, 4);
    exchange();
    ORMap<String, Variant> taken = decrement(there, B, 3);
    LocalBucket third = new LocalBucket(StoreLimits.DEFAULT, false);
    send(taken, third);
    assertThat(value(third)).isEqualTo(1);
    send(here.state(), third);
    assertThat(value(third)).isEqualTo(1);
  }

  @Test
  void whatSurvivesARemovalIsCoveredByItself() {
    increment(here, A, 10);
    give(here, A, B, 4);
    exchange();
    ORMap<String, Variant> removal = here.remove("k", A, true).delta();
    decrement(there, B, 3);
    send(removal, there);
    assertThat(value(there)).isEqualTo(1);
    exchange();
    increment(here, A, 5);
    assertThat(rights(here, A)).isEqualTo(5);
    exchange();
    assertThat(value(there)).isEqualTo(6);
    decrement(there, B, 1);
    decrement(here, A, 5);
    exchange();
    assertThat(value(here)).isZero();
  }

  @Test
  void afterALossOfMemoryOnlyWhatIsNewIsUsedUntilTheGapIsClosed() {
    increment(here, A, 10);
    send(here.state(), there);
    LocalBucket third = new LocalBucket(StoreLimits.DEFAULT, false);
    decrement(here, A, 10); // known to the third alone
    send(here.state(), third);

    LocalBucket again = new LocalBucket(StoreLimits.DEFAULT, false);
    Writer later = new Writer(A.replica(), CLOCK, 1L << 30);
    send(there.state(), again);
    increment(again, later, 2);
    assertThatThrownBy(() -> decrement(again, later, 3))
        .isInstanceOf(NoRightsException.class)
        .hasMessageContaining("rights to 2")
        .hasMessageContaining("once it has met all other nodes");
    decrement(again, later, 2);
    send(third.state(), again);
    assertThat(value(again)).isZero();
    assertThat(again.seal(later)).isTrue();
    increment(again, later, 1);
    assertThat(rights(again, later)).isEqualTo(1);
    assertThat(counter(again).causal().store().size()).isEqualTo(1);
  }

  @Test
  void onceTheGapIsClosedEarlierRightsCanBeUsed() {
    increment(here, A, 10);
    send(here.state(), there);
    LocalBucket again = new LocalBucket(StoreLimits.DEFAULT, false);
    Writer later = new Writer(A.replica(), CLOCK, 1L << 30);
    send(there.state(), again);
    increment(again, later, 1);
    assertThatThrownBy(() -> decrement(again, later, 11)).isInstanceOf(NoRightsException.class);
    assertThat(again.seal(later)).isTrue();
    decrement(again, later, 11);
    send(again.state(), there);
    assertThat(value(there)).isZero();
    assertThat(counter(there).causal().store().size()).isEqualTo(1);
  }

  @Test
  void aRowThatIsNotCoveredByItselfIsRefused() {
    BigInteger one = BigInteger.ONE;
    TreeSet<Long> births = new TreeSet<>(List.of(1L));
    assertThatThrownBy(
            () -> new RightsRow(births, BigInteger.ZERO, one, new TreeMap<>(), new TreeMap<>()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                new RightsRow(
                    births, one.negate(), BigInteger.ZERO, new TreeMap<>(), new TreeMap<>()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
