package dev.converge.pekko.wire;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One replicated event as it stands in a journal and travels between replicas: the envelope, and
 * the payload as bytes.
 *
 * <p>Immutable by agreement: nobody writes into the arrays.
 *
 * @param dot the event's unique name
 * @param time its hybrid time, the first key of the total order
 * @param context what it depends on, without itself
 * @param schemaVersion the version of the payload's form, from 1
 * @param originId names the client's operation, if the event has one
 * @param hash SHA-256 over all the rest
 * @param payload the event, as the entity type's codec wrote it
 */
@SuppressWarnings(
    "ArrayRecordComponent") // with equals of its own; copies would cost on the hot path
public record EventRecord(
    Dot dot,
    HybridTimestamp time,
    CausalContext context,
    int schemaVersion,
    @Nullable String originId,
    byte[] hash,
    byte[] payload) {

  @Override
  public boolean equals(Object o) {
    return o instanceof EventRecord other
        && dot.equals(other.dot)
        && time.equals(other.time)
        && context.equals(other.context)
        && schemaVersion == other.schemaVersion
        && Objects.equals(originId, other.originId)
        && Arrays.equals(hash, other.hash)
        && Arrays.equals(payload, other.payload);
  }

  @Override
  public int hashCode() {
    return 31 * dot.hashCode() + Arrays.hashCode(hash);
  }

  @Override
  public String toString() {
    return "EventRecord[" + dot + " at " + time + ", " + payload.length + " bytes]";
  }
}
