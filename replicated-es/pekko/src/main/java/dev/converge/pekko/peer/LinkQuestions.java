package dev.converge.pekko.peer;

import dev.converge.pekko.PeerQuestions;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/** Questions to other nodes, over the link. Thread-safe. */
public final class LinkQuestions implements PeerQuestions {
  private final PeerLink link;

  /** Questions over {@code link}. */
  public LinkQuestions(PeerLink link) {
    this.link = link;
  }

  @Override
  public Set<String> peers() {
    Set<String> up = new TreeSet<>();
    link.status()
        .forEach(
            (name, status) -> {
              if (status.isUp()) {
                up.add(name);
              }
            });
    return up;
  }

  @Override
  public CompletionStage<byte[]> ask(String peer, String topic, byte[] question, Duration limit) {
    return link.ask(peer, topic, question, limit);
  }

  @Override
  public void answer(String topic, Answerer answerer) {
    link.onAsk(topic, (from, question) -> answerer.answer(question));
  }
}
