package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.replication.LinkSide.AskHandler;
import dev.converge.pekko.wire.PeerMessage;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Questions to peers, and of peers. Bounded both ways. Single-threaded. */
final class Questions {
  private final int maxEach;
  private final LinkEffects effects;
  private final Asks asks;
  private final Map<String, AskHandler> handlers = new HashMap<>();

  Questions(int maxEach, LinkEffects effects) {
    this.maxEach = maxEach;
    this.effects = effects;
    this.asks = new Asks(maxEach);
  }

  void onAsk(String topic, AskHandler handler) {
    handlers.put(topic, handler);
  }

  void ask(String peer, String topic, byte[] body, long until, CompletableFuture<byte[]> answer) {
    PeerMessage.Ask ask = asks.ask(peer, topic, body, until, answer);
    if (ask != null) {
      effects.send(peer, ask);
    }
  }

  void answered(String peer, PeerMessage.Answer answer) {
    asks.answered(peer, answer);
  }

  void lost(String peer) {
    asks.lost(peer);
  }

  void tick(long now) {
    asks.tick(now);
  }

  /** A peer asks. */
  void asked(Peer peer, ReplicaId from, PeerMessage.Ask ask) {
    AskHandler handler = handlers.get(ask.topic());
    if (handler == null) {
      refuse(peer, ask, "nobody answers questions about '" + ask.topic() + "' here");
      return;
    }
    if (peer.answers >= maxEach) {
      refuse(peer, ask, maxEach + " questions are being answered already; try again");
      return;
    }
    CompletionStage<byte[]> answer;
    try {
      answer = handler.answer(from, ask.body());
    } catch (RuntimeException e) {
      refuse(peer, ask, message(e));
      return;
    }
    peer.answers++;
    answer.whenComplete((body, error) -> effects.execute(() -> answer(peer, ask, body, error)));
  }

  private void answer(
      Peer peer, PeerMessage.Ask ask, byte @Nullable [] body, @Nullable Throwable error) {
    peer.answers--;
    if (peer.isRemoved) {
      return;
    }
    if (error == null && body != null) {
      effects.send(peer.name, new PeerMessage.Answer(ask.id(), body, null));
    } else {
      refuse(peer, ask, error == null ? "no answer" : message(error));
    }
  }

  private void refuse(Peer peer, PeerMessage.Ask ask, String why) {
    effects.send(peer.name, new PeerMessage.Answer(ask.id(), new byte[0], why));
  }

  private static String message(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
