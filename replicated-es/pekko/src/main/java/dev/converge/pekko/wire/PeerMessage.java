package dev.converge.pekko.wire;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What nodes say to each other about their logs. Every message may be lost, doubled or reordered.
 *
 * <pre>
 * Hello     who I am, and how much of your log I have; answered while the sender wants it
 * Told      what I have stored, and what is promised: acknowledgement and heartbeat in one
 * Rows      rows of logs, in the order of their log; acknowledged by Told
 * Fetch     send me these rows; answered by Rows
 * About     something about the set of replicas
 * Ask       a question of some other part; answered by Answer
 * Answer    its answer, or why there is none
 * </pre>
 *
 * <p>Immutable by agreement: nobody writes into the arrays.
 */
public sealed interface PeerMessage {
  /**
   * Who I am.
   *
   * @param answers the session of the receiver that this one answers; 0 if none is known
   * @param wantsAnswer whether the sender lacks an answer to its own session
   * @param ownLsn up to where the sender's own log goes
   * @param state what the sender would tell
   * @param yours how much of the receiver's log the sender has; null as long as it does not know
   *     who the receiver is
   * @param greeting opaque to the link
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Hello(
      long answers,
      boolean wantsAnswer,
      long ownLsn,
      Told state,
      @Nullable Holding yours,
      byte[] greeting)
      implements PeerMessage {}

  /**
   * How much the sender of a {@link Hello} has of the receiver's log.
   *
   * @param origin whose log it is
   * @param lsn up to where it is held
   * @param at the row that was hashed; 0 if none
   * @param hash of the row at {@code at}, see {@link RowHash}; empty if there is none, or it was
   *     compacted away
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Holding(ReplicaId origin, long lsn, long at, byte[] hash) {}

  /**
   * What the sender has stored.
   *
   * @param number grows within a session of the sender, so that an older one is known as such
   * @param epoch the sender's; -1 if it has none
   * @param held {origin → LSN}
   * @param confirms whether the receiver may count on {@code held}; if not, it only shows what can
   *     be fetched
   * @param promises the sender's newest one, and others' that it may pass on
   * @param wallMillis the sender's wall clock, milliseconds since 1970
   */
  record Told(
      long number,
      long epoch,
      VersionVector held,
      boolean confirms,
      Map<ReplicaId, Promise> promises,
      long wallMillis)
      implements PeerMessage {
    /** What the receiver may count on. */
    public VersionVector confirmed() {
      return confirms ? held : VersionVector.empty();
    }
  }

  /**
   * Rows of any logs.
   *
   * @param rows those of one log are in its order; may be none
   * @param endsFetch whether these are the last in answer to a {@link Fetch}
   */
  record Rows(List<LogRow> rows, boolean endsFetch) implements PeerMessage {}

  /**
   * A request for rows.
   *
   * @param wanted origin to the part that is wanted
   */
  record Fetch(Map<ReplicaId, Range> wanted) implements PeerMessage {}

  /**
   * A part of a log.
   *
   * @param after the rows behind this one
   * @param upTo the last one, more than {@code after}
   */
  record Range(long after, long upTo) {
    /**
     * Checks the order.
     *
     * @throws IllegalArgumentException if there is nothing in it
     */
    public Range {
      if (after < 0 || upTo <= after) {
        throw new IllegalArgumentException("no rows lie behind " + after + " up to " + upTo);
      }
    }
  }

  /**
   * A message about the set of replicas.
   *
   * @param message opaque to the link
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record About(byte[] message) implements PeerMessage {}

  /**
   * A question.
   *
   * @param id the asker's number for it
   * @param topic who is to answer
   * @param body opaque to the link
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Ask(long id, String topic, byte[] body) implements PeerMessage {}

  /**
   * An answer.
   *
   * @param id of the question
   * @param body opaque to the link; empty if there is an error
   * @param error why there is no answer; null if there is one
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(long id, byte[] body, @Nullable String error) implements PeerMessage {}

  /**
   * A message of a node that speaks no version of the protocol that this one does.
   *
   * @param minVersion the lowest that it speaks
   * @param maxVersion the highest
   */
  record Foreign(int minVersion, int maxVersion) implements PeerMessage {}
}
