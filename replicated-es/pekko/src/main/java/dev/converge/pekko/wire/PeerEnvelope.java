package dev.converge.pekko.wire;

/**
 * A message between nodes on its way.
 *
 * @param from the sender's configured name
 * @param message the message
 */
public record PeerEnvelope(String from, PeerMessage message) {}
