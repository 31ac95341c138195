package dev.converge.pekko;

import dev.converge.pekko.peer.PeerTransport;
import dev.converge.pekko.wire.ConvergeSerializer;
import dev.converge.pekko.wire.PeerEnvelope;
import dev.converge.pekko.wire.PeerMessage;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Nodes of one JVM that talk through bytes, with links that can be cut and messages that can be
 * lost or doubled. Every message goes through the real serializer.
 */
final class MemoryNetwork implements AutoCloseable {
  private final ConvergeSerializer serializer = new ConvergeSerializer();
  private final Map<String, Consumer<PeerEnvelope>> receivers = new ConcurrentHashMap<>();
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
    Set<String> peers = new TreeSet<>(names);
    peers.remove(self);
    return new PeerTransport() {
      @Override
      public Set<String> peers() {
        return peers;
      }

      @Override
      public void send(String peer, PeerMessage message) {
        byte[] bytes = serializer.toBinary(new PeerEnvelope(self, message));
        wires.execute(() -> carry(self, peer, bytes));
      }

      @Override
      public void onReceive(Consumer<PeerEnvelope> receiver) {
        receivers.put(self, receiver);
      }
    };
  }

  private void carry(String from, String to, byte[] bytes) {
    if (cuts.contains(link(from, to)) || random.nextDouble() < loss) {
      return;
    }
    int copies = random.nextDouble() < doubling ? 2 : 1;
    Consumer<PeerEnvelope> receiver = receivers.get(to);
    for (int i = 0; i < copies && receiver != null; i++) {
      receiver.accept((PeerEnvelope) serializer.fromBinary(bytes, "peer"));
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
