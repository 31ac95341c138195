package dev.converge.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.converge.crdt.CausalPNCounter;
import dev.converge.crdt.ORSet;
import dev.converge.pekko.NodeClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreDatabaseTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final AtomicLong PROCESSES = new AtomicLong(1);

  @TempDir Path folder;

  private static ReplicatedStore open(Path folder) {
    return new ReplicatedStore(
        "n1",
        () -> PROCESSES.incrementAndGet() << 30,
        new NodeClock(() -> 1_000),
        1,
        StoreLimits.DEFAULT,
        ForkJoinPool.commonPool(),
        StoreDatabase.open(folder, false));
  }

  private static CompletableFuture<CausalPNCounter> increment(ReplicatedStore store, String key) {
    return store
        .update(
            Key.of(key, StoreType.PNCOUNTER),
            (counter, w) -> counter.increment(w.replica(), 1),
            Consistency.LOCAL)
        .toCompletableFuture();
  }

  private static CompletableFuture<?> add(ReplicatedStore store, String element) {
    return store
        .update(
            Key.of("set", StoreType.ORSET),
            (set, w) -> set.add(w.replica(), Element.of(element)),
            Consistency.LOCAL)
        .toCompletableFuture();
  }

  private static Optional<Long> count(ReplicatedStore store, String key) {
    return store
        .get(Key.of(key, StoreType.PNCOUNTER), Consistency.LOCAL)
        .toCompletableFuture()
        .join()
        .map(counter -> counter.value().longValueExact());
  }

  @Test
  void whatWasWrittenRemovedAndWrittenAgainIsThereAfterEachRestart() {
    Random random = new Random(7);
    long[] counts = new long[20];
    for (int life = 0; life < 6; life++) {
      try (ReplicatedStore store = open(folder)) {
        for (int k = 0; k < counts.length; k++) {
          assertThat(count(store, "key-" + k).orElse(0L))
              .as("life %s, key %s", life, k)
              .isEqualTo(counts[k]);
        }
        List<CompletableFuture<?>> writes = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
          int k = random.nextInt(counts.length);
          if (random.nextInt(20) == 0) {
            writes.add(store.delete("key-" + k, Consistency.LOCAL).toCompletableFuture());
            counts[k] = 0;
          } else {
            writes.add(increment(store, "key-" + k));
            counts[k]++;
          }
        }
        writes.forEach(CompletableFuture::join);
      }
    }
  }

  @Test
  void aCopyOfTheFilesOfARunningNodeHasAllThatWasSaidToBeDone() throws Exception {
    try (ReplicatedStore store = open(folder)) {
      for (int round = 1; round <= 5; round++) {
        for (int i = 0; i < 200; i++) {
          increment(store, "sum").join();
        }
        Path copy = folder.resolve("copy-" + round);
        Files.createDirectories(copy);
        Files.copy(folder.resolve("store.mv.db"), copy.resolve("store.mv.db"));
        try (ReplicatedStore other = open(copy)) {
          assertThat(count(other, "sum")).contains(200L * round);
        }
      }
    }
  }

  @Test
  void aLargeSetIsKeptInPiecesAndTheFileFollowsWhatIsThere() throws Exception {
    try (ReplicatedStore store = open(folder)) {
      List<CompletableFuture<?>> writes = new ArrayList<>();
      for (int i = 0; i < 30_000; i++) {
        writes.add(add(store, "an element of some length, number " + i));
      }
      writes.forEach(CompletableFuture::join);
      for (int i = 0; i < 300; i++) { // one after the other, so a transaction each
        add(store, "more " + i).join();
      }
    }
    try (ReplicatedStore store = open(folder)) {
      assertThat(
              store
                  .get(Key.of("set", StoreType.ORSET), Consistency.LOCAL)
                  .toCompletableFuture()
                  .join()
                  .map(ORSet::size))
          .contains(30_300);
    }
    assertThat(Files.size(folder.resolve("store.mv.db"))).isLessThan(100L << 20);
  }

  @Test
  void nodesThatAllStopKeepTheStoreAndOneThatForgetsGetsItBack() {
    Node one = new Node("n1", 2, folder.resolve("n1"));
    Node two = new Node("n2", 2, folder.resolve("n2"));
    one.join(one);
    two.join(one);
    for (int i = 0; i < 50; i++) {
      increment(one.store, "k").join();
      increment(two.store, "k").join();
    }
    await().atMost(LIMIT).until(() -> count(two.store, "k").equals(Optional.of(100L)));
    one.close();
    two.close();
    one.store.close();
    two.store.close();

    Node again = new Node("n1", 2, folder.resolve("n1"));
    again.join(again);
    assertThat(count(again.store, "k").orElseThrow()).isGreaterThanOrEqualTo(50);
    Node empty = new Node("n2", 2, folder.resolve("another"));
    empty.join(again);
    increment(empty.store, "k").join();
    await()
        .atMost(LIMIT)
        .until(
            () ->
                count(again.store, "k").equals(count(empty.store, "k"))
                    && count(again.store, "k").orElse(0L) > 50);
    again.close();
    empty.close();
    again.store.close();
    empty.store.close();
  }
}
