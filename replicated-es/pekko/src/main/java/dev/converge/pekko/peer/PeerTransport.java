package dev.converge.pekko.peer;

import dev.converge.pekko.wire.PeerEnvelope;
import dev.converge.pekko.wire.PeerMessage;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Carries messages between nodes. Obligations of an implementation: {@link #send} never blocks and
 * may lose, double or reorder messages; it works whatever the cluster's membership says; the
 * receiver is called one message at a time or from many threads, as it likes.
 */
public interface PeerTransport {
  /** The configured names of the other nodes. */
  Set<String> peers();

  /** Sends {@code message} to the node of that name, or drops it. */
  void send(String peer, PeerMessage message);

  /** Whom to call with what arrives. Set once, before anything is sent. */
  void onReceive(Consumer<PeerEnvelope> receiver);
}
