package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which entities a replica holds, and a fingerprint of each one's version vector, summed up by
 * bucket: two replicas compare one number, then {@value #BUCKETS}, then the entries of the buckets
 * that differ.
 *
 * <p>A hash tree of two levels, after Demers et al., <em>Epidemic Algorithms</em> (1987), and
 * Dynamo's Merkle trees (DeCandia et al., 2007). Sums of 64-bit hashes commute, so an update costs
 * O(1) however many entities there are. Single-threaded. Memory: one map entry an entity.
 */
public final class EntityIndex {
  /** The number of buckets. */
  public static final int BUCKETS = 256;

  private final List<Map<String, Long>> buckets = new ArrayList<>();
  private final long[] sums = new long[BUCKETS];

  /** An index without entities. */
  public EntityIndex() {
    for (int i = 0; i < BUCKETS; i++) {
      buckets.add(new HashMap<>());
    }
  }

  /** Sets the vector of {@code entity}; an empty one is as good as none. */
  public void put(String entity, VersionVector vector) {
    int bucket = bucketOf(entity);
    Long before = buckets.get(bucket).remove(entity);
    if (before != null) {
      sums[bucket] -= entryHash(entity, before);
    }
    if (!vector.isEmpty()) {
      long now = fingerprint(vector);
      buckets.get(bucket).put(entity, now);
      sums[bucket] += entryHash(entity, now);
    }
  }

  /** The fingerprint of what is held of {@code entity}; 0 if nothing. */
  public long get(String entity) {
    return buckets.get(bucketOf(entity)).getOrDefault(entity, 0L);
  }

  /** One number over everything. */
  public long root() {
    long root = 0;
    for (int i = 0; i < BUCKETS; i++) {
      root += mix(sums[i] + i);
    }
    return root;
  }

  /** One number a bucket. */
  public List<Long> bucketHashes() {
    List<Long> hashes = new ArrayList<>(BUCKETS);
    for (long sum : sums) {
      hashes.add(sum);
    }
    return hashes;
  }

  /**
   * The buckets in which {@code theirs} differs, at most {@code limit} of them, starting the search
   * at {@code from}.
   */
  public List<Integer> differing(List<Long> theirs, int from, int limit) {
    List<Integer> differing = new ArrayList<>();
    for (int k = 0; k < BUCKETS && differing.size() < limit; k++) {
      int i = Math.floorMod(from + k, BUCKETS);
      if (i < theirs.size() && sums[i] != theirs.get(i)) {
        differing.add(i);
      }
    }
    return differing;
  }

  /** The entries of {@code bucket}: entity to fingerprint. */
  public Map<String, Long> entries(int bucket) {
    return Map.copyOf(buckets.get(bucket));
  }

  /** The bucket that {@code entity} belongs to: the same at every replica. */
  public static int bucketOf(String entity) {
    return (int) (hash(entity) >>> 56);
  }

  /** A number for {@code vector}, never 0 unless it is empty; the same at every replica. */
  public static long fingerprint(VersionVector vector) {
    if (vector.isEmpty()) {
      return 0;
    }
    long sum = 0;
    for (Map.Entry<ReplicaId, Long> e : vector.entries().entrySet()) {
      long replica = hash(e.getKey().name()) + mix(e.getKey().incarnation());
      sum += mix(mix(replica) + e.getValue());
    }
    return sum == 0 ? 1 : sum;
  }

  private static long entryHash(String entity, long fingerprint) {
    return mix(hash(entity) + fingerprint);
  }

  /** FNV-1a, finished by {@link #mix}. */
  private static long hash(String text) {
    long h = 0xcbf29ce484222325L;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      h = (h ^ (b & 0xff)) * 0x100000001b3L;
    }
    return mix(h);
  }

  /** The finisher of SplitMix64: every input bit moves every output bit. */
  private static long mix(long z) {
    long x = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }
}
