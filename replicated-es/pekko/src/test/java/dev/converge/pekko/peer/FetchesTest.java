package dev.converge.pekko.peer;

import static dev.converge.pekko.peer.TestRows.A;
import static dev.converge.pekko.peer.TestRows.B;
import static dev.converge.pekko.peer.TestRows.C;
import static dev.converge.pekko.peer.TestRows.row;
import static dev.converge.pekko.peer.TestRows.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.peer.Fetches.Request;
import dev.converge.pekko.peer.Fetches.Source;
import dev.converge.pekko.wire.PeerMessage;
import dev.converge.pekko.wire.PeerMessage.Range;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FetchesTest {
  private static final ReplicaId SELF = new ReplicaId("me", 1);

  /** 10 rows a request. */
  private static final LinkSettings SETTINGS =
      LinkSettings.DEFAULT.with(
          new LinkSettings.Limits(
              4_096, 1 << 20, 1 << 20, 6, 1 << 20, 1 << 20, 20, 1 << 20, 100, 1 << 20, 10, 8));

  private final FakeLog log = new FakeLog(SELF);
  private final FakeMembership membership = new FakeMembership(log);
  private final LogReceiver receiver =
      new LogReceiver(log, membership, new RecentRows(1 << 20), SETTINGS, report -> {});
  private final Fetches fetches = new Fetches(SELF, receiver, membership, SETTINGS);
  private final Map<String, Source> sources = new TreeMap<>();

  private void up(String peer, ReplicaId replica, VersionVector held) {
    sources.put(peer, new Source(replica, held));
  }

  private static VersionVector at(ReplicaId origin, long lsn) {
    return VersionVector.of(Map.of(origin, lsn));
  }

  private static Request request(String peer, ReplicaId origin, long after, long upTo) {
    return new Request(peer, new PeerMessage.Fetch(Map.of(origin, new Range(after, upTo))));
  }

  private List<Request> plan(long now) {
    return fetches.plan(now, sources);
  }

  @Test
  void what_an_unreachable_origin_has_is_asked_of_who_has_it_at_once_page_by_page() {
    up("b", B, at(A, 25));
    assertThat(plan(0)).containsExactly(request("b", A, 0, 10));
    assertThat(plan(1)).as("one at a time").isEmpty();
    receiver.offer("b", rows(A, 1, 10));
    fetches.answered("b", 5);
    assertThat(plan(5)).containsExactly(request("b", A, 10, 20));
    receiver.offer("b", rows(A, 11, 20));
    fetches.answered("b", 6);
    assertThat(plan(6)).containsExactly(request("b", A, 20, 25));
    receiver.offer("b", rows(A, 21, 25));
    assertThat(plan(7)).isEmpty();
  }

  @Test
  void a_reachable_origin_has_a_while_to_send_it_itself() {
    up("a", A, at(A, 5));
    up("b", B, at(A, 5));
    assertThat(plan(0)).isEmpty();
    assertThat(plan(249)).isEmpty();
    receiver.offer("a", rows(A, 1, 2));
    assertThat(plan(250)).as("it does").isEmpty();
    assertThat(plan(499)).isEmpty();
    assertThat(plan(500)).hasSize(1);
  }

  @Test
  void who_does_not_answer_is_not_asked_again_before_another() {
    up("b", B, at(A, 5));
    up("c", C, at(A, 5));
    String first = plan(0).get(0).peer();
    assertThat(plan(999)).isEmpty();
    String second = plan(2_100).get(0).peer();
    assertThat(second).isNotEqualTo(first);
    int requests = 0;
    for (long now = 2_101; now < 600_000; now++) {
      requests += plan(now).size();
    }
    assertThat(requests).isLessThan(70);
  }

  @Test
  void what_a_row_comes_after_is_asked_of_its_sender_first() {
    up("b", B, VersionVector.empty());
    up("c", C, VersionVector.empty());
    receiver.offer("c", List.of(row(B, 1, at(A, 3))));
    assertThat(plan(0)).containsExactly(request("c", A, 0, 3));
  }

  @Test
  void what_a_row_comes_after_does_not_narrow_what_is_asked_for() {
    up("a", A, at(A, 9));
    up("b", B, at(A, 9));
    // Logs that two wrote in turn: each row comes after some of the other's.
    receiver.offer("b", List.of(row(B, 1, at(A, 2)), row(B, 2, at(A, 4)), row(B, 3, at(A, 6))));
    assertThat(plan(0)).isEmpty();
    assertThat(plan(250)).containsExactly(request("b", A, 0, 9));
  }

  @Test
  void behind_a_page_of_what_does_not_come_by_itself_the_next_is_asked_for_at_once() {
    up("a", A, at(A, 25));
    assertThat(plan(0)).isEmpty();
    assertThat(plan(250)).containsExactly(request("a", A, 0, 10));
    receiver.offer("a", rows(A, 1, 10));
    fetches.answered("a", 260);
    assertThat(plan(260)).containsExactly(request("a", A, 10, 20));
  }

  @Test
  void of_a_gap_only_the_gap_is_asked_for() {
    up("b", B, at(A, 9));
    receiver.offer("b", rows(A, 1, 2));
    receiver.offer("b", rows(A, 5, 9));
    assertThat(plan(0)).containsExactly(request("b", A, 2, 4));
  }

  @Test
  void what_may_not_be_stored_or_is_the_own_log_is_not_asked_for() {
    membership.mayNotStore.add(A);
    up("b", B, VersionVector.of(Map.of(A, 9L, SELF, 4L)));
    assertThat(plan(0)).isEmpty();
    fetches.goal("b", at(SELF, 3));
    assertThat(plan(1)).containsExactly(request("b", SELF, 0, 3));
  }

  @Test
  void a_goal_is_asked_of_that_peer_only_until_it_is_reached_or_the_peer_is_lost() {
    up("a", A, at(A, 9));
    up("b", B, at(A, 9));
    fetches.goal("b", at(A, 4));
    assertThat(plan(0)).containsExactly(request("b", A, 0, 4));
    assertThat(plan(5_000)).containsExactly(request("b", A, 0, 4));
    fetches.restarted("b");
    assertThat(plan(20_000)).containsExactly(request("b", A, 0, 4));
    fetches.lost("b");
    sources.remove("b");
    sources.remove("a");
    assertThat(plan(60_000)).isEmpty();
  }
}
