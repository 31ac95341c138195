package dev.converge.node.cluster.topology;

import static java.util.Comparator.naturalOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.node.cluster.topology.Membership.Seat;
import dev.converge.node.cluster.topology.Membership.Standing;
import dev.converge.node.cluster.topology.TopologyEffect.JoinPeers;
import dev.converge.node.cluster.topology.TopologyEffect.JoinSelf;
import dev.converge.node.cluster.topology.TopologyEffect.Replace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The rows of the table in {@link Topology}, one by one. */
class TopologyTest {
  private static final UUID X = new UUID(0, 10);
  private static final UUID Y = new UUID(0, 20);
  private static final long ME = 200;

  private Topology node = Topology.start("node-2", TopologySettings.DEFAULT, 0, ME);
  private final List<TopologyEffect> effects = new ArrayList<>();
  private List<PeerReport> answering = List.of();

  @Test
  void outsideItJoinsThePeersThatAreInAndAsksAgainUntilItIsLetIn() {
    sees(in("node-1", 100, X, 100, 300), in("node-3", 300, X, 100, 300));
    until(200);
    assertThat(effects).containsExactly(new JoinPeers(List.of("node-1", "node-3")));
    until(5_000);
    assertThat(effects).hasSize(1);
    until(5_200);
    assertThat(effects).hasSize(2);
    member(100, 300, ME);
    sees(in("node-1", 100, X, 100, ME, 300), in("node-3", 300, X, 100, ME, 300));
    until(5_400);
    assertThat(node.phase()).isEqualTo(new Phase.In(X));
    until(30_000);
    assertThat(effects).hasSize(2);
  }

  @Test
  void outsideItJoinsTheGreatestOfSeveralClustersOnly() {
    sees(in("node-1", 100, X, 100), in("node-3", 300, Y, 300, 400), in("node-4", 400, Y, 300, 400));
    until(200);
    assertThat(effects).containsExactly(new JoinPeers(List.of("node-3", "node-4")));
  }

  @Test
  void outsideItTurnsAtOnceWhenTheClusterItAskedIsGoneAndAnotherIsThere() {
    sees(in("node-1", 100, X, 100));
    until(200);
    sees(in("node-1", 101, Y, 101));
    until(400);
    assertThat(effects).hasSize(2);
  }

  @Test
  void theLowestReachableNameFoundsAClusterAfterTheGraceTime() {
    sees(out("node-3", 300));
    until(2_800);
    assertThat(effects).isEmpty();
    until(3_000);
    assertThat(effects).containsExactly(new JoinSelf());
    member(ME);
    until(3_200);
    assertThat(node.report().clusterId()).isEqualTo(fresh(3_200));
  }

  @Test
  void aNodeThatReachesNobodyBecomesAnIsland() {
    until(3_000);
    assertThat(effects).containsExactly(new JoinSelf());
  }

  @Test
  void aHigherNameWaitsForTheLowerOneToFoundTheCluster() {
    sees(out("node-1", 100));
    until(60_000);
    assertThat(effects).isEmpty();
    sees();
    until(62_600);
    assertThat(effects).containsExactly(new JoinSelf());
  }

  @Test
  void afterAPauseOfTheProcessTheGraceTimeBeginsAnew() {
    until(1_000);
    step(new TopologyInput.Tick(60_000, X));
    assertThat(effects).isEmpty();
    step(new TopologyInput.Tick(62_000, X));
    step(new TopologyInput.Tick(63_000, X));
    assertThat(effects).containsExactly(new JoinSelf());
  }

  @Test
  void insideItDoesNothingAboutPeersThatDoNotAnswerOrAreOut() {
    in(X, 100, 300, ME);
    sees(out("node-1", 101));
    until(600_000);
    assertThat(effects).isEmpty();
    assertThat(node.phase()).isEqualTo(new Phase.In(X));
  }

  @Test
  void itGivesWayToAClusterWithMoreMembersOnceThatLasts() {
    in(X, ME);
    sees(in("node-3", 300, Y, 300, 400));
    until(node.now() + 1_800);
    assertThat(effects).isEmpty();
    until(node.now() + 400);
    assertThat(effects).hasSize(1).first().isInstanceOf(Replace.class);
    assertThat(node.phase()).isInstanceOf(Phase.Merging.class);
    until(node.now() + 60_000);
    assertThat(effects).hasSize(1);
    step(new TopologyInput.SystemStarted(node.now(), 201));
    until(node.now() + 200);
    assertThat(effects.get(1)).isEqualTo(new JoinPeers(List.of("node-3")));
  }

