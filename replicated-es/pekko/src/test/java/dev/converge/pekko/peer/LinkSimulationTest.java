package dev.converge.pekko.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.peer.LinkWorld.Node;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.PeerMessage;
import dev.converge.pekko.wire.RowHash;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whole nodes over a network that loses, doubles, reorders and is cut. Replay one seed with {@code
 * -Dconverge.seed=N -Dconverge.worlds=1}.
 */
class LinkSimulationTest {
  private static final int WORLDS = Integer.getInteger("converge.worlds", 12);
  private static final long SEED = Long.getLong("converge.seed", 20_261_121L);

  /** Small ones, so that limits are met. */
  static final LinkSettings SETTINGS =
      LinkSettings.DEFAULT.with(
          new LinkSettings.Limits(
              4_096, 2_000, 8_000, 60, 20_000, 10_000, 50, 6_000, 40, 5_000, 30, 8));

  /** Any faults, then none: in the end all hold the same. */
  private static void world(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int count = 3 + random.nextInt(3);
    LinkWorld world = new LinkWorld(seed, count, SETTINGS);
    world.loss = random.nextInt(3) * 0.1;
    world.doubling = random.nextInt(3) * 0.1;
    world.most = 5 + random.nextInt(3) * 40;
    world.nodes.forEach(node -> node.commitDelay = 1 + random.nextInt(20));
    for (int step = 0; step < 120; step++) {
      Node node = world.node(random.nextInt(count));
      int what = random.nextInt(100);
      if (what < 70) {
        for (int i = random.nextInt(30); i >= 0; i--) {
          world.node(random.nextInt(count)).write(random.nextInt(20) == 0 ? 5_000 : 20);
          world.run(random.nextInt(8));
        }
      } else if (what < 78) {
        world.cut(node.index(), random.nextInt(count));
      } else if (what < 82) {
        world.cuts.clear();
      } else if (what < 86) {
        world.slow.put(node.index() + "-" + random.nextInt(count), random.nextInt(800));
      } else if (what < 91) {
        node.crash();
      } else if (what < 94) {
        node.log.away(!random.nextBoolean());
      }
      if (node.machine == null && random.nextBoolean()) {
        node.start();
      }
      world.run(random.nextInt(1_500));
    }
    world.heal();
    for (Node node : world.nodes) {
      node.log.away(false);
      if (node.machine == null) {
        node.start();
      }
    }
    assertThat(world.runUntilEqual(120_000)).as("all hold the same after the faults").isTrue();
    world.run(20_000);
    for (Node node : world.nodes) {
      assertThat(node.reports).isEmpty();
      for (Node other : world.nodes) {
        if (node != other) {
          assertThat(node.membership.told.get(other.log.self())).isEqualTo(other.log.held());
        }
      }
    }
    idle(world);
  }

  /** Nobody sends more than heartbeats. */
  private static void idle(LinkWorld world) {
    world.sent.clear();
    world.run(30_000);
    int pairs = world.nodes.size() * (world.nodes.size() - 1);
    assertThat(world.sent.keySet()).containsExactly("Told");
    assertThat(world.sent.get("Told")).isLessThanOrEqualTo(pairs * 31);
  }

