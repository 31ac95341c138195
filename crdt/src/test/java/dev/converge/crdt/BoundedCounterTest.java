package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.converge.crdt.clock.ReplicaId;
import java.math.BigInteger;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedCounterTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");
  private static final ReplicaId C = ReplicaId.of("c");

  private static BigInteger big(long value) {
    return BigInteger.valueOf(value);
  }

  /** 10 from a, of which b has 4 and has taken 1, and c has 2 by way of b. */
  private static BoundedCounter shared() {
    BoundedCounter counter = BoundedCounter.empty();
    counter = counter.merge(counter.increment(A, 10));
    counter = counter.merge(counter.transfer(A, B, 6));
    counter = counter.merge(counter.transfer(B, C, 2));
    return counter.merge(counter.decrement(B, 1));
  }

  @Test
  void rightsAreWhatOneAddedAndWasGivenLessWhatItGaveAndTook() {
    BoundedCounter counter = shared();
    assertThat(counter.value()).isEqualTo(9);
    assertThat(counter.rights())
        .containsExactly(Map.entry(A, big(4)), Map.entry(B, big(3)), Map.entry(C, big(2)));
    assertThat(counter.rights(A)).isEqualTo(4);
    assertThat(counter.rights(ReplicaId.of("d"))).isZero();
    assertThat(counter).hasToString("9 {a=4, b=3, c=2}");
    assertThat(BoundedCounter.empty()).hasToString("0 {}");
  }

  @Test
  void allRightsCanBeTakenAndNoMore() {
    BoundedCounter counter = shared();
    BoundedCounter none = counter.merge(counter.decrement(C, 2));
    assertThat(none.rights(C)).isZero();
    assertThat(none.rights()).containsOnlyKeys(A, B);
    assertThatThrownBy(() -> none.decrement(C, 1)).isInstanceOf(InsufficientRightsException.class);
    InsufficientRightsException refused =
        Objects.requireNonNull(
            catchThrowableOfType(
                InsufficientRightsException.class, () -> counter.decrement(C, big(3))));
    assertThat(refused)
        .hasMessage(
            "replica c has rights to 2, not to 3; take less, or have rights transferred to it");
    assertThat(refused.replica()).isEqualTo(C);
    assertThat(refused.wanted()).isEqualTo(3);
    assertThat(refused.rights()).isEqualTo(2);
    assertThatThrownBy(() -> counter.transfer(C, A, 3))
        .isInstanceOf(InsufficientRightsException.class);
    assertThat(counter.merge(counter.transfer(C, A, big(2))).rights(A)).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void whatIsNotPositiveIsRefused(long by) {
    BoundedCounter counter = shared();
    assertThatThrownBy(() -> counter.increment(A, by)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> counter.decrement(A, by)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> counter.transfer(A, B, by))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rightsAreNotTransferredToOneself() {
    assertThatThrownBy(() -> shared().transfer(A, A, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rights are transferred to another replica, not to a");
  }

  @Test
  void aDeltaBringsAlongWhereItsRightsCameFromAndNothingElse() {
    BoundedCounter counter = shared();
    counter = counter.merge(counter.increment(ReplicaId.of("d"), 5));
    BoundedCounter delta = counter.decrement(C, 1);
    assertThat(delta.given()).containsOnlyKeys(A, B);
    assertThat(delta.taken().counts()).containsExactly(Map.entry(B, big(1)), Map.entry(C, big(1)));
    assertThat(delta.value()).isEqualTo(8);
    assertThat(counter.decrement(A, 1).given()).containsOnlyKeys(A);
    assertThat(counter.transfer(B, A, 1).given()).containsOnlyKeys(A, B);
    BoundedCounter increment = counter.increment(A, 1);
    assertThat(increment.rights()).containsExactly(Map.entry(A, big(11)));
    assertThat(increment.taken()).isEqualTo(GCounter.empty());
  }

  @Test
  void aCounterIsTakenApartAndPutTogether() {
    BoundedCounter counter = shared();
    BoundedCounter again = BoundedCounter.of(counter.given(), counter.taken());
    assertThat(again).isEqualTo(counter).hasSameHashCodeAs(counter);
    assertThat(BoundedCounter.of(Map.of(A, GCounter.empty()), GCounter.empty()))
        .isEqualTo(BoundedCounter.empty());
    assertThat(counter).isNotEqualTo(counter.merge(counter.decrement(A, 1)));
    assertThat(counter).isNotEqualTo(counter.merge(counter.increment(A, 1)));
    assertThat(counter.merge(counter.increment(A, 1)).merge(counter).value()).isEqualTo(10);
    assertThat(counter.merge(again)).isSameAs(counter);
  }

  @Test
  void aCounterFromOutsideInWhichMoreIsGoneThanThereWasIsRefused() {
    GCounter one = GCounter.of(Map.of(A, big(1)));
    assertThatThrownBy(() -> BoundedCounter.of(Map.of(), one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("replica a has given away or taken more than it ever had");
    assertThatThrownBy(() -> BoundedCounter.of(Map.of(B, one), GCounter.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("replica b has given away or taken more than it ever had");
    assertThat(BoundedCounter.of(Map.of(A, one), one).value()).isZero();
  }

  @Test
  void quantitiesAreExactBeyond64Bits() {
    BoundedCounter counter = BoundedCounter.empty();
    counter = counter.merge(counter.increment(A, Long.MAX_VALUE));
    counter = counter.merge(counter.increment(A, Long.MAX_VALUE));
    counter = counter.merge(counter.decrement(A, 1));
    assertThat(counter.value()).isEqualTo(BigInteger.TWO.pow(64).subtract(BigInteger.valueOf(3)));
  }
}
