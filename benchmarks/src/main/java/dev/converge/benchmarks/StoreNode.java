package dev.converge.benchmarks;

import dev.converge.node.store.Consistency;
import dev.converge.node.store.Key;
import dev.converge.node.store.ReplicatedStore;
import dev.converge.node.store.StoreType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Cluster;

/**
 * One of three nodes as a process of its own: creates its third of the keys, waits until it has
 * those of the others, and says what its heap holds. Arguments: its number from 0, the port of the
 * first (the others follow), how many keys, whether they are kept in a database.
 */
final class StoreNode {
  private static final int NODES = 3;
  private static final long LIMIT_MILLIS = 600_000;

  private StoreNode() {}

  /** Runs until its standard input ends. */
  public static void main(String[] args) throws Exception {
    int number = Integer.parseInt(args[0]);
    int port = Integer.parseInt(args[1]);
    int keys = Integer.parseInt(args[2]);
    ReplicatedStore store =
        ConvergeStoreSide.store("n" + (number + 1), NODES, Boolean.parseBoolean(args[3]));
    ActorSystem system =
        new StoreSystems("pekko.cluster.multi-data-center.self-data-center = n" + (number + 1))
            .start(port + number);
    store.attach(system);
    Cluster cluster = Cluster.get(system);
    cluster.join(new Address("pekko", "converge", "127.0.0.1", port));
    Waiting.until("the cluster", LIMIT_MILLIS, () -> members(cluster) == NODES);
    long empty = StoreRows.heap();
    long start = System.nanoTime();
    Deque<CompletionStage<?>> flying = new ArrayDeque<>();
    for (int i = number; i < keys; i += NODES) {
      if (flying.size() >= 1_000) {
        flying.remove().toCompletableFuture().join();
      }
      flying.add(
          store.update(
              Key.of("session:user-" + i, StoreType.PNCOUNTER),
              (counter, writer) -> counter.increment(writer.replica(), 1),
              Consistency.LOCAL));
    }
    flying.forEach(stage -> stage.toCompletableFuture().join());
    Waiting.until("all keys", LIMIT_MILLIS, () -> store.size() >= keys);
    double seconds = (System.nanoTime() - start) / 1e9;
    long full = StoreRows.heap();
    System.out.printf(
        "RESULT %,d keys after %.1f s; heap %,d MB, %d bytes a key%n",
        store.size(), seconds, full / 1_000_000, (full - empty) / keys);
    System.out.flush();
    while (System.in.read() >= 0) {
      // until the parent closes it
    }
    System.exit(0);
  }

  private static int members(Cluster cluster) {
    int[] members = {0};
    cluster.state().getMembers().forEach(member -> members[0]++);
    return members[0];
  }
}
