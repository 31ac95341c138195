package dev.converge.pekko;

import dev.converge.pekko.peer.PeerTransport;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Nodes of one JVM that talk through bytes, with links that can be cut and messages that can be
 * lost or doubled.
 */
final class MemoryNetwork implements AutoCloseable {
  private final Map<String, Consumer<byte[]>> receivers = new ConcurrentHashMap<>();
  private final Set<String> cuts = ConcurrentHashMap.newKeySet();
  private final ExecutorService wires = Executors.newSingleThreadExecutor();
  private final Random random;
  private final Set<String> names;
  private volatile double loss;
  private volatile double doubling;

  MemoryNetwork(long seed, String... names) {
    this.random = new Random(seed);
    this.names = Set.of(names);
  }

  PeerTransport transport(String self) {
    return new PeerTransport() {
      @Override
      public void send(String peer, byte[] frame) {
        if (names.contains(peer)) {
          wires.execute(() -> carry(self, peer, frame));
        }
      }

      @Override
      public void onReceive(Consumer<byte[]> receiver) {
        receivers.put(self, receiver);
      }

      @Override
      public void setPeer(String peer, String address) {}

      @Override
      public void removePeer(String peer) {}
    };
  }

  private void carry(String from, String to, byte[] bytes) {
    if (cuts.contains(link(from, to)) || random.nextDouble() < loss) {
      return;
    }
    int copies = random.nextDouble() < doubling ? 2 : 1;
    Consumer<byte[]> receiver = receivers.get(to);
    for (int i = 0; i < copies && receiver != null; i++) {
      receiver.accept(bytes);
    }
  }

  private static String link(String a, String b) {
    return a.compareTo(b) < 0 ? a + "/" + b : b + "/" + a;
  }

  void cut(String a, String b) {
    cuts.add(link(a, b));
  }

  void heal() {
    cuts.clear();
  }

  void forget(String name) {
    receivers.remove(name);
  }

  /** Loses and doubles messages with these probabilities from now on. */
  void disturb(double loss, double doubling) {
    this.loss = loss;
    this.doubling = doubling;
  }

  @Override
  public void close() {
    wires.shutdownNow();
  }
}