  @Test
  void all_logs_become_equal_after_any_faults_and_silence_follows() {
    for (long seed = SEED; seed < SEED + WORLDS; seed++) {
      try {
        world(seed);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "seed " + seed + "; replay with -Dconverge.seed=" + seed + " -Dconverge.worlds=1", e);
      }
    }
  }

  private static LinkWorld calm(int count) {
    LinkWorld world = new LinkWorld(SEED, count, SETTINGS);
    world.run(500);
    for (Node node : world.nodes) {
      for (int other = 0; other < count; other++) {
        assertThat(node.index() == other || node.isUp(other)).isTrue();
      }
    }
    return world;
  }

  @Test
  void a_commit_reaches_the_others_without_waiting_for_a_tick() {
    LinkWorld world = calm(3);
    world.most = 1;
    world.node(0).commitDelay = 1;
    world.node(1).commitDelay = 1;
    world.node(2).commitDelay = 1;
    for (int i = 0; i < 50; i++) {
      world.run(world.random.nextInt(100));
      VersionVector before = world.node(0).log.held();
      world.node(0).write(20);
      world.run(5); // the commit, the way, the other commit
      assertThat(world.node(0).log.held()).isNotEqualTo(before);
      assertThat(world.node(1).log.held()).isEqualTo(world.node(0).log.held());
      assertThat(world.node(2).log.held()).isEqualTo(world.node(0).log.held());
    }
    assertThat(world.sent).doesNotContainKeys("read", "Fetch");
  }

  /** The one that is greeted last passes over the rows that the other sends at once. */
  @Test
  void what_two_wrote_in_turn_gets_to_a_third_soon_after_a_cut() {
    for (long seed = SEED; seed < SEED + 10; seed++) {
      LinkWorld world = new LinkWorld(seed, 3, LinkSettings.DEFAULT);
      world.most = 10;
      world.run(1_000);
      world.cut(2, 0);
      world.cut(2, 1);
      for (int i = 0; i < 200; i++) {
        world.node(i % 2).write(20);
        world.run(40);
      }
      world.heal();
      while (!world.node(2).isUp(0) || !world.node(2).isUp(1)) {
        world.run(1);
      }
      assertThat(world.runUntilEqual(2_000))
          .as("all hold the same two seconds after they have met, seed %d", seed)
          .isTrue();
    }
  }

  @Test
  void what_cannot_come_directly_comes_over_the_third_node_within_a_second() {
    LinkWorld world = calm(3);
    world.cut(0, 2);
    world.run(8_000);
    for (int i = 0; i < 20; i++) {
      world.node(0).write(20);
      world.node(2).write(20);
      world.run(1_000);
      assertThat(world.node(2).log.held()).isEqualTo(world.node(0).log.held());
    }
    assertThat(world.node(0).membership.lost).containsExactly("n3");
    idle2(world);
  }

  /** The cut pair greets in vain, at longer and longer pauses. */
  private static void idle2(LinkWorld world) {
    world.run(20_000);
    world.sent.clear();
    world.run(60_000);
    assertThat(world.sent.keySet()).containsExactlyInAnyOrder("Told", "Hello");
    assertThat(world.sent.get("Hello")).isLessThan(2 * 13);
  }

  @Test
  void a_node_that_was_away_gets_a_long_log_from_the_database_in_windows() {
    LinkWorld world = calm(3);
    Node away = world.node(2);
    away.crash();
    world.run(100);
    for (int i = 0; i < 2_000; i++) {
      world.node(0).write(20);
      world.run(3);
    }
    away.start();
    assertThat(world.runUntilEqual(60_000)).isTrue();
    assertThat(world.sent.get("read")).isPositive();
  }

  @Test
  void nodes_with_long_histories_of_their_own_come_together() {
    LinkWorld world = new LinkWorld(SEED, 4, SETTINGS);
    world.nodes.forEach(node -> node.fill(1_000));
    assertThat(world.runUntilEqual(60_000)).isTrue();
  }

  @Test
  void a_lost_database_makes_another_replica_and_the_old_log_comes_back_from_the_others() {
    LinkWorld world = calm(3);
    for (int i = 0; i < 50; i++) {
      world.node(0).write(20);
      world.run(20);
    }
    world.run(500);
    world.node(0).loseDatabase();
    world.node(0).start();
    world.run(300);
    world.node(0).write(20);
    assertThat(world.runUntilEqual(10_000)).isTrue();
    ReplicaId now = world.node(0).log.self();
    assertThat(now.incarnation()).isEqualTo(2);
    assertThat(world.node(1).machine().peer("n1"))
        .extracting(peer -> peer == null ? null : peer.peering.replica())
        .isEqualTo(now);
  }

  @Test
  void own_rows_that_were_lost_are_seen_at_the_handshake_and_come_back_when_asked_for() {
    LinkWorld world = calm(3);
    for (int i = 0; i < 100; i++) {
      world.node(0).write(20);
      world.run(20);
    }
    world.run(500);
    Node node = world.node(0);
    ReplicaId self = node.log.self();
    FakeLog whole = node.log;
    node.crash();
    FakeLog backup = new FakeLog(self);
    backup.copyFrom(whole, self, 40);
    node.log = backup;
    node.start();
    world.run(500);
    assertThat(node.membership.met)
        .isNotEmpty()
        .allMatch(met -> met.ownLsn() == 100 && met.sameUpTo() == 40);
    assertThat(node.log.held().get(self)).as("nobody asked").isEqualTo(40);
    node.machine().fetch("n2", VersionVector.of(Map.of(self, 100L)));
    assertThat(world.runUntilEqual(5_000)).isTrue();
    node.write(20);
    assertThat(world.runUntilEqual(5_000)).isTrue();
  }

  @Test
  void a_log_that_was_continued_twice_is_reported_with_the_place_and_never_merged() {
    LinkWorld world = calm(3);
    for (int i = 0; i < 100; i++) {
      world.node(0).write(20);
      world.run(20);
    }
    world.run(500);
    Node node = world.node(0);
    ReplicaId self = node.log.self();
    FakeLog whole = node.log;
    node.crash();
    FakeLog backup = new FakeLog(self);
    backup.copyFrom(whole, self, 37);
    node.log = backup;
    for (int i = 0; i < 50; i++) {
      backup.write("another history " + i);
    }
    node.start();
    world.run(3_000);
    assertThat(node.membership.met)
        .isNotEmpty()
        .allMatch(met -> met.ownLsn() == 100 && met.sameUpTo() == 37);
    assertThat(node.reports)
        .isNotEmpty()
        .allMatch(
            report ->
                report.kind() == LinkReport.Kind.CONTRADICTION
                    && report.lsn() == 38
                    && report.origin().equals(self));
    LogRow there = world.node(1).log.row(self, 60).orElseThrow();
    assertThat(RowHash.of(there)).isEqualTo(RowHash.of(whole.row(self, 60).orElseThrow()));
  }

  @Test
  void a_fence_stops_confirmations_and_what_may_not_be_stored_but_not_logs() {
    LinkWorld world = calm(3);
    ReplicaId fenced = world.node(2).log.self();
    for (int i = 0; i < 2; i++) {
      world.node(i).membership.fenced.add(fenced);
      world.node(i).membership.mayNotStore.add(fenced);
      world.node(i).machine().changed();
    }
    world.run(100);
    long before = world.node(0).log.held().get(fenced);
    for (int i = 0; i < 10; i++) {
      world.node(0).write(20);
      world.node(2).write(20);
      world.run(100);
    }
    ReplicaId first = world.node(0).log.self();
    assertThat(world.node(2).log.held().get(first)).isEqualTo(10);
    assertThat(world.node(0).log.held().get(fenced)).isEqualTo(before);
    assertThat(world.node(2).membership.told.get(first)).isEqualTo(VersionVector.empty());
    world.sent.clear();
    world.run(60_000);
    assertThat(world.sent.get("Rows")).as("probes only").isLessThan(2 * 20);
    for (int i = 0; i < 2; i++) {
      world.node(i).membership.fenced.clear();
      world.node(i).membership.mayNotStore.clear();
      world.node(i).machine().changed();
    }
    assertThat(world.runUntilEqual(2_000)).as("at once when the fence is lifted").isTrue();
  }

  @Test
  void a_database_that_is_away_costs_little_and_what_was_missed_comes_when_it_is_back() {
    LinkWorld world = calm(3);
    world.node(1).log.away(true);
    for (int i = 0; i < 100; i++) {
      world.node(0).write(20);
      world.run(100);
    }
    world.sent.clear();
    world.run(60_000);
    assertThat(world.sent.getOrDefault("Rows", 0)).isLessThan(300);
    world.node(1).log.away(false);
    assertThat(world.runUntilEqual(15_000)).isTrue();
  }

  @Test
  void rows_that_were_compacted_away_are_reported_and_not_sent_for_ever() {
    LinkWorld world = calm(3);
    Node away = world.node(2);
    away.crash();
    world.run(100);
    for (int i = 0; i < 1_000; i++) {
      world.node(0).write(20);
      world.run(3);
    }
    ReplicaId self = world.node(0).log.self();
    world.node(0).log.compact(self, 500);
    world.node(1).log.compact(self, 500);
    away.start();
    world.run(30_000);
    assertThat(world.node(0).reports)
        .extracting(LinkReport::kind)
        .contains(LinkReport.Kind.COMPACTED);
    assertThat(away.log.held().get(self)).isZero();
    world.sent.clear();
    world.run(60_000);
    assertThat(world.sent.getOrDefault("Fetch", 0)).isLessThan(60);
  }

  @Test
  void a_row_that_is_damaged_at_one_node_comes_from_another() {
    LinkWorld world = calm(3);
    ReplicaId origin = world.node(0).log.self();
    world.cut(0, 2);
    world.cut(1, 2);
    world.node(0).write(20);
    world.run(6_000);
    assertThat(world.node(1).log.held().get(origin)).isEqualTo(1);
    // What n2 sends of that log is damaged; so it comes when n1 is back.
    world.mutation =
        message -> {
          if (message instanceof PeerMessage.Rows rows
              && rows.rows().stream().anyMatch(row -> row.origin().equals(origin))
              && world.cuts.contains("0-2")) {
            return new PeerMessage.Rows(
                rows.rows().stream().map(row -> TestRows.damaged(row.origin(), row.lsn())).toList(),
                rows.endsFetch());
          }
          return message;
        };
    world.cuts.remove("1-2");
    world.cuts.remove("2-1");
    world.run(20_000);
    assertThat(world.node(2).log.held().get(origin)).isZero();
    assertThat(world.node(2).reports)
        .extracting(LinkReport::kind)
        .contains(LinkReport.Kind.DAMAGED);
    world.heal();
    assertThat(world.runUntilEqual(30_000)).isTrue();
  }

  /** With rows lost, and what is under test taken away, nodes do not come together. */
  private static boolean comesTogether(
      LinkSettings settings, double loss, UnaryOperator<@Nullable PeerMessage> mutation) {
    LinkWorld world = new LinkWorld(SEED, 3, settings);
    world.run(500);
    world.mutation = mutation;
    world.loss = loss;
    for (int i = 0; i < 200; i++) {
      world.node(i % 3).write(20);
      world.run(10);
    }
    return world.runUntilEqual(240_000);
  }

  @Test
  void without_going_back_and_asking_lost_rows_stay_lost() {
    LinkSettings never =
        SETTINGS.with(
            new LinkSettings.Timing(
                20, 1_000, 5_000, 200, 10_000, 1L << 40, 1L << 40, 250, 1_000, 10_000, 50, 500,
                2_000));
    assertThat(comesTogether(SETTINGS, 0.2, message -> message)).isTrue();
    assertThat(comesTogether(SETTINGS, 0.2, LinkSimulationTest::noFetch))
        .as("going back alone is enough")
        .isTrue();
    assertThat(comesTogether(never, 0.2, message -> message)).as("asking alone is enough").isTrue();
    assertThat(comesTogether(never, 0.2, LinkSimulationTest::noFetch)).isFalse();
  }

  private static @Nullable PeerMessage noFetch(@Nullable PeerMessage message) {
    return message instanceof PeerMessage.Fetch ? null : message;
  }

  @Test
  void without_relay_a_partial_cut_keeps_nodes_apart() {
    for (boolean relays : new boolean[] {true, false}) {
      LinkWorld world = calm(3);
      world.cut(0, 2);
      world.run(8_000);
      if (!relays) {
        world.mutation = LinkSimulationTest::noFetch;
      }
      world.node(0).write(20);
      assertThat(world.runUntilEqual(10_000)).isEqualTo(relays);
    }
  }

  @Test
  void without_the_check_of_what_rows_come_after_causality_breaks() {
    String broken = "";
    try {
      comesTogether(
          SETTINGS,
          0.2,
          message ->
              message instanceof PeerMessage.Rows rows
                  ? new PeerMessage.Rows(
                      rows.rows().stream()
                          .map(
                              row ->
                                  new LogRow(
                                      row.origin(),
                                      row.lsn(),
                                      VersionVector.empty(),
                                      row.entry(),
                                      0))
                          .toList(),
                      rows.endsFetch())
                  : message);
    } catch (AssertionError e) {
      broken = String.valueOf(e.getMessage());
    }
    assertThat(broken).contains("written was");
  }
}
