package dev.converge.node.store;

import dev.converge.crdt.clock.Dot;
import java.util.BitSet;
import java.util.List;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What stores say to each other. Any of it may be lost, doubled or reordered.
 *
 * @param from who sends it
 * @param body what it says
 */
record StoreMessage(Sender from, Body body) {
  /**
   * A node in one life of its process, and in that of its ActorSystem.
   *
   * @param name its configured name
   * @param process larger for each process of that name
   * @param system the life of the ActorSystem, so that no answer reaches a later one
   */
  record Sender(String name, long process, long system) {}

  /** What is said. */
  sealed interface Body {}

  /**
   * Writes, in any order.
   *
   * @param batch the sender's number for it
   * @param isAwaited whether somebody waits for it to be saved too
   * @param parts what to join
   */
  record Push(long batch, boolean isAwaited, List<Part> parts) implements Body {}

  /**
   * A delta.
   *
   * @param bucket which bucket
   * @param base how far the writer had counted in the bucket before: whoever lacks something of
   *     this life up to there must not join it, as it may replace what replaced something else; 0
   *     where that does not matter
   * @param delta as {@link BucketCodec} writes it
   */
  record Part(int bucket, long base, ByteString delta) {}

  /**
   * A push has been joined, and saved if that was awaited.
   *
   * @param batch as in the push
   */
  record PushAck(long batch) implements Body {}

  /**
   * Compares all that both have.
   *
   * @param root stands for all of the sender's buckets
   */
  record Compare(long root) implements Body {}

  /**
   * All is equal.
   *
   * @param isAll whether the sender has nothing that it did not show
   */
  record Equal(boolean isAll) implements Body {}

  /**
   * Not all is equal.
   *
   * @param digests by bucket
   * @param partial the buckets of which the sender has more than it shows
   */
  record Digests(List<Long> digests, BitSet partial) implements Body {}

  /**
   * Asks what there is in buckets.
   *
   * @param pull the asker's number
   * @param buckets which
   */
  record Ask(long pull, List<Place> buckets) implements Body {}

  /**
   * A place in a bucket.
   *
   * @param bucket which bucket
   * @param after behind which dot; null for the beginning
   */
  record Place(int bucket, @Nullable Dot after) {}

  /**
   * What there is, of some of the buckets asked for.
   *
   * @param pull as asked
   * @param pages at least one
   */
  record Pages(long pull, List<Page> pages) implements Body {}

  /**
   * Asks for dots.
   *
   * @param pull the asker's number
   * @param dots by bucket
   */
  record Want(long pull, List<Wanted> dots) implements Body {}

  /**
   * Dots of one bucket.
   *
   * @param bucket which bucket
   * @param dots which dots
   */
  record Wanted(int bucket, DotRuns dots) {}

  /**
   * Some of the dots that were asked for.
   *
   * @param pull as asked
   * @param parts deltas
   * @param isLast whether no more comes; what is still missing has to be asked for again
   */
  record Given(long pull, List<Part> parts, boolean isLast) implements Body {}

  /**
   * Asks to close the gap before the sender's life.
   *
   * @param known by bucket, what the sender has seen of its own earlier lives
   */
  record Close(List<Wanted> known) implements Body {}

  /**
   * The gap is closed, and that is saved.
   *
   * @param buckets in which
   */
  record Closed(List<Integer> buckets) implements Body {}
}
