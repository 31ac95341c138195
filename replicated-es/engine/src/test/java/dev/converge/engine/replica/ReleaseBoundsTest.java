package dev.converge.engine.replica;

import static dev.converge.engine.support.Events.R1;
import static dev.converge.engine.support.Events.R2;
import static dev.converge.engine.support.Events.R3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.causal.DotRange;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.FoldCheckpoint;
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.fold.TailNeeded;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Models.Model;
import dev.converge.engine.support.Note;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.SyncBatch;
import dev.converge.engine.sync.SyncLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What leaves memory, what stays of it, and what is asked for when it is needed again. */
class ReleaseBoundsTest {
  private static final SyncLimits<Note> LIMITS = SyncLimits.events(1_000);
  private static final Model<TreeMap<String, String>> FIELDS =
      Models.assign(Resolvers.lastWriterWins(note -> note.keys().iterator().next()));
  private static final Model<TreeMap<String, String>> PERSONS =
      Models.assign(Resolvers.decidedBy(Note::resolution, Resolvers.escalate(Note::keys, true)));

  /** A state that does not grow. */
  private static final Model<Long> HASH =
      new Model<>(
          0L,
          (hash, note, context) -> 31 * hash + note.text().hashCode(),
          Resolvers.lastWriterWins(note -> note.keys().iterator().next()),
          false);

  private static <S> EntityReplica<S, Note> replica(ReplicaId self, Model<S> model) {
    return new EntityReplica<>(self, model, 100, LIMITS);
  }

  private static HybridTimestamp at(long millis) {
    return new HybridTimestamp(millis, 0);
  }

  private static <S> ReplicatedEvent<Note> write(
      EntityReplica<S, Note> replica,
      long millis,
      Note note,
      @Nullable String origin,
      CausalContext context) {
    ReplicatedEvent<Note> event =
        replica.mint(
            note,
            note.bytes(),
            at(millis),
            1,
            origin == null ? null : new OriginId(origin),
            context);
    replica.applied(List.of(event));
    return event;
  }

  private static ReplicatedEvent<Note> write(
      EntityReplica<TreeMap<String, String>, Note> replica, long millis, Note note) {
    return write(replica, millis, note, null, replica.context());
  }

  private static <S> void deliver(EntityReplica<S, Note> from, EntityReplica<S, Note> to) {
    SyncBatch<Note> batch = from.missingFor(to.vector(), LIMITS);
    AdmitResult<Note> result = to.admit(batch.events());
    assertThat(result.tailNeeded()).isNull();
    assertThat(result.refused()).isEmpty();
    to.applied(result.toPersist());
  }

  @Test
  void aHundredThousandEventsPassThroughAndMemoryStaysBounded() {
    List<EntityReplica<Long, Note>> replicas =
        List.of(replica(R1, HASH), replica(R2, HASH), replica(R3, HASH));
    int most = 0;
    int mostKept = 0;
    HybridTimestamp lastRound = HybridTimestamp.ZERO;
    for (int round = 0; round < 1_000; round++) {
      // A hundred writes at three replicas that do not know of each other's, then all meet.
      for (int i = 0; i < 100; i++) {
        EntityReplica<Long, Note> replica = replicas.get(i % 3);
        String request = i % 10 == 0 ? "request-" + round + "-" + i : null;
        write(
            replica,
            round * 100L + i + 1,
            // Keys come and go, so an index that never forgets one would grow.
            Note.on("field-" + (round * 100 + i) / 50, "v" + i),
            request,
            replica.context());
      }
      replicas.forEach(to -> replicas.stream().filter(r -> r != to).forEach(r -> deliver(r, to)));
      VersionVector all = replicas.get(0).vector();
      for (EntityReplica<Long, Note> replica : replicas) {
        assertThat(replica.vector()).isEqualTo(all);
        replica.advance(new EntityFrontier(lastRound, all));
        most = Math.max(most, replica.held());
        mostKept = Math.max(mostKept, replica.fold().kept());
      }
      lastRound = replicas.get(0).latestTime();
    }
    assertThat(most).isEqualTo(100);
    assertThat(mostKept).isLessThanOrEqualTo(100);
    assertThat(replicas.get(0).fold().counters().checkpoints()).isLessThan(20);
    assertThat(replicas.get(0).fold().released()).isEqualTo(99_900);
    assertThat(replicas.get(0).fold().indexedKeys()).isLessThan(10);
    assertThat(replicas).extracting(EntityReplica::state).containsOnly(replicas.get(0).state());
  }

