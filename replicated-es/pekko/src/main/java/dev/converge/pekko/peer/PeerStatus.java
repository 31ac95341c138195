package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import org.jspecify.annotations.Nullable;

/**
 * How a peer stands, for people and metrics.
 *
 * @param name its configured name
 * @param isUp whether the handshake is through and it was heard lately
 * @param replica who it is, or was when it was last met; null if it never was
 * @param held {origin → LSN}: what it said it has stored
 * @param acknowledged up to where it has stored this node's log
 * @param roundTripMillis smoothed, commit at the peer included; -1 if unknown
 * @param clockSkewMillis how far its clock is ahead of this node's; 0 if unknown
 * @param clockIsOff whether that is more than allowed
 * @param rowsSent since the start, repetitions included
 * @param rowsReceived since the start, repetitions included
 * @param resends how often rows had to be sent again
 */
public record PeerStatus(
    String name,
    boolean isUp,
    @Nullable ReplicaId replica,
    VersionVector held,
    long acknowledged,
    long roundTripMillis,
    long clockSkewMillis,
    boolean clockIsOff,
    long rowsSent,
    long rowsReceived,
    long resends) {
  static PeerStatus of(Peer peer) {
    return new PeerStatus(
        peer.name,
        peer.peering.isUp(),
        peer.peering.replica(),
        peer.peering.held(),
        peer.sender.acked(),
        peer.sender.roundTrip(),
        peer.clock.skew().orElse(0),
        peer.clock.isOff(),
        peer.rowsSent,
        peer.rowsReceived,
        peer.sender.resends());
  }
}
