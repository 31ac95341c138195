package dev.converge.pekko.entity;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.EventRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command came to.
 *
 * @param state the state after it; null if there is a failure
 * @param version the events in that
 * @param written the events that it wrote, or the one that counts for its request
 * @param events those to be stored, also if it failed
 * @param failure the handler could not fold what it had decided itself; else null
 */
record Decided<S>(
    @Nullable S state,
    VersionVector version,
    List<Dot> written,
    List<EventRecord> events,
    @Nullable RuntimeException failure) {}
