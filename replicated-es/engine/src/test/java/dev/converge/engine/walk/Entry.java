package dev.converge.engine.walk;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.support.Note;
import org.jspecify.annotations.Nullable;

/** One entry of a log: an event, or the record of a join. Equal if it says the same. */
record Entry(
    HybridTimestamp time,
    int write,
    @Nullable ReplicatedEvent<Note> event,
    @Nullable JoinRecord join,
    String text) {
  static Entry of(int write, ReplicatedEvent<Note> event) {
    String text = "w" + write + " as " + event.dot() + "@" + event.time() + event.context();
    return new Entry(event.time(), write, event, null, text);
  }

  static Entry of(JoinRecord join) {
    return new Entry(
        join.time(),
        0,
        null,
        join,
        "join of " + join.joiner() + "@" + join.time() + " with " + join.holds());
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return this == o || (o instanceof Entry other && text.equals(other.text));
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
