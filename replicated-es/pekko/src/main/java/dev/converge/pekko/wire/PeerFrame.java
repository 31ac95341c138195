package dev.converge.pekko.wire;

/**
 * What a transport carries; see {@link Frames}. Nobody has looked into it yet.
 *
 * @param bytes not to be written into
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PeerFrame(byte[] bytes) {}
