package dev.converge.pekko.replication;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * What the one who knows the set of replicas asks of the link between nodes. To be called on the
 * thread of the {@link ReplicationLoop}.
 */
public interface LinkSide {
  /** The names of the peers that are configured or were added. */
  Set<String> peers();

  /** Who a peer was when it was last met. */
  Optional<ReplicaId> replicaOf(String peer);

  /** Whether something was heard of that peer lately. */
  boolean isReachable(String peer);

  /** Sends a message about the set of replicas; it may be lost. */
  void send(String peer, byte[] message);

  /**
   * Gets these logs up to these places from the peer, besides what comes by itself: others' logs,
   * or the own one where its end was lost. Asks again until they are held, or the peer is lost.
   */
  void fetch(String peer, VersionVector upTo);

  /** The set of replicas, promises, or what may be stored have changed: tell the peers soon. */
  void changed();

  /** Answers a question that a peer asked. */
  @FunctionalInterface
  interface AskHandler {
    /**
     * Called on the thread of the loop; must not block.
     *
     * @param peer by its configured name
     * @param from who it is
     * @return the answer; a failure is told to the peer
     */
    CompletionStage<byte[]> answer(String peer, ReplicaId from, byte[] body);
  }

  /**
   * Asks a peer something.
   *
   * @return the answer, on any thread; fails with a {@link java.util.concurrent.TimeoutException}
   *     after {@code limit}, or with what the peer's handler failed with
   */
  CompletionStage<byte[]> ask(String peer, String topic, byte[] body, Duration limit);

  /** Has questions of that topic answered by {@code handler}. Once for each topic. */
  void onAsk(String topic, AskHandler handler);

  /** Adds a peer, or changes its address ({@code host:port}). */
  void addPeer(String peer, String address);

  /** Says no more to that peer, and listens to it no more. */
  void removePeer(String peer);
}
