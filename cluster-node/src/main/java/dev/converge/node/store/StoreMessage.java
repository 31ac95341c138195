package dev.converge.node.store;

import java.util.List;
import org.apache.pekko.util.ByteString;

/**
 * What stores say to each other. Each names the life of the ActorSystem that asks, so that no
 * answer reaches a later one.
 */
sealed interface StoreMessage {
  /** The life of the asking ActorSystem. */
  long life();

  /**
   * Writes, in any order; joining them twice does no harm.
   *
   * @param life of the sender
   * @param batch the sender's number for it
   * @param parts what to join
   */
  record Push(long life, long batch, List<Part> parts) implements StoreMessage {}

  /**
   * A delta.
   *
   * @param bucket which bucket
   * @param delta as {@link BucketCodec} writes it
   */
  record Part(int bucket, ByteString delta) {}

  /**
   * A push has been joined.
   *
   * @param life as in the push
   * @param batch as in the push
   */
  record PushAck(long life, long batch) implements StoreMessage {}

  /**
   * Asks for all that a bucket holds.
   *
   * @param life of the sender
   * @param read the sender's number for it
   * @param bucket which bucket
   */
  record Fetch(long life, long read, int bucket) implements StoreMessage {}

  /**
   * What a bucket holds.
   *
   * @param life as in the fetch
   * @param read as in the fetch
   * @param state as {@link BucketCodec} writes it
   */
  record Fetched(long life, long read, ByteString state) implements StoreMessage {}
}