  @Test
  void aCheckpointAndTheJournalBehindItStartTheEntityAgain() {
    var one = replica(R1, FIELDS);
    var request = write(one, 1, Note.on("title", "a"), "request-1", CausalContext.empty());
    write(one, 2, Note.on("title", "b"));
    one.advance(new EntityFrontier(at(2), one.vector()));
    ReplicatedEvent<Note> last = write(one, 3, Note.on("title", "c"));
    assertThat(one.held()).isEqualTo(1);

    FoldCheckpoint<TreeMap<String, String>, Note> checkpoint = one.checkpoint();
    assertThat(checkpoint.state()).containsEntry("title", "b");
    assertThat(checkpoint.vector()).isEqualTo(VersionVector.empty().with(R1, 2));
    var again = new EntityReplica<>(R1, FIELDS, 100, LIMITS, FoldOptions.DEFAULT, checkpoint);
    again.load(List.of(last));
    assertThat(again.state()).isEqualTo(one.state());
    assertThat(again.nextDot()).isEqualTo(Dot.of(R1, 4));
    assertThat(again.latestTime()).isEqualTo(at(3));
    assertThat(again.find(new OriginId("request-1"))).contains(request.dot());
    assertThat(again.history(0, 10).from()).isEqualTo(2);
    assertThat(again.history(0, 10).total()).isEqualTo(3);
  }

  @Test
  void aRequestCountsOnceAlsoWhenItsFirstEventHasLeftMemoryUntilItIsForgotten() {
    var one = replica(R1, FIELDS);
    var first = write(one, 1, Note.on("title", "a"), "request-1", CausalContext.empty());
    one.advance(new EntityFrontier(at(1), one.vector()));
    var repeated = write(one, 2, Note.on("title", "a"), "request-1", one.context());
    assertThat(one.eventByDot(repeated.dot()).orElseThrow().duplicateOf()).isEqualTo(first.dot());
    long later = 2 + FIELDS.rememberRequestsMillis();
    var anew = write(one, later, Note.on("title", "z"), "request-1", one.context());
    assertThat(one.eventByDot(anew.dot()).orElseThrow().duplicateOf()).isNull();
    one.advance(new EntityFrontier(at(later), one.vector()));
    assertThat(one.checkpoint().requests()).hasSize(1);
    assertThat(one.find(new OriginId("request-1"))).contains(anew.dot());
  }

