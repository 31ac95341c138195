package dev.converge.benchmarks;

import dev.converge.pekko.peer.PeerTransport;
import dev.converge.pekko.wire.ConvergeSerializer;
import dev.converge.pekko.wire.PeerEnvelope;
import dev.converge.pekko.wire.PeerMessage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Nodes of one JVM that talk through bytes: every message goes through the serializer. */
final class MemoryLinks implements AutoCloseable {
  private final ConvergeSerializer serializer = new ConvergeSerializer();
  private final Map<String, Consumer<PeerEnvelope>> receivers = new ConcurrentHashMap<>();
  private final Map<String, ExecutorService> wires = new ConcurrentHashMap<>();
  private final List<String> names;

  MemoryLinks(List<String> names) {
    this.names = names;
    for (String name : names) {
      wires.put(name, Executors.newSingleThreadExecutor(task -> new Thread(task, "wire-" + name)));
    }
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
        wires.get(peer).execute(() -> carry(peer, bytes));
      }

      @Override
      public void onReceive(Consumer<PeerEnvelope> receiver) {
        receivers.put(self, receiver);
      }
    };
  }

  private void carry(String to, byte[] bytes) {
    Consumer<PeerEnvelope> receiver = receivers.get(to);
    if (receiver != null) {
      receiver.accept((PeerEnvelope) serializer.fromBinary(bytes, "peer"));
    }
  }

  @Override
  public void close() {
    wires.values().forEach(ExecutorService::shutdownNow);
  }
}
