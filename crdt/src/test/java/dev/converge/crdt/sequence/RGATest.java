package dev.converge.crdt.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.ReplicaId;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** The list as Java developers meet it. */
class RGATest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");
  private static final RGA<Integer> LIST =
      RGA.<Integer>empty().insertAll(A, 0, List.of(1, 2, 3, 4));

  @Test
  void twoReplicasEditApart() {
    RGA<Integer> mine = LIST.merge(LIST.delete(1, 2));
    RGA<Integer> theirs = LIST.merge(LIST.insert(B, 2, 25));
    assertThat(mine.merge(theirs).elements()).containsExactly(1, 25, 4);
    assertThat(theirs.merge(mine)).isEqualTo(mine.merge(theirs));
  }

  @Test
  void theElementsAreAListLikeAnyOther() {
    assertThat(LIST.elements()).isEqualTo(List.of(1, 2, 3, 4)).hasToString("[1, 2, 3, 4]");
    assertThat(LIST.get(2)).isEqualTo(3);
    assertThat(LIST.subList(1, 3)).containsExactly(2, 3);
    assertThat(LIST).containsExactly(1, 2, 3, 4).hasToString("[1, 2, 3, 4]");
    assertThat(LIST.stream().mapToInt(i -> i).sum()).isEqualTo(10);
    assertThat(LIST.size()).isEqualTo(4);
    assertThat(RGA.empty().isEmpty()).isTrue();
    assertThatThrownBy(() -> LIST.elements().add(5))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> RGA.empty().iterator().next())
        .isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(() -> LIST.get(4)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aSessionEditsAndMerges() {
    RGASession<Integer> session = LIST.edit(A);
    session.insert(0, 0);
    session.delete(4, 1);
    session.merge(LIST.insert(B, 4, 5));
    session.insertAll(5, List.of(6, 7));
    assertThat(session).hasToString("[0, 1, 2, 3, 5, 6, 7]");
    assertThat(session.size()).isEqualTo(7);
    RGA<Integer> delta = session.takeDelta();
    assertThat(LIST.merge(LIST.insert(B, 4, 5)).merge(delta)).isEqualTo(session.value());
    assertThat(LIST.elements()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void nullIsNoElementAndTheCallersArrayIsNotKept() {
    assertThatThrownBy(() -> LIST.insertAll(A, 0, Arrays.asList(1, null)))
        .isInstanceOf(NullPointerException.class);
    Integer[] array = {1, 2};
    RGA<Integer> list = RGA.<Integer>empty().insertAll(A, 0, Arrays.asList(array));
    array[0] = 9;
    assertThat(list.elements()).containsExactly(1, 2);
  }
}