  @Test
  void whoWritesWithAnOldContextMeetsWhatHasLeftMemoryOnceTheTailIsThere() {
    var one = replica(R1, FIELDS);
    List<ReplicatedEvent<Note>> journal = new ArrayList<>();
    journal.add(write(one, 1, Note.on("title", "a")));
    journal.add(write(one, 2, Note.on("title", "b")));
    one.advance(new EntityFrontier(at(2), one.vector()));
    CausalContext old = CausalContext.ofDots(journal.get(0).dot());
    assertThat(one.needsTail(old)).isTrue();
    assertThat(one.needsTail(one.context())).isFalse();
    assertThatThrownBy(() -> write(one, 3, Note.on("title", "c"), null, old))
        .isInstanceOf(TailNeededException.class)
        .hasMessageContaining("event node-1:3, which follows {node-1=1}")
        .hasMessageContaining("restore the entity from an older checkpoint");
    assertThat(one.nextDot()).isEqualTo(Dot.of(R1, 3));

    assertThatThrownBy(() -> one.restore(FoldCheckpoint.empty(FIELDS), journal.subList(0, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lead to {node-1=1}, not {node-1=2}");
    one.restore(FoldCheckpoint.empty(FIELDS), journal);
    var event = write(one, 3, Note.on("title", "c"), null, old);
    assertThat(one.eventByDot(event.dot()).orElseThrow().concurrentWith())
        .containsExactly(journal.get(1).dot());
  }

  @Test
  void aPeersEventThatNeedsTheTailIsNotTakenInBefore() {
    var one = replica(R1, FIELDS);
    var two = replica(R2, FIELDS);
    List<ReplicatedEvent<Note>> journal = List.of(write(one, 1, Note.on("title", "a")));
    deliver(one, two);
    one.advance(new EntityFrontier(at(1), one.vector()));
    var unaware = write(two, 2, Note.on("title", "b"), null, CausalContext.empty());
    AdmitResult<Note> result = one.admit(List.of(unaware));
    assertThat(result.toPersist()).isEmpty();
    TailNeeded needed = Objects.requireNonNull(result.tailNeeded());
    assertThat(needed.dot()).isEqualTo(unaware.dot());
    assertThat(needed.isMetBy(one.checkpoint())).isFalse();
    assertThat(needed.isMetBy(FoldCheckpoint.empty(FIELDS))).isTrue();
    one.restore(FoldCheckpoint.empty(FIELDS), journal);
    one.applied(one.admit(List.of(unaware)).toPersist());
    assertThat(one.eventByDot(unaware.dot())).isEqualTo(two.eventByDot(unaware.dot()));
    assertThat(one.state()).isEqualTo(two.state());
  }

  @Test
  void whatTouchesNothingNeedsNoTail() {
    var one = replica(R1, FIELDS);
    var two = replica(R2, FIELDS);
    write(one, 1, Note.on("title", "a"));
    one.advance(new EntityFrontier(at(1), one.vector()));
    Note silent = new Note(Set.of(), "nothing");
    var event = two.mint(silent, silent.bytes(), at(2), 1, null);
    Model<List<String>> appends = Models.append(Resolvers.none());
    var log = new EntityReplica<>(R1, appends, 10, LIMITS);
    Note note = Note.on("title", "a");
    log.applied(List.of(log.mint(note, note.bytes(), at(1), 1, null)));
    log.advance(new EntityFrontier(at(1), log.vector()));
    assertThat(log.admit(List.of(event)).tailNeeded()).isNull();
  }

  @Test
  void belowTheFloorNothingIsNeededAndContextsAreRaisedToIt() {
    var one = replica(R1, FIELDS);
    write(one, 1, Note.on("title", "a"));
    VersionVector floor = one.vector();
    assertThatThrownBy(() -> one.raiseFloor(floor.with(R2, 1)))
        .hasMessageContaining("cannot be promised");
    one.raiseFloor(floor);
    one.advance(new EntityFrontier(at(1), one.vector(), floor));
    assertThat(one.needsTail(CausalContext.empty())).isFalse();
    var event = write(one, 2, Note.on("title", "b"), null, CausalContext.empty());
    assertThat(event.context()).isEqualTo(CausalContext.of(floor));
    assertThat(one.ignorant()).isEmpty();
  }

  @Test
  void whatBreaksTheFloorIsTakenInAndNamed() {
    var one = replica(R1, FIELDS);
    var two = replica(R2, FIELDS);
    write(one, 1, Note.on("title", "a"));
    one.advance(new EntityFrontier(at(1), one.vector(), one.vector()));
    var unaware = write(two, 2, Note.on("title", "b"));
    AdmitResult<Note> result = one.admit(List.of(unaware));
    assertThat(result.toPersist()).containsExactly(unaware);
    assertThat(one.ignorant()).containsExactly(unaware.dot());
  }

  @Test
  void aPeerThatLacksWhatHasLeftMemoryIsSentToTheJournal() {
    var one = replica(R1, FIELDS);
    write(one, 1, Note.on("title", "a"));
    write(one, 2, Note.on("title", "b"));
    one.advance(new EntityFrontier(at(2), one.vector()));
    write(one, 3, Note.on("title", "c"));
    SyncBatch<Note> batch = one.missingFor(VersionVector.empty().with(R1, 1), LIMITS);
    assertThat(batch.events()).isEmpty();
    assertThat(batch.complete()).isFalse();
    assertThat(batch.fromJournal()).containsExactly(new DotRange(R1, 2, 2));
    assertThat(one.missingFor(VersionVector.empty().with(R1, 2), LIMITS).events()).hasSize(1);
  }

  @Test
  void whatWaitsOrIsBeingStoredHoldsBackWhatItMayMeet() {
    var one = replica(R1, FIELDS);
    var two = replica(R2, FIELDS);
    var first = write(two, 1, Note.on("title", "a"));
    write(one, 2, Note.on("title", "b"));
    Note note = Note.on("title", "c");
    var unaware = two.mint(note, note.bytes(), at(3), 1, null);
    var waiting = one.admit(List.of(unaware));
    assertThat(waiting.waiting()).containsExactly(unaware.dot());
    one.advance(new EntityFrontier(at(2), one.vector()));
    assertThat(one.held()).isZero();
    assertThat(one.fold().kept()).isEqualTo(1);
    // It comes after all, too late for what was said to be final: it is folded, and named.
    assertThat(one.admit(List.of(first)).tailNeeded()).isNotNull();
    one.applied(one.admitWithoutTail(List.of(first)).toPersist());
    assertThat(one.fold().cameTooLate()).containsExactly(first.dot());
    assertThat(one.eventByDot(unaware.dot()).orElseThrow().concurrentWith())
        .containsExactly(Dot.of(R1, 1));
  }

  @Test
  void anOpenConflictIsShownAndDecidedAfterItsEventsHaveLeftMemory() {
    var one = replica(R1, PERSONS);
    var two = replica(R2, PERSONS);
    var left = write(one, 1, Note.on("title", "left"));
    var right = write(two, 2, Note.on("title", "right"));
    deliver(one, two);
    deliver(two, one);
    one.advance(new EntityFrontier(at(2), one.vector()));
    assertThat(one.held()).isZero();
    assertThat(one.openConflicts()).isEqualTo(two.openConflicts()).hasSize(1);
    assertThat(one.sides(right.dot()))
        .isEqualTo(two.sides(right.dot()))
        .extracting(side -> side.event().payload().text())
        .containsExactly("left", "right");
    assertThat(one.escalated()).extracting(e -> e.event().dot()).containsExactly(right.dot());

    var again =
        new EntityReplica<>(R1, PERSONS, 100, LIMITS, FoldOptions.DEFAULT, one.checkpoint());
    var decision =
        write(again, 3, Note.decision(Set.of(), right.dot(), List.of(left.dot(), right.dot())));
    assertThat(again.openConflicts()).isEmpty();
    assertThat(again.eventByDot(decision.dot()).orElseThrow().decision())
        .isEqualTo(Decision.apply("decides the conflict node-2:1 for [node-1:1, node-2:1]"));
  }

  @Test
  void ofTwoConcurrentDecisionsTheSecondIsToldSoAlsoWhenTheFirstHasLeftMemory() {
    var one = replica(R1, PERSONS);
    var two = replica(R2, PERSONS);
    var left = write(one, 1, Note.on("title", "left"));
    deliver(one, two);
    var right = write(two, 2, Note.on("title", "right"), null, CausalContext.empty());
    deliver(two, one);
    Note says = Note.decision(Set.of(), right.dot(), List.of(left.dot(), right.dot()));
    var first = write(one, 3, says);
    var second = write(two, 4, says);
    // In flight at one while it lets go of what is final and everywhere.
    AdmitResult<Note> admitted = one.admit(List.of(second));
    one.advance(new EntityFrontier(at(3), one.vector()));
    assertThat(one.held()).isZero();
    one.applied(admitted.toPersist());
    assertThat(one.eventByDot(second.dot()).orElseThrow().decision())
        .isEqualTo(
            Decision.discard(
                "the conflict node-2:1 was decided at the same time by "
                    + first.dot()
                    + ", which stands"));
    one.advance(new EntityFrontier(at(4), one.vector()));
    assertThat(one.checkpoint().conflicts()).isEmpty();
  }

  @Test
  void whatACheckpointCoversIsFinalAlsoWhenItIsRestoredBeforeTheFrontiersAreKnown() {
    EntityReplica<TreeMap<String, String>, Note> first = replica(R1, FIELDS);
    List<ReplicatedEvent<Note>> journal = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      journal.add(write(first, 10L * i, Note.on("a", "v" + i)));
    }
    first.advance(new EntityFrontier(at(20), VersionVector.empty().with(R1, 2)));
    EntityReplica<TreeMap<String, String>, Note> again =
        new EntityReplica<>(R1, FIELDS, 100, LIMITS, FoldOptions.DEFAULT, first.checkpoint());
    again.load(journal);
    again.restore(FoldCheckpoint.empty(FIELDS), journal);
    assertThat(again.advance(new EntityFrontier(at(30), VersionVector.empty())))
        .extracting(folded -> folded.dot())
        .containsExactly(new Dot(R1, 3));
  }

  @Test
  void anEventThatComesTooLateIsNamedAlsoAfterAStartAndARestore() {
    EntityReplica<TreeMap<String, String>, Note> first = replica(R1, FIELDS);
    List<ReplicatedEvent<Note>> journal = List.of(write(first, 20, Note.on("a", "v1")));
    first.advance(new EntityFrontier(at(20), VersionVector.empty().with(R1, 1)));
    EntityReplica<TreeMap<String, String>, Note> again =
        new EntityReplica<>(R1, FIELDS, 100, LIMITS, FoldOptions.DEFAULT, first.checkpoint());
    again.load(journal);
    again.restore(FoldCheckpoint.empty(FIELDS), journal);
    EntityReplica<TreeMap<String, String>, Note> other = replica(R2, FIELDS);
    ReplicatedEvent<Note> late = write(other, 15, Note.on("a", "v2"));
    again.applied(again.admit(List.of(late)).toPersist());
    assertThat(again.fold().cameTooLate()).containsExactly(late.dot());
  }
}
