package dev.converge.pekko.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A message between nodes on its way.
 *
 * @param from the sender's configured name
 * @param message the message
 */
public record PeerEnvelope(
    @JsonProperty("f") String from, @JsonProperty("p") PeerMessage message) {}
