package dev.converge.pekko;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Questions to other nodes that expect one answer each, beside the streams of rows: to repair a
 * row, to compare states. Thread-safe; nothing blocks.
 */
public interface PeerQuestions {
  /** No peers, no questions. */
  PeerQuestions NONE =
      new PeerQuestions() {
        @Override
        public Set<String> peers() {
          return Set.of();
        }

        @Override
        public CompletionStage<byte[]> ask(
            String peer, String topic, byte[] question, Duration limit) {
          return CompletableFuture.failedFuture(
              new IllegalArgumentException("there is no peer '" + peer + "'"));
        }

        @Override
        public void answer(String topic, Answerer answerer) {}
      };

  /** Answers the questions of one topic. Must not block. */
  @FunctionalInterface
  interface Answerer {
    /**
     * The answer; if it fails, the asking side is told so.
     *
     * @param question as it came from a peer: to be read as hostile
     */
    CompletionStage<byte[]> answer(byte[] question);
  }

  /** The names of the peers that can be asked now. */
  Set<String> peers();

  /**
   * Asks a peer.
   *
   * @return fails with a {@link java.util.concurrent.TimeoutException} after the limit, or with the
   *     peer's reason
   */
  CompletionStage<byte[]> ask(String peer, String topic, byte[] question, Duration limit);

  /** Answers questions of {@code topic} from now on, in place of who did before. */
  void answer(String topic, Answerer answerer);
}
