package dev.converge.benchmarks;

import dev.converge.pekko.peer.PeerTransport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Nodes of one JVM that talk through bytes, each with a thread for what it receives. */
final class MemoryLinks implements AutoCloseable {
  private final Map<String, Consumer<byte[]>> receivers = new ConcurrentHashMap<>();
  private final Map<String, ExecutorService> wires = new ConcurrentHashMap<>();

  MemoryLinks(List<String> names) {
    for (String name : names) {
      wires.put(name, Executors.newSingleThreadExecutor(task -> new Thread(task, "wire-" + name)));
    }
  }

  PeerTransport transport(String self) {
    return new PeerTransport() {
      @Override
      public void send(String peer, byte[] frame) {
        ExecutorService wire = wires.get(peer);
        if (wire != null) {
          try {
            wire.execute(() -> carry(peer, frame));
          } catch (RejectedExecutionException e) {
            return; // the links are closed; a frame may be lost
          }
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

  private void carry(String to, byte[] frame) {
    @Nullable Consumer<byte[]> receiver = receivers.get(to);
    if (receiver != null) {
      receiver.accept(frame);
    }
  }

  @Override
  public void close() {
    wires.values().forEach(ExecutorService::shutdownNow);
  }
}
