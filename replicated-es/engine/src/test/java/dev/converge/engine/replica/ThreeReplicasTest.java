package dev.converge.engine.replica;

import static dev.converge.engine.support.Events.R1;
import static dev.converge.engine.support.Events.R2;
import static dev.converge.engine.support.Events.R3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.causal.DotRange;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.FoldCheckpoint;
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Note;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.SyncLimits;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Histories of three replicas that other implementations of replicated event sourcing get wrong.
 */
class ThreeReplicasTest {
  private static final SyncLimits<Note> LIMITS = SyncLimits.events(100);

  private static final Models.Model<List<String>> MODEL =
      Models.append(Resolvers.lastWriterWins(note -> note.keys().iterator().next()));

  private final EntityReplica<List<String>, Note> one = replica(R1);
  private final EntityReplica<List<String>, Note> two = replica(R2);
  private final EntityReplica<List<String>, Note> three = replica(R3);

  private static EntityReplica<List<String>, Note> replica(ReplicaId self) {
    return new EntityReplica<>(self, MODEL, 10, LIMITS);
  }

  private static ReplicatedEvent<Note> write(
      EntityReplica<List<String>, Note> replica, long millis, String text) {
    Note note = Note.on("list", text);
    ReplicatedEvent<Note> event =
        replica.mint(note, note.bytes(), new HybridTimestamp(millis, 0), 1, null);
    replica.applied(List.of(event));
    return event;
  }

  private static AdmitResult<Note> push(
      ReplicatedEvent<Note> event, EntityReplica<List<String>, Note> to) {
    AdmitResult<Note> result = to.admit(List.of(event));
    to.applied(result.toPersist());
    return result;
  }

  private static void pull(
      EntityReplica<List<String>, Note> from, EntityReplica<List<String>, Note> to) {
    to.applied(to.admit(from.missingFor(to.vector(), LIMITS).events()).toPersist());
  }

  @Test
  void anAnswerNeverOvertakesTheQuestionOverASlowPath() {
    ReplicatedEvent<Note> question = write(one, 10, "question");
    push(question, two);
    ReplicatedEvent<Note> answer = write(two, 20, "answer");

    // The way from one to three is slow: the answer is there first.
    AdmitResult<Note> early = push(answer, three);
    assertThat(early.waiting()).containsExactly(answer.dot());
    assertThat(three.state()).isEmpty();
    assertThat(three.gaps()).containsExactly(new DotRange(R1, 1, 1));

    assertThat(push(question, three).toPersist()).containsExactly(question, answer);
    assertThat(three.state()).containsExactly("question", "answer");
    assertThat(three.history(0, 10).events())
        .extracting(Folded::concurrentWith)
        .containsOnly(List.of());
  }

  @Test
  void theQuestionComesThroughAThirdReplicaIfTheDirectPathIsCut() {
    ReplicatedEvent<Note> question = write(one, 10, "question");
    push(question, two);
    ReplicatedEvent<Note> answer = write(two, 20, "answer");
    push(answer, three);
    pull(two, three);
    assertThat(three.state()).containsExactly("question", "answer");
    assertThat(three.waiting()).isZero();
  }

  @Test
  void aHandlerThatDoesNotCommuteEndsTheSameEverywhere() {
    ReplicatedEvent<Note> a = write(one, 30, "a");
    ReplicatedEvent<Note> b = write(two, 20, "b");
    ReplicatedEvent<Note> c = write(three, 10, "c");
    push(b, one);
    push(c, one);
    push(c, two);
    push(a, two);
    push(a, three);
    push(b, three);
    assertThat(List.of(one, two, three))
        .allSatisfy(
            replica -> {
              assertThat(replica.state()).containsExactly("c", "b", "a");
              assertThat(replica.history(0, 10)).isEqualTo(one.history(0, 10));
            });
    assertThat(one.eventByDot(a.dot()).orElseThrow().concurrentWith())
        .containsExactly(b.dot(), c.dot());
    assertThat(one.eventByDot(a.dot()).orElseThrow().decision().why())
        .contains("list: node-1's later value stands over node-2:1");
  }

  @Test
  void aReplicaThatComesLateGetsTheWholeHistoryFromAnyOther() {
    push(write(one, 10, "a"), two);
    push(write(two, 20, "b"), one);
    pull(two, three);
    assertThat(three.state()).containsExactly("a", "b");
    assertThat(three.vector()).isEqualTo(one.vector());
  }

  @Test
  void aReplicaThatComesAfterEventsWereDeletedHasTheirEffectAndNotOnlyTheTail() {
    push(write(one, 10, "a"), two);
    push(write(two, 20, "b"), one);
    one.advance(new EntityFrontier(new HybridTimestamp(20, 0), one.vector()));
    write(one, 30, "c");
    // The journal of one has nothing before its checkpoint any more.
    FoldCheckpoint<List<String>, Note> checkpoint = one.checkpoint();
    EntityReplica<List<String>, Note> late =
        new EntityReplica<>(
            ReplicaId.of("node-4"), MODEL, 10, LIMITS, FoldOptions.DEFAULT, checkpoint);
    pull(one, late);
    assertThat(late.state()).containsExactly("a", "b", "c");
    assertThat(late.vector()).isEqualTo(one.vector());
    push(write(late, 40, "d"), one);
    assertThat(one.state()).containsExactly("a", "b", "c", "d");
  }

  @Test
  void whetherTwoEventsAreConcurrentDoesNotDependOnWhoReceivesThem() {
    ReplicatedEvent<Note> a = write(one, 10, "a");
    ReplicatedEvent<Note> b = write(two, 20, "b");
    // The resolver, asked at each replica, meets the other as a rival: also where its author is.
    push(a, two);
    push(b, one);
    push(b, three);
    push(a, three);
    assertThat(List.of(one, two, three))
        .allSatisfy(
            replica -> {
              assertThat(replica.eventByDot(a.dot()).orElseThrow().concurrentWith()).isEmpty();
              assertThat(replica.eventByDot(b.dot()).orElseThrow().concurrentWith())
                  .containsExactly(a.dot());
              assertThat(replica.state()).containsExactly("a", "b");
            });
  }
}
