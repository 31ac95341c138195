package dev.converge.engine.causal;

import static dev.converge.engine.support.Events.R1;
import static dev.converge.engine.support.Events.R2;
import static dev.converge.engine.support.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.support.Note;
import dev.converge.engine.support.RandomHistory;
import dev.converge.engine.support.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CausalBufferTest {
  private static final Note NOTE = Note.on("a", "x");
  private static final ReplicatedEvent<Note> A1 = event("node-1:1", 1, NOTE);
  private static final ReplicatedEvent<Note> A2 = event("node-1:2", 2, NOTE, "node-1:1");
  private static final ReplicatedEvent<Note> B1 = event("node-2:1", 3, NOTE, "node-1:1");

  private final Map<Dot, ReplicatedEvent<Note>> held = new HashMap<>();

  private CausalBuffer<Note> buffer(int capacity) {
    return new CausalBuffer<>(capacity, VersionVector.empty(), held::get);
  }

  private Offered<Note> offer(CausalBuffer<Note> buffer, ReplicatedEvent<Note> event) {
    Offered<Note> offered = buffer.offer(event);
    if (offered instanceof Offered.Delivered<Note> delivered) {
      delivered.events().forEach(one -> held.put(one.dot(), one));
    }
    return offered;
  }

  @Test
  void anEventWaitsForWhatItDependsOnAndComesWithIt() {
    CausalBuffer<Note> buffer = buffer(10);
    assertThat(offer(buffer, B1)).isEqualTo(new Offered.Waiting<>(A1.dot()));
    assertThat(buffer.waiting()).containsExactly(B1.dot());
    assertThat(offer(buffer, A1)).isEqualTo(new Offered.Delivered<>(List.of(A1, B1), List.of()));
    assertThat(buffer.size()).isZero();
    assertThat(buffer.vector()).isEqualTo(VersionVector.of(Map.of(R1, 1L, R2, 1L)));
  }

  @Test
  void anEventWaitsForTheOneBeforeItOfItsReplicaAlsoIfItsContextDoesNotHaveIt() {
    CausalBuffer<Note> buffer = buffer(10);
    ReplicatedEvent<Note> unaware = event("node-1:2", 2, NOTE);
    assertThat(offer(buffer, unaware)).isEqualTo(new Offered.Waiting<>(A1.dot()));
    assertThat(offer(buffer, A1))
        .isEqualTo(new Offered.Delivered<>(List.of(A1, unaware), List.of()));
  }

  @Test
  void aDotOfTheCloudIsWaitedForTogetherWithAllBeforeIt() {
    CausalBuffer<Note> buffer = buffer(10);
    ReplicatedEvent<Note> cloudy = event("node-2:1", 3, NOTE, "node-1:2");
    assertThat(offer(buffer, cloudy)).isEqualTo(new Offered.Waiting<>(A2.dot()));
    assertThat(buffer.gaps()).containsExactly(new DotRange(R1, 1, 2));
    offer(buffer, A1);
    assertThat(buffer.gaps()).containsExactly(new DotRange(R1, 2, 2));
    assertThat(offer(buffer, A2))
        .isEqualTo(new Offered.Delivered<>(List.of(A2, cloudy), List.of()));
    assertThat(buffer.gaps()).isEmpty();
  }

  @Test
  void aSecondCopyIsADuplicateWhetherDeliveredOrWaiting() {
    CausalBuffer<Note> buffer = buffer(10);
    offer(buffer, B1);
    assertThat(offer(buffer, B1)).isEqualTo(new Offered.Duplicate<>());
    offer(buffer, A1);
    assertThat(offer(buffer, A1)).isEqualTo(new Offered.Duplicate<>());
    assertThat(offer(buffer, B1)).isEqualTo(new Offered.Duplicate<>());
  }

  @Test
  void aDotWithOtherContentIsReportedWithBothAndNothingIsChanged() {
    CausalBuffer<Note> buffer = buffer(10);
    offer(buffer, A1);
    offer(buffer, A2);
    ReplicatedEvent<Note> other = event("node-1:2", 2, Note.on("a", "other"), "node-1:1");
    assertThat(offer(buffer, other)).isEqualTo(new Offered.Contradiction<>(A2, other));
    ReplicatedEvent<Note> early = event("node-2:2", 4, NOTE);
    ReplicatedEvent<Note> earlyOther = event("node-2:2", 4, Note.on("a", "other"));
    offer(buffer, early);
    assertThat(offer(buffer, earlyOther)).isEqualTo(new Offered.Contradiction<>(early, earlyOther));
    assertThat(buffer.waiting()).containsExactly(early.dot());
  }

  @Test
  void aFullBufferRefusesWhatWouldWaitAndTakesWhatNeedNot() {
    CausalBuffer<Note> buffer = buffer(1);
    offer(buffer, B1);
    assertThat(offer(buffer, A2)).isEqualTo(new Offered.Full<>(A1.dot()));
    assertThat(offer(buffer, A1)).isInstanceOf(Offered.Delivered.class);
    assertThat(offer(buffer, A2)).isInstanceOf(Offered.Delivered.class);
  }

  @Test
  void anEventThatIsNotLaterThanItsCauseIsImpossible() {
    CausalBuffer<Note> buffer = buffer(10);
    ReplicatedEvent<Note> early = event("node-2:1", 1, NOTE, "node-1:1");
    assertThat(offer(buffer, early)).isInstanceOf(Offered.Waiting.class);
    assertThat(offer(buffer, A1))
        .isEqualTo(
            new Offered.Delivered<>(List.of(A1), List.of(new Offered.Impossible<>(early, A1))));
    assertThat(offer(buffer, early)).isEqualTo(new Offered.Impossible<>(early, A1));
    assertThat(offer(buffer, B1)).isInstanceOf(Offered.Delivered.class);
  }

  @Test
  void gapsNameWhatIsMissingAndNotWhatWaits() {
    CausalBuffer<Note> buffer = buffer(10);
    offer(buffer, event("node-1:3", 9, NOTE));
    offer(buffer, event("node-1:7", 9, NOTE, "node-2:4"));
    assertThat(buffer.gaps())
        .containsExactly(new DotRange(R1, 1, 2), new DotRange(R1, 4, 6), new DotRange(R2, 1, 4));
  }

  @Test
  void aForgedDotFarAwayCostsNothing() {
    CausalBuffer<Note> buffer = buffer(10);
    offer(buffer, event("node-1:" + Long.MAX_VALUE, 9, NOTE));
    assertThat(buffer.gaps()).containsExactly(new DotRange(R1, 1, Long.MAX_VALUE - 1));
  }

  @Test
  void inAnyOrderAndTwiceEverythingComesOnceAndAfterItsCauses() {
    Seeds.check(
        CausalBufferTest.class,
        2_000,
        seed -> {
          Random random = new Random(seed);
          List<ReplicatedEvent<Note>> events = RandomHistory.of(random, 40);
          List<ReplicatedEvent<Note>> copies = new ArrayList<>(events);
          copies.addAll(events);
          Collections.shuffle(copies, random);
          Map<Dot, ReplicatedEvent<Note>> delivered = new HashMap<>();
          CausalBuffer<Note> buffer = new CausalBuffer<>(40, VersionVector.empty(), delivered::get);
          for (ReplicatedEvent<Note> copy : copies) {
            if (buffer.offer(copy) instanceof Offered.Delivered<Note> fresh) {
              for (ReplicatedEvent<Note> one : fresh.events()) {
                for (ReplicatedEvent<Note> cause : events) {
                  assertThat(!one.dependsOn(cause) || delivered.containsKey(cause.dot())).isTrue();
                }
                assertThat(delivered.put(one.dot(), one)).isNull();
              }
            }
          }
          assertThat(delivered).hasSize(40);
          assertThat(buffer.size()).isZero();
        });
  }
}
