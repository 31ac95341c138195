package dev.converge.pekko.peer;

import static dev.converge.pekko.peer.TestRows.A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.peer.Peering.State;
import dev.converge.pekko.wire.PeerMessage.Hello;
import dev.converge.pekko.wire.PeerMessage.Told;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PeeringTest {
  private static final long MINE = 77;

  private final Peering peering = new Peering(LinkSettings.DEFAULT, new SplittableRandom(1));
  private long number;

  private Hello hello(long answers) {
    Told state = new Told(++number, 0, VersionVector.empty(), true, Map.of(), 0);
    return new Hello(answers, true, 5, state, null, new byte[0]);
  }

  private void up(long now) {
    assertThat(peering.hello(A, 1, hello(MINE), MINE, now)).isTrue();
    peering.answers();
    peering.up(now);
  }

  @Test
  void attempts_go_on_for_ever_at_longer_and_longer_pauses_with_jitter() {
    long attempts = 0;
    for (long now = 0; now < 1_000_000; now++) {
      attempts += peering.helloIsDue(now) ? 1 : 0;
    }
    assertThat(attempts).isBetween(100L, 215L);
  }

  @Test
  void the_states_follow_the_table() {
    assertThat(peering.state()).isEqualTo(State.DOWN);
    assertThat(peering.isReachable(0)).isFalse();
    peering.hello(A, 1, hello(0), MINE, 100);
    assertThat(peering.state()).isEqualTo(State.GREETING);
    assertThat(peering.wantsAnswer()).isTrue();
    up(200);
    assertThat(peering.isUp()).isTrue();
    assertThat(peering.helloIsDue(1_000_000)).as("who is up is not greeted").isFalse();
    peering.hello(A, 1, hello(MINE), MINE, 300);
    assertThat(peering.isUp()).as("it only lacks an answer").isTrue();
    peering.hello(A, 1, hello(0), MINE, 400);
    assertThat(peering.state()).as("it forgot me").isEqualTo(State.GREETING);
    up(500);
    peering.hello(A, 2, hello(0), MINE, 600);
    assertThat(peering.state()).as("it began anew").isEqualTo(State.GREETING);
    assertThat(peering.hello(A, 1, hello(MINE), MINE, 700)).as("its former life").isFalse();
    assertThat(peering.isLost(5_599)).isFalse();
    assertThat(peering.isLost(5_600)).isTrue();
    assertThat(peering.state()).isEqualTo(State.DOWN);
    assertThat(peering.endMet()).isTrue();
    assertThat(peering.endMet()).isFalse();
    assertThat(peering.replica()).isEqualTo(A);
  }

  @Test
  void another_incarnation_is_another_replica() {
    up(0);
    ReplicaId reborn = new ReplicaId("a", 2);
    peering.hello(reborn, 2, hello(0), MINE, 100);
    assertThat(peering.replica()).isEqualTo(reborn);
    assertThat(peering.isUp()).isFalse();
    assertThat(peering.heard(A, 1, 200)).isFalse();
    assertThat(peering.heard(reborn, 2, 200)).isTrue();
  }

  @Test
  void doubled_and_late_greetings_and_news_are_passed_over() {
    Hello first = hello(MINE);
    assertThat(peering.hello(A, 1, first, MINE, 0)).isTrue();
    assertThat(peering.hello(A, 1, first, MINE, 1)).isFalse();
    Told later = new Told(9, 0, VersionVector.of(Map.of(A, 3L)), true, Map.of(), 0);
    Told earlier = new Told(8, 0, VersionVector.of(Map.of(A, 2L)), true, Map.of(), 0);
    assertThat(peering.told(later)).isTrue();
    assertThat(peering.told(earlier)).isFalse();
    assertThat(peering.held()).isEqualTo(later.held());
  }

  @Test
  void who_speaks_as_if_it_knew_me_is_greeted_soon_but_not_at_each_word() {
    long now = 0;
    for (; now < 100_000; now++) {
      peering.helloIsDue(now);
    }
    int greetings = 0;
    for (; now < 102_000; now++) {
      assertThat(peering.heard(A, 1, now)).isFalse();
      greetings += peering.helloIsDue(now) ? 1 : 0;
    }
    assertThat(greetings).isBetween(5, 11);
  }

  @Test
  void heartbeats_come_when_nothing_else_was_told() {
    up(0);
    assertThat(peering.heartbeatIsDue(999)).isFalse();
    assertThat(peering.heartbeatIsDue(1_000)).isTrue();
    peering.told(1_000);
    assertThat(peering.heartbeatIsDue(1_999)).isFalse();
  }

  @Test
  void a_clock_that_is_off_is_said_once_and_the_way_does_not_count() {
    ClockWatch watch = new ClockWatch(2_000);
    assertThat(watch.skew()).isEmpty();
    assertThat(watch.sample(10_000, 10_300)).isFalse();
    assertThat(watch.sample(11_000, 11_010)).isFalse();
    assertThat(watch.skew()).hasValue(-10);
    assertThat(watch.sample(20_000, 17_000)).isTrue();
    assertThat(watch.isOff()).isTrue();
    assertThat(watch.sample(21_000, 18_000)).isFalse();
    for (int i = 0; i < 7; i++) {
      assertThat(watch.sample(22_000, 22_001)).isFalse();
    }
    assertThat(watch.sample(23_000, 23_001)).as("right again").isTrue();
    for (int i = 0; i < 8; i++) {
      watch.sample(0, 50_000);
    }
    assertThat(watch.isOff()).as("behind").isTrue();
    assertThat(watch.sample(Long.MIN_VALUE, 50_000)).isFalse();
  }

  @Test
  void first_messages_that_waited_for_a_node_that_starts_say_nothing_of_clocks() {
    ClockWatch watch = new ClockWatch(2_000);
    for (int i = 1; i < 8; i++) {
      assertThat(watch.sample(10_000, 17_000)).as("message %d", i).isFalse();
    }
    assertThat(watch.sample(18_000, 18_001)).isFalse();
    assertThat(watch.isOff()).isFalse();
  }
}
