package dev.converge.pekko.journal;

import dev.converge.crdt.clock.HybridTimestamp;

/** The earliest and the latest time of events in a stretch of a log. */
public record TimeSpan(HybridTimestamp earliest, HybridTimestamp latest) {}
