package dev.converge.engine.replica;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.GapAnswer;
import dev.converge.engine.sync.SyncBatch;
import dev.converge.engine.sync.SyncLimits;
import dev.converge.engine.sync.SyncMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * One side of anti-entropy with one peer, about one entity. Single-threaded, mutable, without a
 * clock or I/O: the caller sends, stores, and calls {@link #start} again from time to time, by
 * which what was lost is said again.
 *
 * <p>One batch is under way at a time, so a peer is never sent more than it has room for. Two that
 * hold the same exchange one digest and fall silent.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>is</th><th>on</th><th>does, and becomes</th></tr>
 * <tr><td>any</td><td>start</td><td>says what it holds; idle</td></tr>
 * <tr><td>idle</td><td>Digest or Acknowledgement, the peer lacks something</td>
 *     <td>sends a batch; sending</td></tr>
 * <tr><td>idle</td><td>the same, the peer lacks nothing</td><td>idle</td></tr>
 * <tr><td>sending</td><td>Digest</td><td>sends the batch that fits it; sending</td></tr>
 * <tr><td>sending</td><td>Acknowledgement of the batch</td><td>as idle</td></tr>
 * <tr><td>sending</td><td>Acknowledgement of less</td><td>waits on; sending</td></tr>
 * <tr><td>any</td><td>Digest, mutual, the peer has more</td><td>also says what it holds</td></tr>
 * <tr><td>any</td><td>Events</td><td>admits them, and says when they are stored</td></tr>
 * <tr><td>any</td><td>Events, some have to wait</td><td>also asks for what they wait for</td></tr>
 * <tr><td>any</td><td>GapRequest</td><td>sends what it has of it</td></tr>
 * </table>
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
public final class SyncSession<S, E> {
  private final EntityReplica<S, E> replica;
  private final SyncLimits<E> limits;
  private final Predicate<ReplicaId> origins;

  /** What the peer is known to hold. */
  private VersionVector theirs = VersionVector.empty();

  /** What it will hold once it has the batch under way; {@link #theirs} if none is. */
  private VersionVector sentUpTo = VersionVector.empty();

  /**
   * A session that has not begun.
   *
   * @param limits how large a batch to the peer may be
   * @param origins of which replicas events are taken in: members, and those that were
   */
  public SyncSession(
      EntityReplica<S, E> replica, SyncLimits<E> limits, Predicate<ReplicaId> origins) {
    this.replica = replica;
    this.limits = limits;
    this.origins = origins;
  }

  /** Begins, or begins anew. */
  public SyncStep<E> start() {
    sentUpTo = theirs;
    return SyncStep.send(List.of(new SyncMessage.Digest<>(replica.vector(), true)), List.of());
  }

  /** Takes in a message of the peer's. */
  public SyncStep<E> receive(SyncMessage<E> message) {
    if (message instanceof SyncMessage.Digest<E> digest) {
      return onDigest(digest);
    }
    if (message instanceof SyncMessage.Acknowledgement<E> acknowledgement) {
      theirs = theirs.merge(acknowledgement.held());
      return theirs.covers(sentUpTo) ? next(List.of()) : SyncStep.send(List.of(), List.of());
    }
    if (message instanceof SyncMessage.GapRequest<E> request) {
      GapAnswer<E> answer = replica.within(request.gaps(), limits);
      return SyncStep.send(
          answer.events().isEmpty()
              ? List.of()
              : List.of(new SyncMessage.Events<>(answer.events())),
          answer.fromJournal());
    }
    return onEvents(((SyncMessage.Events<E>) message).events());
  }

  private SyncStep<E> onDigest(SyncMessage.Digest<E> digest) {
    // SUBTLE: not merged. A peer that lost what it had says so, and gets it again.
    theirs = digest.held();
    boolean hasMore = !replica.vector().covers(theirs);
    return next(
        digest.mutual() && hasMore
            ? List.of(new SyncMessage.Digest<>(replica.vector(), false))
            : List.of());
  }

  /** The next batch, behind other messages. */
  private SyncStep<E> next(List<SyncMessage<E>> before) {
    SyncBatch<E> batch = replica.missingFor(theirs, limits);
    List<SyncMessage<E>> send = new ArrayList<>(before);
    if (!batch.isEmpty()) {
      send.add(new SyncMessage.Events<>(batch.events()));
    }
    sentUpTo = batch.upTo();
    return SyncStep.send(send, batch.fromJournal());
  }

  private SyncStep<E> onEvents(List<ReplicatedEvent<E>> events) {
    AdmitResult<E> result = replica.admit(events, origins);
    List<SyncMessage<E>> send = new ArrayList<>();
    if (!result.waiting().isEmpty()) {
      send.add(new SyncMessage.GapRequest<>(replica.gaps()));
    }
    if (result.toPersist().isEmpty() && result.tailNeeded() == null && send.isEmpty()) {
      // Known already, or refused: the peer may have missed that, and goes on from what is held.
      send.add(new SyncMessage.Acknowledgement<>(replica.vector()));
    }
    return new SyncStep<>(
        send, result.toPersist(), result.refused(), List.of(), result.tailNeeded());
  }

  /** What {@link SyncStep#toPersist} gave is stored: it counts, and the peer is told. */
  public SyncStep<E> stored(List<ReplicatedEvent<E>> events) {
    replica.applied(events);
    return SyncStep.send(List.of(new SyncMessage.Acknowledgement<>(replica.vector())), List.of());
  }

  /** What the peer is known to hold. */
  public VersionVector theirs() {
    return theirs;
  }
}
