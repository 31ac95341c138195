package dev.converge.engine.replica;

import static dev.converge.engine.support.Events.R1;
import static dev.converge.engine.support.Events.R2;
import static dev.converge.engine.support.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.support.Models;
import dev.converge.engine.support.Note;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.Refusal;
import dev.converge.engine.sync.SyncLimits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EntityReplicaTest {
  private static final SyncLimits<Note> LIMITS = SyncLimits.events(100);

  private static EntityReplica<List<String>, Note> replica(ReplicaId self) {
    return new EntityReplica<>(self, Models.append(Resolvers.none()), 10, LIMITS);
  }

  private static ReplicatedEvent<Note> mint(
      EntityReplica<List<String>, Note> replica, long millis, String text) {
    Note note = Note.on("a", text);
    return replica.mint(note, note.bytes(), new HybridTimestamp(millis, 0), 1, null);
  }

  private static ReplicatedEvent<Note> write(
      EntityReplica<List<String>, Note> replica, long millis, String text) {
    ReplicatedEvent<Note> event = mint(replica, millis, text);
    replica.applied(List.of(event));
    return event;
  }

  private static void deliver(
      EntityReplica<List<String>, Note> from, EntityReplica<List<String>, Note> to) {
    to.applied(to.admit(from.missingFor(to.vector(), LIMITS).events()).toPersist());
  }

  @Test
  void anOwnEventCountsOnceItIsStored() {
    EntityReplica<List<String>, Note> replica = replica(R1);
    ReplicatedEvent<Note> first = mint(replica, 1, "x");
    ReplicatedEvent<Note> second = mint(replica, 2, "y");
    assertThat(second.context()).isEqualTo(CausalContext.ofDots(first.dot()));
    assertThat(replica.nextDot()).isEqualTo(Dot.of(R1, 3));
    assertThat(replica.state()).isEmpty();
    assertThat(replica.runningState()).containsExactly("x", "y");
    assertThat(replica.vector()).isEqualTo(VersionVector.empty());
    assertThat(replica.missingFor(VersionVector.empty(), LIMITS).isEmpty()).isTrue();
    replica.applied(List.of(first, second));
    assertThat(replica.state()).containsExactly("x", "y");
    assertThat(replica.vector().get(R1)).isEqualTo(2);
    assertThat(replica.eventByDot(second.dot()).orElseThrow().event()).isEqualTo(second);
  }

  @Test
  void aBatchThatComesTwiceChangesNothingTheSecondTimeAlsoWhileItIsBeingStored() {
    EntityReplica<List<String>, Note> one = replica(R1);
    EntityReplica<List<String>, Note> two = replica(R2);
    List<ReplicatedEvent<Note>> batch = List.of(write(one, 1, "x"), write(one, 2, "y"));
    AdmitResult<Note> first = two.admit(batch);
    assertThat(first.toPersist()).isEqualTo(batch);
    assertThat(two.admit(batch).toPersist()).isEmpty();
    two.applied(first.toPersist());
    assertThat(two.admit(batch).duplicates()).hasSize(2);
    two.applied(batch);
    assertThat(two.state()).containsExactly("x", "y");
  }

  @Test
  void aReplicaComesBackFromWhatIsStored() {
    EntityReplica<List<String>, Note> one = replica(R1);
    write(one, 1, "x");
    write(one, 2, "y");
    EntityReplica<List<String>, Note> again = replica(R1);
    again.load(one.missingFor(VersionVector.empty(), LIMITS).events());
    assertThat(again.state()).isEqualTo(one.state());
    assertThat(again.nextDot()).isEqualTo(one.nextDot());
    assertThat(again.latestTime()).isEqualTo(new HybridTimestamp(2, 0));
    assertThatThrownBy(() -> replica(R1).load(List.of(event("node-1:2", 1, Note.on("a", "x")))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("node-1:2 cannot be replayed");
  }

  @Test
  void anOwnEventMustBeLaterThanEverythingHeldOrOnItsWay() {
    EntityReplica<List<String>, Note> one = replica(R1);
    one.admit(List.of(event("node-2:1", 9, Note.on("a", "x"))));
    assertThatThrownBy(() -> mint(one, 9, "late"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("let the clock observe");
  }

  @Test
  void anOwnEventMayDependOnLessThanIsHeldButNotOnMore() {
    EntityReplica<List<String>, Note> one = replica(R1);
    ReplicatedEvent<Note> seen = write(one, 1, "x");
    Note note = Note.on("a", "y");
    ReplicatedEvent<Note> unaware =
        one.mint(note, note.bytes(), new HybridTimestamp(2, 0), 1, null, CausalContext.empty());
    assertThat(unaware.concurrentWith(seen)).isTrue();
    CausalContext more = CausalContext.ofDots(Dot.of(R2, 1));
    assertThatThrownBy(() -> one.mint(note, note.bytes(), new HybridTimestamp(3, 0), 1, null, more))
        .hasMessageContaining("{node-2=1}, and only {node-1=2} is held");
  }

  @Test
  void aPeerThatHoldsMoreOfMyLogThanIDoGivesItBack() {
    EntityReplica<List<String>, Note> restored = replica(R1);
    EntityReplica<List<String>, Note> peer = replica(R2);
    peer.applied(peer.admit(List.of(event("node-1:1", 5, Note.on("a", "mine")))).toPersist());
    deliver(peer, restored);
    assertThat(restored.nextDot()).isEqualTo(Dot.of(R1, 2));
    assertThat(restored.state()).containsExactly("mine");
  }

  @Test
  void aDotThatIsBeingStoredHereIsNotTakenFromElsewhere() {
    EntityReplica<List<String>, Note> one = replica(R1);
    ReplicatedEvent<Note> mine = mint(one, 5, "mine");
    ReplicatedEvent<Note> other = event("node-1:1", 5, Note.on("a", "other"));
    Refusal<Note> refusal = one.admit(List.of(other)).refused().get(0);
    assertThat(refusal.reason()).isEqualTo(Refusal.Reason.CONTRADICTION);
    assertThat(refusal.evidence()).isEqualTo(mine);
    assertThat(refusal.detail()).contains("node-1:1", mine.hash().toString());
  }

  @Test
  void badBatchesAreRefusedWithAReasonAndChangeNothing() {
    EntityReplica<List<String>, Note> one =
        new EntityReplica<>(R1, Models.append(Resolvers.none()), 0, SyncLimits.events(2));
    ReplicatedEvent<Note> a = event("node-2:1", 1, Note.on("a", "a"));
    ReplicatedEvent<Note> b = event("node-2:2", 2, Note.on("a", "b"));
    ReplicatedEvent<Note> c = event("node-2:3", 3, Note.on("a", "c"));
    assertThat(reasons(one.admit(List.of(b, a)))).containsOnly(Refusal.Reason.UNSORTED);
    assertThat(reasons(one.admit(List.of(a, b, c)))).containsOnly(Refusal.Reason.OVER_LIMITS);
    assertThat(reasons(one.admit(List.of(b)))).containsExactly(Refusal.Reason.GAP);
    assertThat(one.admit(List.of(a, b)).toPersist()).containsExactly(a, b);
    ReplicatedEvent<Note> early = event("node-3:1", 2, Note.on("a", "d"), "node-2:1", "node-2:2");
    assertThat(reasons(one.admit(List.of(early)))).containsExactly(Refusal.Reason.MALFORMED);
  }

  private static List<Refusal.Reason> reasons(AdmitResult<Note> result) {
    assertThat(result.toPersist()).isEmpty();
    return result.refused().stream().map(Refusal::reason).toList();
  }

  @Test
  void whatWasNeitherMintedNorAdmittedIsNotApplied() {
    ReplicatedEvent<Note> stranger = event("node-2:1", 1, Note.on("a", "x"));
    assertThatThrownBy(() -> replica(R1).applied(List.of(stranger)))
        .hasMessageContaining("neither minted nor admitted");
  }

  @Test
  void aRequestIsFoundByItsOriginId() {
    EntityReplica<List<String>, Note> one = replica(R1);
    Note note = Note.on("a", "x");
    OriginId origin = new OriginId("tablet-3/41");
    ReplicatedEvent<Note> event =
        one.mint(note, note.bytes(), new HybridTimestamp(1, 0), 1, origin);
    assertThat(one.find(origin)).isEmpty();
    one.applied(List.of(event));
    assertThat(one.find(origin)).contains(event.dot());
    assertThat(one.vector()).isEqualTo(VersionVector.of(Map.of(R1, 1L)));
  }
}
