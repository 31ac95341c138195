package dev.converge.engine.replica;

import static dev.converge.engine.support.Events.R1;
import static dev.converge.engine.support.Events.R2;
import static dev.converge.engine.support.Events.R3;
import static dev.converge.engine.support.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.causal.DotRange;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Note;
import dev.converge.engine.support.Seeds;
import dev.converge.engine.sync.Refusal;
import dev.converge.engine.sync.SyncLimits;
import dev.converge.engine.sync.SyncMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two replicas bring each other up to date, whatever the network does to their messages. */
class SyncSessionTest {
  private static final SyncLimits<Note> ACCEPTED = SyncLimits.events(100);
  private static final SyncLimits<Note> SENT = SyncLimits.events(3);
  private static final Set<ReplicaId> MEMBERS = Set.of(R1, R2, R3);

  /** A replica, its session with the other, and what is on its way to it. */
  private static final class Side {
    final EntityReplica<List<String>, Note> replica;
    final SyncSession<List<String>, Note> session;
    final Deque<SyncMessage<Note>> inbox = new ArrayDeque<>();
    final List<Refusal<Note>> refused = new ArrayList<>();
    final List<DotRange> fromJournal = new ArrayList<>();
    int received;

    Side(ReplicaId id) {
      replica = new EntityReplica<>(id, Models.append(Resolvers.none()), 100, ACCEPTED);
      session = new SyncSession<>(replica, SENT, MEMBERS::contains);
    }

    void write(int count) {
      for (int i = 0; i < count; i++) {
        long millis = replica.latestTime().millis() + 1;
        Note note = Note.on("a", replica.nextDot().toString());
        replica.applied(
            List.of(replica.mint(note, note.bytes(), new HybridTimestamp(millis, 0), 1, null)));
      }
    }

    /** Takes in the next message. What is stored counts at once. */
    void receive(Side from) {
      SyncMessage<Note> message = inbox.remove();
      received++;
      does(session.receive(message), from);
    }

    void does(SyncStep<Note> step, Side other) {
      assertThat(step.tailNeeded()).isNull();
      other.inbox.addAll(step.send());
      refused.addAll(step.refused());
      fromJournal.addAll(step.fromJournal());
      if (!step.toPersist().isEmpty()) {
        does(session.stored(step.toPersist()), other);
      }
    }
  }

  private final Side one = new Side(R1);
  private final Side two = new Side(R2);

  private void runUntilSilent() {
    while (!one.inbox.isEmpty() || !two.inbox.isEmpty()) {
      if (!one.inbox.isEmpty()) {
        one.receive(two);
      }
      if (!two.inbox.isEmpty()) {
        two.receive(one);
      }
    }
  }

  @Test
  void bothEndWithAllThatEitherHeldInBatchesOfBoundedSize() {
    one.write(10);
    two.write(7);
    one.does(one.session.start(), two);
    runUntilSilent();
    assertThat(one.replica.vector()).isEqualTo(two.replica.vector());
    assertThat(one.replica.state()).isEqualTo(two.replica.state()).hasSize(17);
    assertThat(one.session.theirs()).isEqualTo(two.replica.vector());
    assertThat(two.session.theirs()).isEqualTo(one.replica.vector());
  }

  @Test
  void twoThatHoldTheSameFallSilentAfterOneMessage() {
    one.does(one.session.start(), two);
    runUntilSilent();
    assertThat(one.received).isZero();
    assertThat(two.received).isEqualTo(1);
  }

  @Test
  void theNextBatchGoesWhenTheLastIsStored() {
    one.write(10);
    two.does(two.session.start(), one);
    one.receive(two);
    assertThat(two.inbox).hasSize(1);
    SyncMessage.Events<Note> batch = (SyncMessage.Events<Note>) two.inbox.remove();
    assertThat(batch.events()).hasSize(3);
    SyncStep<Note> step = two.session.receive(batch);
    assertThat(step.send()).isEmpty();
    SyncStep<Note> stored = two.session.stored(step.toPersist());
    assertThat(stored.send())
        .containsExactly(new SyncMessage.Acknowledgement<>(VersionVector.empty().with(R1, 3)));
    SyncStep<Note> next = one.session.receive(stored.send().get(0));
    assertThat(((SyncMessage.Events<Note>) next.send().get(0)).events().get(0).dot().sequence())
        .isEqualTo(4);
  }

