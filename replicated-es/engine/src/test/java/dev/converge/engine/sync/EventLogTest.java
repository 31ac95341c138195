package dev.converge.engine.sync;

import static dev.converge.engine.support.Events.R1;
import static dev.converge.engine.support.Events.R2;
import static dev.converge.engine.support.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventLogTest {
  private static final Note NOTE = Note.on("a", "x");

  private static EventLog<Note> log() {
    EventLog<Note> log = new EventLog<>();
    log.add(event("node-1:1", 1, NOTE));
    log.add(event("node-2:1", 2, NOTE, "node-1:1"));
    log.add(event("node-2:2", 5, NOTE, "node-2:1"));
    log.add(event("node-1:2", 3, NOTE, "node-1:1", "node-2:1"));
    return log;
  }

  private static List<String> dots(SyncBatch<Note> batch) {
    return batch.events().stream().map(e -> e.dot().toString()).toList();
  }

  @Test
  void aPeerGetsWhatItLacksEachEventAfterItsCauses() {
    SyncBatch<Note> batch = log().missingFor(VersionVector.empty(), SyncLimits.events(10));
    assertThat(dots(batch)).containsExactly("node-1:1", "node-2:1", "node-1:2", "node-2:2");
    assertThat(batch.complete()).isTrue();
    assertThat(batch.upTo()).isEqualTo(log().vector());
  }

  @Test
  void aBatchGoesOnWhereTheLastOneEnded() {
    EventLog<Note> log = log();
    List<String> all = new ArrayList<>();
    VersionVector theirs = VersionVector.empty();
    SyncBatch<Note> batch;
    do {
      batch = log.missingFor(theirs, SyncLimits.events(1));
      assertThat(batch.events()).hasSize(1);
      all.addAll(dots(batch));
      theirs = batch.upTo();
    } while (!batch.complete());
    assertThat(all).containsExactly("node-1:1", "node-2:1", "node-1:2", "node-2:2");
  }

  @Test
  void bytesAreBoundedAndALargeEventStillTravelsAlone() {
    SyncLimits<Note> limits =
        new SyncLimits<>(10, 25, e -> e.dot().toString().equals("node-2:1") ? 99 : 10);
    EventLog<Note> log = log();
    SyncBatch<Note> first = log.missingFor(VersionVector.empty(), limits);
    assertThat(dots(first)).containsExactly("node-1:1");
    SyncBatch<Note> second = log.missingFor(first.upTo(), limits);
    assertThat(dots(second)).containsExactly("node-2:1");
    assertThat(dots(log.missingFor(second.upTo(), limits))).containsExactly("node-1:2", "node-2:2");
  }

  @Test
  void aPeerThatHoldsMoreGetsNothing() {
    VersionVector theirs = VersionVector.of(Map.of(R1, 9L, R2, 2L));
    SyncBatch<Note> batch = log().missingFor(theirs, SyncLimits.events(10));
    assertThat(batch.isEmpty()).isTrue();
    assertThat(batch.complete()).isTrue();
    assertThat(batch.upTo()).isEqualTo(theirs);
  }

  @Test
  void onlyTheNextEventOfAReplicaFits() {
    EventLog<Note> log = log();
    ReplicatedEvent<Note> gap = event("node-1:4", 9, NOTE);
    assertThatThrownBy(() -> log.add(gap)).hasMessageContaining("node-1:4 is not the next");
    ReplicatedEvent<Note> early = event("node-1:3", 3, NOTE);
    assertThatThrownBy(() -> log.add(early)).hasMessageContaining("not later");
    assertThat(log.find(gap.dot())).isEmpty();
    assertThat(log.vector().get(R1)).isEqualTo(2);
  }

  @Test
  void limitsHaveRoomForAnEvent() {
    assertThatThrownBy(() -> SyncLimits.events(0)).hasMessageContaining("room for an event");
  }
}
