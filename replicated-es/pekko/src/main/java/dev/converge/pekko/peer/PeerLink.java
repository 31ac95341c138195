package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.PeerEnvelope;
import dev.converge.pekko.wire.PeerMessage;
import dev.converge.pekko.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell around {@link PeerSync}: a lock, the transport, and the way to the entities.
 * Thread-safe; nothing here blocks on I/O, except that a newly met replica is handed to {@code
 * learned}.
 */
public final class PeerLink {
  private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);

  /** How many bytes of events go into one message; a single larger event goes alone. */
  private static final int PUSH_BYTES = 256 * 1024;

  private final PeerTransport transport;
  private final PeerSync sync;
  private final EntityGate entities;
  private final Consumer<ReplicaId> learned;

  /** The way to the entities of this node. Must not block. */
  public interface EntityGate {
    /**
     * Wakes the entity of {@code key} with a message of the peer {@code from}; may drop it when
     * overloaded.
     */
    void deliver(String key, String from, PeerMessage message);

    /** Wakes the entity of {@code key} to compare vectors with {@code peer}; may be dropped. */
    void startSync(String key, String peer);
  }

  /**
   * A link over {@code transport}; it receives from now on.
   *
   * @param learned told of every replica id met for the first time
   */
  public PeerLink(
      PeerTransport transport, PeerSync sync, EntityGate entities, Consumer<ReplicaId> learned) {
    this.transport = transport;
    this.sync = sync;
    this.entities = entities;
    this.learned = learned;
    transport.onReceive(this::received);
  }

  /** The configured names of the other nodes. */
  public Set<String> peers() {
    return transport.peers();
  }

  /** Call about once a second. */
  public void tick() {
    List<PeerSync.Action> actions;
    synchronized (sync) {
      actions = sync.tick();
    }
    perform(actions);
  }

  /** An entity was found in the journal, at the start. */
  public void found(String key, VersionVector vector) {
    synchronized (sync) {
      sync.found(key, vector);
    }
  }

  /** The whole journal has been looked through. */
  public void indexComplete() {
    synchronized (sync) {
      sync.indexComplete();
    }
  }

  /** An entity holds {@code vector} now, in its journal. */
  public void committed(String key, VersionVector vector) {
    synchronized (sync) {
      sync.committed(key, vector);
    }
  }

  /** Sends own new events, right after their commit, to every peer. */
  public void push(String type, String id, List<EventRecord> events) {
    for (PeerMessage message : inMessages(type, id, events, false)) {
      transport.peers().forEach(peer -> transport.send(peer, message));
    }
  }

  /**
   * Sends events that {@code peer} lacks.
   *
   * @param more whether it lacks more than these
   */
  public void answer(String peer, String type, String id, List<EventRecord> events, boolean more) {
    inMessages(type, id, events, more).forEach(message -> transport.send(peer, message));
  }

  /** Asks {@code peer} for what is not in {@code digest}. */
  public void ask(String peer, PeerMessage.Digest digest) {
    transport.send(peer, digest);
  }

  private static List<PeerMessage> inMessages(
      String type, String id, List<EventRecord> events, boolean more) {
    List<PeerMessage> messages = new ArrayList<>();
    List<byte[]> part = new ArrayList<>();
    int bytes = 0;
    for (EventRecord event : events) {
      byte[] encoded = EventRecordCodec.encode(event);
      if (bytes > 0 && bytes + encoded.length > PUSH_BYTES) {
        messages.add(new PeerMessage.Events(type, id, part, false));
        part = new ArrayList<>();
        bytes = 0;
      }
      part.add(encoded);
      bytes += encoded.length;
    }
    if (!part.isEmpty()) {
      messages.add(new PeerMessage.Events(type, id, part, more));
    }
    return messages;
  }

  private void received(PeerEnvelope envelope) {
    List<PeerSync.Action> actions;
    try {
      synchronized (sync) {
        actions = sync.receive(envelope.from(), envelope.message());
      }
    } catch (WireException e) {
      LOG.warn("a message from {} is dropped: {}", envelope.from(), e.getMessage());
      return;
    }
    perform(actions);
  }

  private void perform(List<PeerSync.Action> actions) {
    for (PeerSync.Action action : actions) {
      if (action instanceof PeerSync.Action.Send send) {
        transport.send(send.peer(), send.message());
      } else if (action instanceof PeerSync.Action.Deliver deliver) {
        entities.deliver(deliver.key(), deliver.from(), deliver.message());
      } else if (action instanceof PeerSync.Action.StartSync start) {
        entities.startSync(start.key(), start.peer());
      } else if (action instanceof PeerSync.Action.Learn learn) {
        learned.accept(learn.replica());
      }
    }
  }
}
