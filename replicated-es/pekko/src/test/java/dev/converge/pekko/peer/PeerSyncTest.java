package dev.converge.pekko.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.PeerMessage;
import dev.converge.pekko.wire.VectorForm;
import dev.converge.pekko.wire.WireException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PeerSyncTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");

  private static PeerSync node(ReplicaId self, String... peers) {
    PeerSync sync = new PeerSync(self, new TreeSet<>(Set.of(self)), Set.of(peers));
    sync.indexComplete();
    return sync;
  }

  private static VersionVector vector(ReplicaId replica, long sequence) {
    return VersionVector.of(Map.of(replica, sequence));
  }

  @Test
  void equal_nodes_say_one_number_a_tick_and_no_more() {
    PeerSync a = node(A, "b");
    PeerSync b = node(B, "a");
    a.found("cart|1", vector(A, 3));
    b.found("cart|1", vector(A, 3));
    a.tick();
    List<PeerSync.Action> said = a.tick();
    assertThat(said).hasSize(1);
    PeerSync.Action.Send root = (PeerSync.Action.Send) said.get(0);
    assertThat(root.message()).isInstanceOf(PeerMessage.IndexRoot.class);
    assertThat(b.receive("a", root.message())).isEmpty();
    assertThat(b.tick()).noneMatch(PeerSyncTest::isRoot);
  }

  private static boolean isRoot(PeerSync.Action action) {
    return action instanceof PeerSync.Action.Send send
        && send.message() instanceof PeerMessage.IndexRoot;
  }

  @Test
  void a_question_about_an_entity_that_both_hold_alike_wakes_nobody() {
    PeerSync a = node(A, "b");
    a.found("cart|1", vector(A, 3));
    assertThat(
            a.receive(
                "b", new PeerMessage.Digest("cart", "1", VectorForm.write(vector(A, 3)), true)))
        .isEmpty();
  }

  @Test
  void an_entity_that_is_not_here_is_asked_for_without_waking_anything() {
    PeerSync a = node(A, "b");
    assertThat(
            a.receive(
                "b", new PeerMessage.Digest("cart", "1", VectorForm.write(vector(B, 3)), true)))
        .containsExactly(
            new PeerSync.Action.Send("b", new PeerMessage.Digest("cart", "1", Map.of(), false)));
  }

  @Test
  void nonsense_is_refused_with_what_is_wrong() {
    PeerSync a = node(A, "b");
    assertThatThrownBy(() -> a.receive("b", new PeerMessage.IndexBuckets(List.of(1L))))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("1 buckets");
    assertThatThrownBy(() -> a.receive("b", new PeerMessage.IndexEntries(List.of(256), Map.of())))
        .isInstanceOf(WireException.class);
    assertThatThrownBy(
            () -> a.receive("b", new PeerMessage.Digest("cart", "1", Map.of("a", -1L), true)))
        .isInstanceOf(WireException.class);
    assertThatThrownBy(() -> a.receive("b", new PeerMessage.Hello("no/name", List.of())))
        .isInstanceOf(WireException.class);
  }

  /** A node whose entities are just vectors. */
  private static final class TestNode {
    final String name;
    final PeerSync sync;
    final Map<String, VersionVector> held = new TreeMap<>();

    TestNode(String name) {
      this.name = name;
      List<String> peers = new ArrayList<>(List.of("a", "b", "c"));
      peers.remove(name);
      this.sync = node(ReplicaId.of(name), peers.toArray(String[]::new));
    }

    VersionVector vector(String key) {
      return held.getOrDefault(key, VersionVector.empty());
    }

    /** What the node sends, its entities' answers included. */
    List<Letter> act(List<PeerSync.Action> actions, TestNode sender) {
      List<Letter> letters = new ArrayList<>();
      for (PeerSync.Action action : actions) {
        if (action instanceof PeerSync.Action.Send send) {
          letters.add(new Letter(name, send.peer(), send.message()));
        } else if (action instanceof PeerSync.Action.StartSync start) {
          letters.add(new Letter(name, start.peer(), digest(start.key(), true)));
        } else if (action instanceof PeerSync.Action.Deliver deliver) {
          if (deliver.message() instanceof PeerMessage.Digest digest) {
            VersionVector theirs = VectorForm.read(digest.vector());
            if (!theirs.covers(vector(deliver.key()))) {
              letters.add(new Letter(name, deliver.from(), events(deliver.key())));
            }
            if (digest.mutual() && !vector(deliver.key()).covers(theirs)) {
              letters.add(new Letter(name, deliver.from(), digest(deliver.key(), false)));
            }
          } else {
            held.merge(deliver.key(), sender.vector(deliver.key()), VersionVector::merge);
            sync.committed(deliver.key(), vector(deliver.key()));
          }
        }
      }
      return letters;
    }

    private PeerMessage digest(String key, boolean mutual) {
      return new PeerMessage.Digest(
          Keys.typeOf(key), Keys.idOf(key), VectorForm.write(vector(key)), mutual);
    }
  }

  private record Letter(String from, String to, PeerMessage message) {}

  private static PeerMessage events(String key) {
    return new PeerMessage.Events(Keys.typeOf(key), Keys.idOf(key), List.of(), false);
  }

  @Test
  void any_holdings_become_equal_over_a_chain_that_loses_messages() {
    long seed = Long.getLong("converge.seed", 7L);
    for (int round = 0; round < 200; round++) {
      Random random = new Random(seed + round);
      List<TestNode> nodes = List.of(new TestNode("a"), new TestNode("b"), new TestNode("c"));
      for (int i = 0; i < 40; i++) {
        TestNode writer = nodes.get(random.nextInt(3));
        VersionVector more = vector(ReplicaId.of(writer.name), 1 + random.nextInt(4));
        writer.held.merge("cart|" + random.nextInt(12), more, VersionVector::merge);
      }
      nodes.forEach(node -> node.held.forEach(node.sync::found));
      for (int tick = 0; tick < 200 && !allEqual(nodes); tick++) {
        Deque<Letter> letters = new ArrayDeque<>();
        nodes.forEach(node -> letters.addAll(node.act(node.sync.tick(), node)));
        while (!letters.isEmpty()) {
          Letter letter = letters.remove();
          // The first and the last never talk directly.
          boolean cut = Set.of(letter.from(), letter.to()).equals(Set.of("a", "c"));
          if (!cut && random.nextInt(4) > 0) {
            TestNode to = named(nodes, letter.to());
            letters.addAll(
                to.act(
                    to.sync.receive(letter.from(), letter.message()), named(nodes, letter.from())));
          }
        }
      }
      assertThat(allEqual(nodes)).as("seed %d", seed + round).isTrue();
    }
  }

  private static TestNode named(List<TestNode> nodes, String name) {
    return nodes.stream().filter(node -> node.name.equals(name)).findFirst().orElseThrow();
  }

  private static boolean allEqual(List<TestNode> nodes) {
    return nodes.stream().map(node -> node.held).distinct().count() == 1;
  }
}
