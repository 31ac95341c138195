package dev.converge.node.store;

import dev.converge.crdt.causal.CausalCrdt;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A key-value store of CRDTs, in memory on every node.
 *
 * <p>With {@link Consistency#LOCAL} every operation is answered by this node alone, whatever the
 * state of the cluster. Where the store is kept in a database, an update is committed there when
 * its stage completes, and spreads from then on; else it is in this node's memory, and lost if the
 * process dies before another node has it. With {@code majority} or {@code all} the stage completes
 * only when so many nodes have it, committed where they commit.
 *
 * <p>Thread-safe. Stages complete exceptionally with a {@link StoreException} that says what the
 * caller may do now; stages that wait for other nodes complete on a thread that must not be
 * blocked.
 *
 * <pre>{@code
 * Key<CausalPNCounter> hits = Key.of("hits", StoreType.PNCOUNTER);
 * data.update(hits, (counter, writer) -> counter.increment(writer.replica(), 1), Consistency.LOCAL);
 * }</pre>
 */
public interface DistributedData {
  /**
   * Changes the value of a key, which is created at first use.
   *
   * @param mutation returns the delta of the change; see {@link Mutation}
   * @return the value after the change, as this node sees it. Fails with {@link
   *     KeyTypeMismatchException} or {@link StoreLimitException} if nothing was done, with {@link
   *     QuorumNotReachedException} if the write stands here but too few nodes have said that they
   *     have it, and with whatever {@code mutation} throws. Cost: that of the mutation, and O(log
   *     n).
   */
  <V extends CausalCrdt<V>> CompletionStage<V> update(
      Key<V> key, Mutation<V> mutation, Consistency consistency);

  /**
   * The value of a key; empty if the key is not there.
   *
   * @return fails with {@link KeyTypeMismatchException} if the key shows a value of another type,
   *     and with {@link QuorumNotReachedException} if too few nodes have answered
   */
  <V extends CausalCrdt<V>> CompletionStage<Optional<V>> get(Key<V> key, Consistency consistency);

  /**
   * What stands under {@code key}, of whatever type; empty if the key is not there. Fails as {@link
   * #get} does.
   */
  CompletionStage<Optional<Entry>> find(String key, Consistency consistency);

  /**
   * What stands under {@code key} once this node has all of it that a session has seen elsewhere:
   * the nodes where that was are asked, if there are any.
   *
   * @param timeout how long to wait for them
   * @return fails with {@link QuorumNotReachedException} if one of them has not answered in time
   */
  CompletionStage<Optional<Entry>> find(String key, StoreSession session, Duration timeout);

  /**
   * What somebody has seen who has read or written {@code key} here: to be {@linkplain
   * StoreSession#merge merged} with what was seen before, and given to {@link #find(String,
   * StoreSession, Duration)} at whichever node. A {@code find} with a session has all of that:
   * {@link StoreSession#replacedBy}.
   */
  StoreSession seen(String key);

  /**
   * Removes what this node sees under {@code key}, of all types. A concurrent update survives. The
   * key can be used again at once, with any type; nothing of it stays behind.
   *
   * @return whether there was something to remove; fails with {@link QuorumNotReachedException}
   */
  CompletionStage<Boolean> delete(String key, Consistency consistency);

  /**
   * Keys that this node sees, in the order of their UTF-16 code units. O(log keys + limit).
   *
   * @param prefix what they start with; {@code ""} for all
   * @param after the last key of the page before; {@code ""} for the first page
   * @param limit how many at most, from 1
   */
  List<Entry> keys(String prefix, String after, int limit);

  /**
   * Tells {@code listener} what {@code key} holds now, and after each change. Changes in quick
   * succession may arrive as one, never in another order; the last one always arrives.
   *
   * @param listener called by one thread at a time; must not block. What it throws is logged.
   */
  Subscription subscribe(String key, Consumer<Change> listener);

  /** As {@link #subscribe}, for all keys that start with {@code prefix}. */
  Subscription subscribePrefix(String prefix, Consumer<Change> listener);

  /**
   * What a key holds after a change.
   *
   * @param key the key
   * @param entry what is there; empty if the key is not there (any more)
   */
  record Change(String key, Optional<Entry> entry) {}

  /** An interest in changes, until closed. */
  interface Subscription extends AutoCloseable {
    /** Ends it; a call that has begun may still be under way. Idempotent. */
    @Override
    void close();
  }
}