  @Test
  void ofTwoClustersOfOneSizeTheOneWithTheLowerNameStays() {
    in(X, ME);
    sees(in("node-3", 300, Y, 300));
    until(60_000);
    assertThat(effects).isEmpty();
    sees(in("node-1", 100, Y, 100));
    until(63_000);
    assertThat(effects).hasSize(1).first().isInstanceOf(Replace.class);
  }

  @Test
  void bothSidesOfAMeetingAgreeWhoGivesWay() {
    for (UUID theirs : List.of(X, Y)) {
      Topology one = entered(Topology.start("node-1", TopologySettings.DEFAULT, 0, 100), Y, 100);
      Topology two = entered(Topology.start("node-2", TopologySettings.DEFAULT, 0, ME), theirs, ME);
      assertThat(givesWay(one, two.report())).isFalse();
      assertThat(givesWay(two, one.report())).isTrue();
    }
  }

  @Test
  void itGivesWayWhenAPeerHasQuarantinedIt() {
    in(X, 100, ME);
    sees(in("node-1", 100, X, 100, ME));
    step(new TopologyInput.Quarantined(ME, 100));
    until(node.now() + 1_400);
    assertThat(effects).hasSize(1).first().isInstanceOf(Replace.class);
    step(new TopologyInput.SystemStarted(node.now(), 201));
    assertThat(node.quarantinedBy()).isEmpty();
  }

  @Test
  void ofTwoThatHaveQuarantinedEachOtherOnlyOneGivesWay() {
    in(X, ME, 300);
    PeerReport mutual =
        new PeerReport(
            "node-3", Phase.Name.IN, X, 300, seats(ME, 300), rank(X, ME, 300), Set.of(ME));
    sees(mutual);
    step(new TopologyInput.Quarantined(ME, 300));
    until(60_000);
    assertThat(effects).isEmpty();
  }

  @Test
  void aQuarantineByASystemThatIsNoMoreIsForgiven() {
    in(X, 100, ME);
    step(new TopologyInput.Quarantined(ME, 100));
    member(101, ME);
    sees(in("node-1", 101, X, 101, ME));
    until(60_000);
    assertThat(effects).isEmpty();
  }

  @Test
  void itComesBackWhenAFellowMemberHasDroppedIt() {
    in(X, 100, ME);
    sees(in("node-1", 100, X, 100));
    until(node.now() + 7_800);
    assertThat(effects).isEmpty();
    until(node.now() + 600);
    assertThat(effects).hasSize(1).first().isInstanceOf(Replace.class);
  }

  @Test
  void itWaitsForTheNewsWhileAThirdMemberIsTogetherWithBoth() {
    in(X, 100, ME, 300);
    sees(in("node-1", 100, X, 100, 300), in("node-3", 300, X, 100, ME, 300));
    until(120_000);
    assertThat(effects).isEmpty();
  }

  @Test
  void ofTwoOfWhomOneHasDroppedTheOtherTheOneThatSpeaksForFewerGivesWay() {
    in(X, ME, 300);
    PeerReport alone =
        new PeerReport("node-1", Phase.Name.IN, X, 100, seats(100, ME), rank(X, 100), Set.of());
    sees(alone, in("node-3", 300, X, ME, 300));
    until(120_000);
    assertThat(effects).isEmpty();
  }

  @Test
  void itStartsAnewWhenItsOwnSystemWasRemoved() {
    in(X, 100, ME);
    step(new TopologyInput.MembershipSeen(new Membership(ME, Standing.GONE, seats(100))));
    until(node.now() + 200);
    assertThat(effects).hasSize(1).first().isInstanceOf(Replace.class);
  }

  @Test
  void fellowMembersTakeTheLowerOfTwoClusterIds() {
    in(Y, 100, ME);
    sees(in("node-1", 100, X, 100, ME));
    until(node.now() + 200);
    assertThat(node.phase()).isEqualTo(new Phase.In(X));
    assertThat(effects).isEmpty();
  }

