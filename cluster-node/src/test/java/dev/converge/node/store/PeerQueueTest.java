package dev.converge.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.node.store.PeerQueue.Batch;
import dev.converge.node.store.PeerQueue.Item;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;

class PeerQueueTest {
  private final PeerQueue queue = new PeerQueue();

  private static Item item(int bucket, int bytes) {
    return new Item(bucket, 0, ByteString.fromArray(new byte[bytes]), null);
  }

  private static Item awaited(int bucket) {
    ByteString delta = ByteString.fromArray(new byte[10]);
    return new Item(bucket, 0, delta, new Quorum(1, bucket, 0, delta, 2));
  }

  @Test
  void theFirstItemGoesAtOnceAndWhatComesMeanwhileGoesTogether() {
    Batch first = queue.add(item(1, 10), 0).orElseThrow();
    assertThat(queue.add(item(2, 10), 1)).isEmpty();
    assertThat(queue.add(item(3, 10), 2)).isEmpty();
    assertThat(queue.confirmed(99)).isEmpty();
    assertThat(queue.next(3)).isEmpty();
    assertThat(queue.confirmed(first.number())).isEqualTo(first.items());
    assertThat(queue.next(3).orElseThrow().items()).extracting(Item::bucket).containsExactly(2, 3);
  }

  @Test
  void aBatchStaysBelowTheFrame() {
    Batch first = queue.add(item(0, 10), 0).orElseThrow();
    for (int i = 1; i <= 4; i++) {
      queue.add(item(i, PeerQueue.BATCH_BYTES / 2), 0);
    }
    queue.confirmed(first.number());
    assertThat(queue.next(0).orElseThrow().items()).hasSize(2);
  }

  @Test
  void ofALostBatchOnlyWhatSomebodyWaitsForIsSentAgain() {
    queue.add(item(1, 10), 0);
    Item waits = awaited(2);
    queue.add(waits, 0);
    queue.add(item(3, 10), 0);
    queue.tick(PeerQueue.LOST_AFTER_MILLIS - 1);
    assertThat(queue.next(0)).isEmpty();
    queue.tick(PeerQueue.LOST_AFTER_MILLIS);
    assertThat(queue.next(1_000).orElseThrow().items()).containsExactly(waits);
    queue.tick(2_000);
    assertThat(queue.next(2_000).orElseThrow().items()).containsExactly(waits);
  }

  @Test
  void whatIsKeptForAPeerThatIsAwayIsBounded() {
    queue.add(item(0, 10), 0);
    for (int i = 0; i < 100; i++) {
      queue.add(item(i, PeerQueue.MAX_BYTES / 10), 0);
    }
    long kept = 0;
    int batches = 0;
    Batch batch = new Batch(1, java.util.List.of());
    while (batch != null) {
      queue.confirmed(batch.number());
      batch = queue.next(0).orElse(null);
      if (batch != null) {
        kept += batch.items().stream().mapToLong(i -> i.delta().size()).sum();
        batches++;
      }
    }
    assertThat(kept).isLessThanOrEqualTo(PeerQueue.MAX_BYTES);
    assertThat(batches).isEqualTo(10);
  }
}
