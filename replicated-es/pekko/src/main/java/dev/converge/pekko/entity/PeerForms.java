package dev.converge.pekko.entity;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.SessionToken;
import dev.converge.pekko.StateHash;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Questions to peers about entities, and the answers, as CBOR. Fields that are not known are passed
 * over, so that newer nodes may say more; anything else unexpected is a {@link WireException}.
 */
final class PeerForms {
  private static final ObjectMapper MAPPER =
      CBORMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private PeerForms() {}

  record RowQuestion(String origin, long lsn) {}

  @SuppressWarnings("ArrayRecordComponent") // read once
  record RowAnswer(@Nullable String after, @Nullable String key, byte @Nullable [] event) {}

  record HashQuestion(String key) {}

  @SuppressWarnings("ArrayRecordComponent") // read once
  record HashAnswer(@Nullable String version, byte @Nullable [] hash, int codecVersion) {}

  /** By origin, up to where its hooks are done. */
  record HooksAnswer(Map<String, Long> done) {}

  /** Stored, not sent: up to where the logs were looked at, and the entities with conflicts. */
  record Conflicts(String scanned, List<String> keys) {}

  static byte[] write(Object form) {
    try {
      return MAPPER.writeValueAsBytes(form);
    } catch (IOException e) {
      throw new WireException("cannot encode " + form + ": " + e.getMessage(), e);
    }
  }

  static <T> T read(byte[] bytes, Class<T> form) {
    try {
      T read = MAPPER.readValue(bytes, form);
      if (read == null) {
        throw new WireException("null is no " + form.getSimpleName(), null);
      }
      return read;
    } catch (IOException e) {
      throw new WireException("not a " + form.getSimpleName() + ": " + e.getMessage(), e);
    }
  }

  /** A vector as text; equal vectors have equal texts. */
  static String vector(VersionVector vector) {
    return SessionToken.of(vector).text();
  }

  static VersionVector vector(String text) {
    try {
      return SessionToken.parse(text).positions();
    } catch (IllegalArgumentException e) {
      throw new WireException("not a vector: " + e.getMessage(), e);
    }
  }

  static RowAnswer of(Optional<LogRow> row) {
    return row.isPresent() && row.get().entry() instanceof LogEntry.Event event
        ? new RowAnswer(vector(row.get().after()), event.key(), event.encoded())
        : new RowAnswer(null, null, null);
  }

  /** The row, or null if the peer does not have it. */
  static @Nullable LogRow row(ReplicaId origin, long lsn, RowAnswer answer) {
    return answer.key() == null || answer.event() == null || answer.after() == null
        ? null
        : new LogRow(
            origin,
            lsn,
            vector(answer.after()),
            new LogEntry.Event(answer.key(), answer.event()),
            0);
  }

  static HashAnswer of(@Nullable StateHash hash) {
    return hash == null
        ? new HashAnswer(null, null, 0)
        : new HashAnswer(vector(hash.version()), hash.hash(), hash.codecVersion());
  }

  static @Nullable StateHash hash(HashAnswer answer) {
    return answer.version() == null || answer.hash() == null
        ? null
        : new StateHash(vector(answer.version()), answer.hash(), answer.codecVersion());
  }
}
