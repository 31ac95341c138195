package dev.converge.pekko.peer;

import dev.converge.pekko.replication.PeerException;
import dev.converge.pekko.wire.PeerMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Questions to peers that wait for their answer. Bounded a peer. Single-threaded. */
final class Asks {
  private record Waiting(String peer, CompletableFuture<byte[]> answer, long until, String topic) {}

  private final int maxEach;
  private final Map<Long, Waiting> waiting = new HashMap<>();
  private long lastId;

  Asks(int maxEach) {
    this.maxEach = maxEach;
  }

  /**
   * A question begins to wait.
   *
   * @return what to send; null if too many wait, {@code answer} has failed then
   */
  PeerMessage.@Nullable Ask ask(
      String peer, String topic, byte[] body, long until, CompletableFuture<byte[]> answer) {
    if (waiting.values().stream().filter(w -> w.peer().equals(peer)).count() >= maxEach) {
      answer.completeExceptionally(
          new PeerException(maxEach + " questions to " + peer + " wait already; try again"));
      return null;
    }
    waiting.put(++lastId, new Waiting(peer, answer, until, topic));
    return new PeerMessage.Ask(lastId, topic, body);
  }

  void answered(String peer, PeerMessage.Answer answer) {
    Waiting asked = waiting.get(answer.id());
    if (asked == null || !asked.peer().equals(peer)) {
      return;
    }
    waiting.remove(answer.id());
    String error = answer.error();
    if (error == null) {
      asked.answer().complete(answer.body());
    } else {
      asked.answer().completeExceptionally(new PeerException(peer + ": " + error));
    }
  }

  void lost(String peer) {
    end(
        asked -> asked.peer().equals(peer),
        new PeerException(peer + " is out of reach, or has started again"));
  }

  void tick(long now) {
    if (!waiting.isEmpty()) {
      end(asked -> now >= asked.until(), null);
    }
  }

  private void end(Predicate<Waiting> which, @Nullable PeerException why) {
    List<Waiting> ended = new ArrayList<>();
    waiting
        .values()
        .removeIf(
            asked -> {
              boolean ends = which.test(asked);
              if (ends) {
                ended.add(asked);
              }
              return ends;
            });
    for (Waiting asked : ended) {
      asked
          .answer()
          .completeExceptionally(
              why != null
                  ? why
                  : new TimeoutException(
                      "no answer from " + asked.peer() + " about " + asked.topic()));
    }
  }

  int size() {
    return waiting.size();
  }
}
