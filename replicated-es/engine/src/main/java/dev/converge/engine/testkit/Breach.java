package dev.converge.engine.testkit;

import dev.converge.engine.event.ReplicatedEvent;
import java.util.List;

/**
 * How a law was broken.
 *
 * @param evidence what was seen, for a person
 * @param histories two that should have come to the same, or none if one is enough to see it
 */
record Breach<E>(EntityLaws.Law law, String evidence, List<History<E>> histories) {

  /** Events in the batches in which they came, and what they came to. */
  record History<E>(String how, List<List<ReplicatedEvent<E>>> batches, String outcome) {}

  /** The whole message. */
  String describe(long seed, List<ReplicatedEvent<E>> events) {
    StringBuilder text = new StringBuilder("broken: ").append(law).append('\n');
    text.append(evidence).append('\n');
    if (histories.isEmpty()) {
      text.append("the shortest history found:\n");
      events.forEach(event -> describe(event, text));
    } else {
      text.append("the two shortest histories found that differ:\n");
      for (History<E> history : histories) {
        text.append(history.how()).append('\n');
        int batch = 1;
        for (List<ReplicatedEvent<E>> part : history.batches()) {
          if (history.batches().size() > 1) {
            text.append("  batch ").append(batch++).append('\n');
          }
          part.forEach(event -> describe(event, text));
        }
        text.append("  comes to ").append(history.outcome()).append('\n');
      }
    }
    return text.append("again, alone: .seed(").append(seed).append(")").toString();
  }

  private static void describe(ReplicatedEvent<?> event, StringBuilder text) {
    text.append("    ").append(event.dot()).append(" at ").append(event.time());
    text.append(" after ").append(event.context());
    if (event.originId() != null) {
      text.append(" for ").append(event.originId());
    }
    text.append(": ").append(event.payload()).append('\n');
  }
}