  @Test
  void anEventThatCameEarlyAsksForWhatItLacks() {
    one.write(2);
    ReplicatedEvent<Note> second = one.replica.history(1, 1).events().get(0).event();
    SyncStep<Note> step = two.session.receive(new SyncMessage.Events<>(List.of(second)));
    assertThat(step.send())
        .containsExactly(new SyncMessage.GapRequest<>(List.of(new DotRange(R1, 1, 1))));
    two.does(step, one);
    runUntilSilent();
    assertThat(two.replica.state()).hasSize(2);
    assertThat(two.replica.waiting()).isZero();
  }

  @Test
  void eventsOfStrangersAreRefusedAndTheOthersTakenIn() {
    ReplicatedEvent<Note> forged = event("stranger:1", 1, Note.on("a", "x"));
    ReplicatedEvent<Note> good = event("node-3:1", 2, Note.on("a", "y"));
    two.does(two.session.receive(new SyncMessage.Events<>(List.of(forged, good))), one);
    assertThat(two.refused)
        .extracting(Refusal::reason)
        .containsExactly(Refusal.Reason.WRONG_ORIGIN);
    assertThat(two.refused.get(0).detail())
        .contains("stranger:1 is of a replica that is no member");
    assertThat(two.replica.state()).containsExactly("y");
  }

  @Test
  void whatHasLeftMemoryIsToComeFromTheJournal() {
    one.write(3);
    one.replica.advance(new EntityFrontier(new HybridTimestamp(2, 0), one.replica.vector()));
    two.does(two.session.start(), one);
    one.receive(two);
    assertThat(one.fromJournal).containsExactly(new DotRange(R1, 1, 2));
    assertThat(two.inbox).isEmpty();
    // A gap that lies in both is answered from both.
    SyncStep<Note> step =
        one.session.receive(new SyncMessage.GapRequest<>(List.of(new DotRange(R1, 2, 9))));
    assertThat(step.fromJournal()).containsExactly(new DotRange(R1, 2, 2));
    assertThat(((SyncMessage.Events<Note>) step.send().get(0)).events()).hasSize(1);
  }

  @Test
  void aPeerThatLostWhatItHadGetsItAgain() {
    one.write(5);
    one.does(one.session.start(), two);
    runUntilSilent();
    Side empty = new Side(R2);
    empty.does(empty.session.start(), one);
    while (!one.inbox.isEmpty() || !empty.inbox.isEmpty()) {
      if (!one.inbox.isEmpty()) {
        one.receive(empty);
      }
      if (!empty.inbox.isEmpty()) {
        empty.receive(one);
      }
    }
    assertThat(empty.replica.state()).isEqualTo(one.replica.state());
  }

  @Test
  void lossDuplicationAndDisorderDelayAndNoMore() {
    Seeds.check(
        SyncSessionTest.class,
        200,
        seed -> {
          Random random = new Random(seed);
          Side a = new Side(R1);
          Side b = new Side(R2);
          int writes = 0;
          for (int step = 0; step < 600; step++) {
            Side side = random.nextBoolean() ? a : b;
            Side other = side == a ? b : a;
            boolean calm = step > 400;
            if (!calm && writes < 60 && random.nextInt(6) == 0) {
              int count = 1 + random.nextInt(4);
              side.write(count);
              writes += count;
            } else if (random.nextInt(20) == 0) {
              side.does(side.session.start(), other);
            } else if (!side.inbox.isEmpty()) {
              disturb(side.inbox, random, calm);
              if (!side.inbox.isEmpty()) {
                side.receive(other);
              }
            }
          }
          a.does(a.session.start(), b);
          while (!a.inbox.isEmpty() || !b.inbox.isEmpty()) {
            if (!a.inbox.isEmpty()) {
              a.receive(b);
            }
            if (!b.inbox.isEmpty()) {
              b.receive(a);
            }
          }
          assertThat(a.refused).isEmpty();
          assertThat(b.refused).isEmpty();
          assertThat(a.replica.vector()).isEqualTo(b.replica.vector());
          assertThat(a.replica.state()).isEqualTo(b.replica.state()).hasSize(writes);
          assertThat(a.replica.waiting() + b.replica.waiting()).isZero();
          assertThat(CausalContext.of(a.session.theirs()).vector()).isEqualTo(b.replica.vector());
        });
  }

  private static void disturb(Deque<SyncMessage<Note>> inbox, Random random, boolean calm) {
    if (calm) {
      return;
    }
    switch (random.nextInt(5)) {
      case 0 -> inbox.remove();
      case 1 -> inbox.add(inbox.element());
      case 2 -> inbox.add(inbox.remove());
      default -> {}
    }
  }
}
