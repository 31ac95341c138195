package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.event.OriginId;

/**
 * An event that counts for a request.
 *
 * @param id the request's name, with the event's mark if it is one of several
 * @param dot the event
 * @param time the event's time, from which the id is remembered
 */
public record CountedRequest(OriginId id, Dot dot, HybridTimestamp time) {}
