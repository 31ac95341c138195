package dev.converge.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.converge.crdt.CausalPNCounter;
import dev.converge.crdt.ORSet;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Stores over real cluster systems in this JVM, on loopback, a data center per node. */
class ReplicatedStoreTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Consistency MAJORITY = Consistency.majority(Duration.ofSeconds(10));
  private static final Consistency ALL = Consistency.all(Duration.ofSeconds(10));

  private final List<Node> nodes = new ArrayList<>();

  private Node node(String name, int of) {
    Node node = new Node(name, of);
    nodes.add(node);
    return node;
  }

  /** Three nodes that see each other. */
  private void cluster() {
    for (int i = 1; i <= 3; i++) {
      node("n" + i, 3).join(nodes.get(0));
    }
    await().atMost(LIMIT).until(() -> nodes.stream().allMatch(n -> n.members() == 3));
  }

  @AfterEach
  void stop() {
    nodes.parallelStream().forEach(Node::close);
  }

  private static Key<CausalPNCounter> counter(String name) {
    return Key.of(name, StoreType.PNCOUNTER);
  }

  private static BigInteger increment(Node node, String key, long by, Consistency consistency) {
    return node.store
        .update(counter(key), (c, w) -> c.increment(w.replica(), by), consistency)
        .thenApply(CausalPNCounter::value)
        .toCompletableFuture()
        .join();
  }

  private static Optional<BigInteger> count(Node node, String key, Consistency consistency) {
    return node.store
        .get(counter(key), consistency)
        .thenApply(value -> value.map(CausalPNCounter::value))
        .toCompletableFuture()
        .join();
  }

  private void awaitCount(String key, long expected) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(
            () ->
                assertThat(nodes)
                    .extracting(n -> count(n, key, Consistency.LOCAL))
                    .containsOnly(Optional.of(BigInteger.valueOf(expected))));
  }

  @Test
  void threeNodesShareCountersRemovalsTypesQuorumsAndChanges() {
    cluster();
    for (Node node : nodes) {
      increment(node, "hits", 7, Consistency.LOCAL);
    }
    awaitCount("hits", 21);

    // Removed and created again with another type.
    Node two = nodes.get(1);
    assertThat(two.store.delete("hits", ALL).toCompletableFuture().join()).isTrue();
    Key<ORSet<Element>> set = Key.of("hits", StoreType.ORSET);
    two.store
        .update(set, (s, w) -> s.add(w.replica(), Element.of("x")), ALL)
        .toCompletableFuture()
        .join();
    for (Node node : nodes) {
      assertThat(node.store.get(set, Consistency.LOCAL).toCompletableFuture().join())
          .hasValueSatisfying(s -> assertThat(s.elements()).containsExactly(Element.of("x")));
      assertThatThrownBy(() -> increment(node, "hits", 1, Consistency.LOCAL))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(KeyTypeMismatchException.class);
    }

    // A majority read at any node sees a majority write of any other.
    for (int i = 0; i < 30; i++) {
      increment(nodes.get(i % 3), "majority", 1, MAJORITY);
      assertThat(count(nodes.get((i + 1) % 3), "majority", MAJORITY))
          .contains(BigInteger.valueOf(i + 1));
    }

    Deque<DistributedData.Change> seen = new ConcurrentLinkedDeque<>();
    Deque<String> keys = new ConcurrentLinkedDeque<>();
    nodes.get(2).store.subscribe("watched", seen::add);
    nodes.get(2).store.subscribePrefix("wat", change -> keys.add(change.key()));
    await().atMost(LIMIT).until(() -> !seen.isEmpty() && seen.getLast().entry().isEmpty());
    increment(nodes.get(0), "watched", 1, Consistency.LOCAL);
    await().atMost(LIMIT).until(() -> seen.getLast().entry().isPresent());
    nodes.get(1).store.delete("watched", MAJORITY).toCompletableFuture().join();
    await().atMost(LIMIT).until(() -> seen.getLast().entry().isEmpty());
    assertThat(keys).isNotEmpty().containsOnly("watched");
    assertThat(nodes.get(0).store.keys("", "", 10))
        .extracting(Entry::key)
        .contains("majority", "hits");
    assertThat(nodes.get(0).store.keys("", "hits", 1))
        .extracting(Entry::key)
        .containsExactly("majority");

    printLatency();
  }

  /** For people, not a check: how long until an update is seen at both others. */
  private void printLatency() {
    long[] micros = new long[300];
    for (int i = 0; i < micros.length; i++) {
      long start = System.nanoTime();
      increment(nodes.get(i % 3), "latency", 1, Consistency.LOCAL);
      BigInteger expected = BigInteger.valueOf(i + 1);
      while (!nodes.stream()
          .allMatch(
              n -> count(n, "latency", Consistency.LOCAL).filter(expected::equals).isPresent())) {
        Thread.onSpinWait();
        if (System.nanoTime() - start > LIMIT.toNanos()) {
          throw new AssertionError("update " + i + " has not arrived within " + LIMIT);
        }
      }
      micros[i] = (System.nanoTime() - start) / 1_000;
    }
    Arrays.sort(micros);
    System.out.printf(
        "an update is seen at both other nodes after: p50 %d µs, p99 %d µs, max %d µs%n",
        micros[150], micros[297], micros[299]);
  }

  @Test
  void theSumIsExactOverTwoActorSystemsInSequenceAndAProcessThatForgetsAll() {
    Node one = node("n1", 2);
    one.join(one);
    increment(one, "sum", 1, Consistency.LOCAL);
    one.detachAndEnd();
    increment(one, "sum", 2, Consistency.LOCAL);
    assertThat(count(one, "sum", Consistency.LOCAL)).contains(BigInteger.valueOf(3));
    one.startAgain();
    one.join(one);
    increment(one, "sum", 4, Consistency.LOCAL);

    Node two = node("n2", 2).join(one);
    awaitCount("sum", 7);
    // Twice, so that a second life under the same writer id would use a dot for another sum.
    increment(two, "sum", 8, MAJORITY);
    increment(two, "sum", 16, MAJORITY);

    // A new process under the same name: its memory is gone, its writer id is another.
    two.close();
    nodes.remove(two);
    node("n2", 2).join(one);
    increment(nodes.get(1), "sum", 32, Consistency.LOCAL);
    awaitCount("sum", 63);
  }

  @Test
  void twoClustersThatMergeKeepWhatBothHaveAndShowOneTypeOfAKeyCreatedWithTwo() {
    Node a = node("a", 2);
    Node b = node("b", 2);
    a.join(a);
    b.join(b);
    increment(a, "sum", 1, Consistency.LOCAL);
    increment(b, "sum", 2, Consistency.LOCAL);
    Key<ORSet<Element>> set = Key.of("clash", StoreType.ORSET);
    b.store.update(set, (s, w) -> s.add(w.replica(), Element.of(1)), Consistency.LOCAL);
    increment(a, "clash", 1, Consistency.LOCAL);

    b.replaceSystem();
    b.join(a);
    awaitCount("sum", 3);
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(nodes)
                    .extracting(n -> n.store.keys("clash", "", 1).get(0).types())
                    .containsOnly(List.of("pncounter", "orset")));
    b.store.delete("clash", ALL).toCompletableFuture().join();
    assertThat(a.store.keys("clash", "", 1)).isEmpty();
  }

  @Test
  void aQuorumThatCannotBeReachedSaysSoAndTheWriteStandsAndOneThatCanWaitsForIt() {
    Node one = node("n1", 3);
    one.join(one);
    Consistency soon = Consistency.majority(Duration.ofMillis(300));
    assertThatThrownBy(() -> increment(one, "k", 1, soon))
        .hasCauseInstanceOf(QuorumNotReachedException.class)
        .hasMessageContaining("1 of the 2 nodes needed")
        .hasMessageContaining("stands locally and will spread");
    assertThatThrownBy(() -> count(one, "k", soon))
        .hasCauseInstanceOf(QuorumNotReachedException.class);
    assertThat(count(one, "k", Consistency.LOCAL)).contains(BigInteger.ONE);

    one.detachAndEnd();
    var waiting =
        one.store
            .update(
                counter("k"),
                (c, w) -> c.increment(w.replica(), 1),
                Consistency.majority(Duration.ofSeconds(20)))
            .toCompletableFuture();
    one.startAgain();
    one.join(one);
    assertThat(waiting).isNotDone();
    node("n2", 3).join(one);
    assertThat(waiting.join().value()).isEqualTo(2);
    awaitCount("k", 2);
  }

  @Test
  void tenThousandKeysReachANodeThatJoinsLater() {
    Node one = node("n1", 2);
    one.join(one);
    long begin = System.nanoTime();
    for (int i = 0; i < 10_000; i++) {
      increment(one, "key-" + i, 1, Consistency.LOCAL);
    }
    long start = System.nanoTime();
    System.out.printf("10,000 keys are created in %d ms%n", (start - begin) / 1_000_000);
    Node two = node("n2", 2).join(one);
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> two.store.keys("", "", 20_000).size() == 10_000);
    System.out.printf(
        "10,000 keys reach a joining node after %d ms%n", (System.nanoTime() - start) / 1_000_000);
  }

  @Test
  void aSessionHasAtEachNodeWhatItHasSeenAtOthers() {
    cluster();
    Duration limit = Duration.ofSeconds(10);
    StoreSession session = StoreSession.EMPTY;
    for (int i = 0; i < 30; i++) {
      Node writes = nodes.get(i % 3);
      increment(writes, "mine", 1, Consistency.LOCAL);
      session = session.merge(writes.store.seen("mine"));
      Node reads = nodes.get((i + 1) % 3);
      Optional<Entry> found = reads.store.find("mine", session, limit).toCompletableFuture().join();
      assertThat(found.flatMap(entry -> entry.get(StoreType.PNCOUNTER)))
          .hasValueSatisfying(
              value ->
                  assertThat(value.value().intValueExact()).as("of this session").isPositive());
      assertThat(found.orElseThrow().get(StoreType.PNCOUNTER).orElseThrow().value())
          .isEqualTo(BigInteger.valueOf(i + 1));
      session = session.replacedBy(reads.store.seen("mine"));
    }
    Node one = nodes.get(0);
    one.store.delete("mine", Consistency.LOCAL).toCompletableFuture().join();
    StoreSession removed = session.merge(one.store.seen("mine"));
    assertThat(nodes.get(1).store.find("mine", removed, limit).toCompletableFuture().join())
        .isEmpty();
    assertThat(nodes.get(1).store.find("other", removed, limit).toCompletableFuture().join())
        .as("nobody is asked about what was not seen")
        .isEmpty();

    increment(one, "mine", 1, Consistency.LOCAL);
    StoreSession lost = StoreSession.of("mine", "n9");
    assertThatThrownBy(
            () ->
                nodes
                    .get(1)
                    .store
                    .find("mine", lost, Duration.ofMillis(300))
                    .toCompletableFuture()
                    .join())
        .hasCauseInstanceOf(QuorumNotReachedException.class);
  }
}
