package dev.converge.pekko.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private static final ReplicaId N1 = ReplicaId.of("n1");
  private static final ReplicaId N2 = ReplicaId.of("n2");

  /** Three of n1 at 10, 20, 30 and two of n2 at 5, 7; positions as they came. */
  private static Places five() {
    Places places = new Places(VersionVector.empty(), VersionVector.empty(), 0);
    add(places, N1, 1, 10, 1);
    add(places, N2, 1, 5, 2);
    add(places, N1, 2, 20, 4);
    add(places, N2, 2, 7, 6);
    add(places, N1, 3, 30, 9);
    return places;
  }

  private static void add(Places places, ReplicaId replica, long sequence, long lsn, long at) {
    places.add(new Dot(replica, sequence), time(at), lsn, at);
  }

  private static HybridTimestamp time(long millis) {
    return new HybridTimestamp(millis, 0);
  }

  private static VersionVector vector(long n1, long n2) {
    return VersionVector.empty().with(N1, n1).with(N2, n2);
  }

  @Test
  void places_in_logs_become_dots_and_dots_places() {
    Places places = five();
    assertThat(places.dotsUpTo(vector(25, 4))).isEqualTo(vector(2, 0));
    assertThat(places.dotsUpTo(vector(30, 7))).isEqualTo(vector(3, 2));
    assertThat(places.lsnsOf(vector(2, 1))).isEqualTo(vector(20, 5));
    assertThat(places.exactlyUpTo(vector(0, 5))).isEqualTo(vector(0, 1));
  }

  @Test
  void of_what_has_left_memory_the_last_place_is_known() {
    Places places = five();
    places.release(vector(2, 1));
    assertThat(places.covered()).isEqualTo(vector(20, 5));
    assertThat(places.lsnsOf(vector(2, 2))).isEqualTo(vector(20, 7));
    assertThat(places.dotsUpTo(vector(20, 6))).isEqualTo(vector(2, 1));
    assertThat(places.dotsUpTo(vector(15, 6))).isEqualTo(vector(0, 1));
    assertThat(places.stableUpTo(vector(15, 0))).isEqualTo(vector(2, 1));
    assertThat(places.exactlyUpTo(vector(15, 6))).as("the journal must be asked").isNull();
    assertThat(places.exactlyUpTo(vector(0, 6))).isEqualTo(vector(0, 1));
  }

  @Test
  void the_journal_is_read_from_the_first_row_that_is_still_in_memory() {
    Places places = five();
    assertThat(places.startPosition()).isZero();
    places.release(vector(1, 1));
    assertThat(places.startPosition()).isEqualTo(3);
    places.release(vector(3, 2));
    assertThat(places.startPosition()).isEqualTo(9);
    places.passed(12);
    assertThat(places.startPosition()).isEqualTo(12);
  }

  @Test
  void own_events_learn_their_places_in_order_and_rows_that_are_known_are_known() {
    Places places = five();
    places.add(new Dot(N1, 4), time(10), 0, 0);
    places.add(new Dot(N1, 5), time(11), 0, 0);
    assertThat(places.startPosition()).as("nothing behind it is sure").isZero();
    assertThat(places.lsnsOf(vector(5, 0)).get(N1)).isZero();
    assertThat(places.knows(N1, 30, 9, N1)).isTrue();
    assertThat(places.knows(N2, 7, 6, N1)).isTrue();
    assertThat(places.knows(N2, 8, 10, N1)).isFalse();
    assertThat(places.knows(N1, 31, 11, N1)).isTrue();
    assertThat(places.lsnsOf(vector(4, 0)).get(N1)).isEqualTo(31);
    assertThat(places.knows(N1, 35, 12, N1)).isTrue();
    assertThat(places.lsnsOf(vector(5, 0)).get(N1)).isEqualTo(35);
    assertThat(places.knows(N1, 36, 13, N1)).as("one that was not made here").isFalse();
  }

  @Test
  void an_unknown_place_in_front_of_a_known_one_counts_as_standing_there() {
    Places places = new Places(VersionVector.empty(), VersionVector.empty(), 0);
    places.add(new Dot(N1, 1), time(1), 0, 1);
    places.add(new Dot(N1, 2), time(2), 0, 2);
    assertThat(places.dotsUpTo(vector(100, 0))).isEqualTo(VersionVector.empty());
    places.add(new Dot(N1, 3), time(3), 9, 3);
    assertThat(places.dotsUpTo(vector(8, 0))).isEqualTo(VersionVector.empty());
    assertThat(places.dotsUpTo(vector(9, 0))).isEqualTo(vector(3, 0));
  }

  @Test
  void what_waits_for_finality_and_what_leaves_next_is_known() {
    Places places = five();
    assertThat(places.firstAfter(time(4))).isEqualTo(time(6));
    assertThat(places.firstAfter(time(9))).isNull();
    assertThat(places.head()).isEqualTo(new Places.Head(N1, time(1), 10));
    places.release(vector(1, 0));
    assertThat(places.head()).isEqualTo(new Places.Head(N2, time(2), 5));
    assertThat(places.areUpTo(vector(2, 1), time(4))).isTrue();
    assertThat(places.areUpTo(vector(2, 2), time(4))).isFalse();
    assertThat(places.areUpTo(vector(4, 0), time(99))).as("not here").isFalse();
  }
}
