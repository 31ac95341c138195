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

  /** Adds a peer, or changes its address ({@code host:port}). */
  void addPeer(String peer, String address);

  /** Says no more to that peer, and listens to it no more. */
  void removePeer(String peer);

  /**
   * Asks a peer something, once: question and answer may be lost.
   *
   * @param topic who is to answer there, see {@link #onAsk}
   * @return completes on the loop's thread; fails with a {@link
   *     java.util.concurrent.TimeoutException} after {@code limit}, and with a {@link
   *     PeerException} if the peer is out of reach, or says why it has no answer
   */
  CompletionStage<byte[]> ask(String peer, String topic, byte[] body, Duration limit);

  /** Answers questions about {@code topic} from now on. */
  void onAsk(String topic, AskHandler handler);

  /** Answers questions of peers. */
  interface AskHandler {
    /**
     * Called on the loop's thread; must not block, and must not believe what it is given.
     *
     * @return may complete on any thread; if it fails, the asker gets the message of the exception.
     *     So does a {@link RuntimeException} that is thrown
     */
    CompletionStage<byte[]> answer(ReplicaId from, byte[] body);
  }
}
