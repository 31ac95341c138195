package dev.converge.engine.simulation;

import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.support.Note;
import java.util.List;

/** What replicas say to each other. */
sealed interface Message {
  /** New events, right after they were stored. */
  record Push(List<ReplicatedEvent<Note>> events) implements Message {}

  /** Asks for what the sender lacks. */
  record Ask(VersionVector held) implements Message {}

  /** A part of the answer. */
  record Answer(List<ReplicatedEvent<Note>> events, boolean complete) implements Message {}
}
