package dev.converge.pekko.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;

/**
 * What replicas say to each other about entities. Every message may be lost, doubled or reordered.
 *
 * <p>Vectors travel as {@code replica id -> sequence number}, replica ids in the form of {@link
 * dev.converge.crdt.clock.ReplicaId#toString()}; events as the bytes of {@link EventRecordCodec}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "m")
@JsonSubTypes({
  @JsonSubTypes.Type(value = PeerMessage.Hello.class, name = "hello"),
  @JsonSubTypes.Type(value = PeerMessage.Events.class, name = "events"),
  @JsonSubTypes.Type(value = PeerMessage.Digest.class, name = "digest"),
  @JsonSubTypes.Type(value = PeerMessage.IndexRoot.class, name = "root"),
  @JsonSubTypes.Type(value = PeerMessage.IndexBuckets.class, name = "buckets"),
  @JsonSubTypes.Type(value = PeerMessage.IndexEntries.class, name = "entries")
})
public sealed interface PeerMessage {
  /**
   * Who I am and whom I know.
   *
   * @param replica the sender's replica id
   * @param known every replica id the sender has heard of
   */
  record Hello(@JsonProperty("r") String replica, @JsonProperty("k") List<String> known)
      implements PeerMessage {}

  /**
   * Events of one entity, in a causally safe order.
   *
   * @param type the entity's type
   * @param id the entity's id
   * @param events their bytes
   * @param more whether the sender has more for the receiver: ask again when these are stored
   */
  record Events(
      @JsonProperty("t") String type,
      @JsonProperty("i") String id,
      @JsonProperty("e") List<byte[]> events,
      @JsonProperty("n") boolean more)
      implements PeerMessage {}

  /**
   * What the sender holds of one entity: "send me what I lack".
   *
   * @param type the entity's type
   * @param id the entity's id
   * @param vector the sender's version vector
   * @param mutual whether the receiver should ask back if it lacks something itself
   */
  record Digest(
      @JsonProperty("t") String type,
      @JsonProperty("i") String id,
      @JsonProperty("v") Map<String, Long> vector,
      @JsonProperty("b") boolean mutual)
      implements PeerMessage {}

  /**
   * One number over all entities the sender holds; equal numbers, equal vectors.
   *
   * @param hash the number
   */
  record IndexRoot(@JsonProperty("h") long hash) implements PeerMessage {}

  /**
   * The index by bucket: the answer to a root that differs.
   *
   * @param hashes one number a bucket
   */
  record IndexBuckets(@JsonProperty("h") List<Long> hashes) implements PeerMessage {}

  /**
   * Whole buckets of the index: the answer to buckets that differ.
   *
   * @param buckets the buckets' numbers, from 0
   * @param entries entity key to fingerprint of its vector, for every entity in those buckets
   */
  record IndexEntries(
      @JsonProperty("b") List<Integer> buckets, @JsonProperty("e") Map<String, Long> entries)
      implements PeerMessage {}
}
