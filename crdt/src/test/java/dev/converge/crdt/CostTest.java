package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
import org.junit.jupiter.api.Test;

/** Operations and deltas do not walk the state: counted in looks at elements, not in time. */
class CostTest {
  private static final int SIZE = 50_000;
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");

  /** An element that counts how often it is looked at. */
  private static final class Element {
    private static int looks;
    private final int number;

    Element(int number) {
      this.number = number;
    }

    @Override
    public boolean equals(Object o) {
      looks++;
      return o instanceof Element other && number == other.number;
    }

    @Override
    public int hashCode() {
      looks++;
      return number;
    }
  }

  private static int looksOf(Runnable action) {
    Element.looks = 0;
    action.run();
    return Element.looks;
  }

  private static ORSet<Element> setOf(ReplicaId replica, int size) {
    ORSet<Element> set = ORSet.empty();
    for (int i = 0; i < size; i++) {
      set = set.merge(set.add(replica, new Element(i)));
    }
    return set;
  }

  @Test
  void aDeltaOfOneElementTouchesFewElementsOfALargeSet() {
    ORSet<Element> set = setOf(A, SIZE);
    ORSet<Element> other = set;
    Element one = new Element(4_711);
    ORSet<Element> removal = set.remove(one);
    ORSet<Element> add = set.add(B, new Element(SIZE));
    assertThat(looksOf(() -> set.add(A, one))).isLessThan(20);
    assertThat(looksOf(() -> set.remove(one))).isLessThan(20);
    assertThat(looksOf(() -> other.merge(removal))).isLessThan(50);
    assertThat(looksOf(() -> other.merge(add))).isLessThan(50);
    assertThat(looksOf(() -> add.merge(other))).isLessThan(50);
  }

  @Test
  void mergingADescendantTouchesOnlyWhatDiffers() {
    ORSet<Element> set = setOf(A, SIZE);
    ORSet<Element> mine = set.merge(set.remove(new Element(1)));
    ORSet<Element> theirs = set.merge(set.add(B, new Element(SIZE)));
    assertThat(looksOf(() -> mine.merge(theirs))).isLessThan(100);
  }

  @Test
  void aDeltaForOneKeyOfALargeMapTouchesThatKeyAlone() {
    ORMap<Element, ORSet<Element>> map = ORMap.empty(ORSet.type());
    for (int i = 0; i < 5_000; i++) {
      Element key = new Element(i % 50);
      Element element = new Element(i);
      map = map.merge(map.update(key, s -> s.add(A, element)));
    }
    ORMap<Element, ORSet<Element>> state = map;
    ORMap<Element, ORSet<Element>> delta =
        state.update(new Element(7), s -> s.add(A, new Element(9)));
    assertThat(looksOf(() -> state.update(new Element(7), s -> s.add(A, new Element(9)))))
        .isLessThan(60);
    assertThat(looksOf(() -> state.merge(delta))).isLessThan(60);
  }
}
