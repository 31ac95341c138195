package dev.converge.pekko.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.WireException;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * What a stored checkpoint says to whoever knows nothing of its entity's type: for compaction of
 * the journal, and for repair.
 *
 * @param schemaVersion the version of the events' form in it
 * @param stateVersion the version of the state's form in it
 * @param position every row of the entity that is not covered is behind this place of the journal
 * @param covered {origin → LSN}: of each origin the last event that it covers
 * @param size how many events it covers
 * @param dropped the dots of those that nothing is known of any more beside their effect: an event
 *     to come that has not seen one of them needs an older checkpoint
 */
public record CheckpointHeader(
    int schemaVersion,
    int stateVersion,
    long position,
    VersionVector covered,
    long size,
    VersionVector dropped) {
  /** The version of the form of checkpoints that this code writes, and the newest that it reads. */
  static final int FORM = 1;

  private static final int HASH_LENGTH = 32;
  private static final ObjectMapper MAPPER = CBORMapper.builder().build();

  /**
   * Reads the header; checks the hash over all bytes.
   *
   * @throws WireException if the bytes are damaged, or of a newer form than this node knows
   */
  public static CheckpointHeader read(byte[] checkpoint) {
    return of(open(checkpoint));
  }

  static CheckpointHeader of(JsonNode body) {
    return new CheckpointHeader(
        Parts.integer(body, 1),
        Parts.integer(body, 2),
        Parts.number(body, 3),
        Parts.vector(body, 4),
        Parts.number(body, 5),
        Parts.vector(body, 6));
  }

  ArrayNode start() {
    ArrayNode body = MAPPER.createArrayNode();
    body.add(FORM).add(schemaVersion).add(stateVersion).add(position);
    return body.add(Parts.of(covered)).add(size).add(Parts.of(dropped));
  }

  /** The bytes of a body: its SHA-256, then itself. */
  static byte[] seal(ArrayNode body) {
    try {
      byte[] bytes = MAPPER.writeValueAsBytes(body);
      byte[] sealed = Arrays.copyOf(sha256(bytes, 0), HASH_LENGTH + bytes.length);
      System.arraycopy(bytes, 0, sealed, HASH_LENGTH, bytes.length);
      return sealed;
    } catch (IOException e) {
      throw new WireException("cannot encode a checkpoint: " + e.getMessage(), e);
    }
  }

  /** The body of what {@link #seal} wrote. */
  static JsonNode open(byte[] sealed) {
    if (sealed.length <= HASH_LENGTH
        || !Arrays.equals(sealed, 0, HASH_LENGTH, sha256(sealed, HASH_LENGTH), 0, HASH_LENGTH)) {
      throw new WireException("a checkpoint does not match its hash: it was damaged", null);
    }
    try {
      JsonNode body = MAPPER.readTree(sealed, HASH_LENGTH, sealed.length - HASH_LENGTH);
      int form = Parts.integer(body, 0);
      if (form != FORM) {
        throw new WireException(
            "a checkpoint of form " + form + "; this node reads form " + FORM, null);
      }
      return body;
    } catch (IOException e) {
      throw new WireException("not a checkpoint: " + e.getMessage(), e);
    }
  }

  private static byte[] sha256(byte[] bytes, int from) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, from, bytes.length - from);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
