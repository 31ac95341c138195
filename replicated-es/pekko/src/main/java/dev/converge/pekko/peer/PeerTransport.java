package dev.converge.pekko.peer;

import java.util.function.Consumer;

/**
 * Carries frames between nodes. Obligations of an implementation: {@link #send} never blocks and
 * may lose, double or reorder frames; it works whatever the cluster's membership says; the receiver
 * is called from any threads, one after the other or at once.
 */
public interface PeerTransport {
  /**
   * Sends to the node of that name, or drops the frame.
   *
   * @param frame not to be written into by anyone
   */
  void send(String peer, byte[] frame);

  /** Whom to call with what arrives. Set once, before anything is sent. Must not block. */
  void onReceive(Consumer<byte[]> receiver);

  /**
   * Sends what is for {@code peer} to that address from now on.
   *
   * @param address {@code host:port}
   */
  void setPeer(String peer, String address);

  /** Sends nothing to {@code peer} any more. */
  void removePeer(String peer);
}