  @Test
  void eachMergeThatDoesNotBringAllTogetherDoublesTheNextHoldUntilOneDoes() {
    in(X, 100, ME);
    sees(in("node-1", 100, X, 100));
    until(60_000);
    assertThat(effects).hasSize(1);
    assertThat(node.merges()).isEqualTo(1);
    step(new TopologyInput.SystemStarted(60_000, 201));
    step(new TopologyInput.MembershipSeen(new Membership(201, Standing.MEMBER, seats(100, 201))));
    node = node.at(60_000, new Phase.In(X), Map.of(), node.merges());
    effects.clear();
    until(60_000 + 16_000);
    assertThat(effects).isEmpty();
    sees(in("node-1", 100, X, 100, 201));
    until(60_000 + 16_400);
    assertThat(node.merges()).isZero();
  }

  @Test
  void newsOfAnEarlierSystemIsIgnored() {
    in(X, ME);
    step(new TopologyInput.Quarantined(199, 100));
    step(new TopologyInput.MembershipSeen(new Membership(199, Standing.GONE, List.of())));
    assertThat(node.quarantinedBy()).isEmpty();
    assertThat(node.membership().standing()).isEqualTo(Standing.MEMBER);
  }

  @Test
  void aNodeThatIsNotLetInTriesAgainWithANewSystem() {
    sees(in("node-1", 100, X, 100));
    until(60_000);
    assertThat(effects).hasSize(12).allMatch(JoinPeers.class::isInstance);
    until(60_400);
    assertThat(effects).hasSize(13).last().isInstanceOf(Replace.class);
  }

  @Test
  void aNodeThatIsOutTakesANewSystemWhenItsOwnIsQuarantined() {
    sees(in("node-1", 100, X, 100));
    step(new TopologyInput.Quarantined(ME, 100));
    until(1_400);
    assertThat(effects).last().isInstanceOf(Replace.class);
  }

  // ---- a small language for the above ----

  private void step(TopologyInput input) {
    Topology.Step step = node.step(input);
    node = step.state();
    effects.addAll(step.effects());
  }

  /** Ticks every 200 ms; peers answer at each. */
  private void until(long time) {
    for (long now = node.now() + 200; now <= time; now += 200) {
      for (PeerReport report : answering) {
        step(new TopologyInput.PeerAnswered(now, report));
      }
      step(new TopologyInput.Tick(now, fresh(now)));
    }
  }

  private void sees(PeerReport... reports) {
    answering = List.of(reports);
  }

  private void member(long... uids) {
    step(
        new TopologyInput.MembershipSeen(
            new Membership(node.membership().uid(), Standing.MEMBER, seats(uids))));
  }

  private void in(UUID id, long... uids) {
    node = entered(node, id, uids);
  }

  private static Topology entered(Topology node, UUID id, long... uids) {
    Membership membership = new Membership(node.membership().uid(), Standing.MEMBER, seats(uids));
    return node.step(new TopologyInput.MembershipSeen(membership))
        .state()
        .at(node.now(), new Phase.In(id), node.troubles(), 0);
  }

  private static boolean givesWay(Topology node, PeerReport peer) {
    boolean replaced = false;
    Topology state = node;
    for (long now = 200; now <= 6_000 && !replaced; now += 200) {
      state = state.step(new TopologyInput.PeerAnswered(now, peer)).state();
      Topology.Step step = state.step(new TopologyInput.Tick(now, fresh(now)));
      state = step.state();
      replaced = !step.effects().isEmpty();
    }
    return replaced;
  }

  private static UUID fresh(long now) {
    return new UUID(1, now);
  }

  private static PeerReport out(String name, long uid) {
    return new PeerReport(name, Phase.Name.OUT, null, uid, List.of(), null, Set.of());
  }

  private static PeerReport in(String name, long uid, UUID id, long... uids) {
    return new PeerReport(name, Phase.Name.IN, id, uid, seats(uids), rank(id, uids), Set.of());
  }

  private static ClusterRank rank(UUID id, long... uids) {
    return new ClusterRank(
        uids.length, seats(uids).stream().map(Seat::name).min(naturalOrder()).orElseThrow(), id);
  }

  /** The system with id 301 or 300 is one of node-3, and so on. */
  private static List<Seat> seats(long... uids) {
    return Arrays.stream(uids).mapToObj(uid -> new Seat("node-" + uid / 100, uid)).toList();
  }
}
