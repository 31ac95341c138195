package dev.converge.engine.replica;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.causal.CausalBuffer;
import dev.converge.engine.causal.DotRange;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.FoldCheckpoint;
import dev.converge.engine.fold.FoldException;
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.IndexedFold;
import dev.converge.engine.fold.TailNeeded;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.GapAnswer;
import dev.converge.engine.sync.SyncBatch;
import dev.converge.engine.sync.SyncLimits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One entity at one replica. Single-threaded, mutable, without I/O: the caller stores and sends.
 *
 * <p>The caller's duties:
 *
 * <ol>
 *   <li>After a start, {@link #load} everything stored, in the order in which it was stored.
 *   <li>An own event: tick the clock later than {@link #latestTime}, {@link #mint}, store, {@link
 *       #applied}, and only then reply and send. The dot is durable before anybody else sees it.
 *   <li>A batch from a peer: {@link #admit}, store {@link AdmitResult#toPersist} in that order,
 *       {@link #applied}, and only then confirm it to the peer.
 *   <li>Store in the order in which {@link #mint} and {@link #admit} gave events, and confirm in
 *       that order.
 *   <li>Where {@link AdmitResult#tailNeeded} or a {@link TailNeededException} asks for it, {@link
 *       #restore} from the journal and do it again.
 *   <li>If storing fails, drop this object and load a new one from what is stored: what was minted
 *       and not stored was never seen by anybody, so its dots are free.
 * </ol>
 *
 * <table>
 * <caption>The way of an event</caption>
 * <tr><th>in</th><th>on</th><th>goes to</th></tr>
 * <tr><td>nowhere</td><td>mint</td><td>in flight</td></tr>
 * <tr><td>nowhere</td><td>admit, something it depends on is missing</td><td>waiting</td></tr>
 * <tr><td>nowhere</td><td>admit, nothing is missing</td><td>in flight</td></tr>
 * <tr><td>waiting</td><td>admit of the last that is missing</td><td>in flight</td></tr>
 * <tr><td>in flight</td><td>applied</td><td>held: in log, vector, fold</td></tr>
 * <tr><td>held</td><td>advance, it is final and stable</td><td>released: its effect is held</td></tr>
 * <tr><td>released</td><td>restore from a checkpoint before it</td><td>held</td></tr>
 * <tr><td>anywhere</td><td>loss of this object before it was stored</td><td>nowhere</td></tr>
 * </table>
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
public final class EntityReplica<S, E> implements EntityView<S, E> {
  private final Held<S, E> held;

  /** Counts what is in flight as delivered: it is stored before anything that follows it. */
  private final CausalBuffer<E> buffer;

  private final InFlight<E> inFlight = new InFlight<>();
  private final Minting<S, E> minting;
  private final Intake<S, E> intake;

  /**
   * An entity without events.
   *
   * @param self the replica that this is
   * @param bufferCapacity how many events may wait for what they depend on
   * @param batchLimits larger batches are refused
   */
  public EntityReplica(
      ReplicaId self, EntityModel<S, E> model, int bufferCapacity, SyncLimits<E> batchLimits) {
    this(self, model, bufferCapacity, batchLimits, FoldOptions.DEFAULT);
  }

  /**
   * An entity without events.
   *
   * @param self the replica that this is
   * @param bufferCapacity how many events may wait for what they depend on
   * @param batchLimits larger batches are refused
   * @param options how it is folded, and its name in error messages
   */
  public EntityReplica(
      ReplicaId self,
      EntityModel<S, E> model,
      int bufferCapacity,
      SyncLimits<E> batchLimits,
      FoldOptions options) {
    this(self, model, bufferCapacity, batchLimits, options, FoldCheckpoint.empty(model));
  }

  /**
   * An entity whose first events are in a checkpoint; {@link #load} the others.
   *
   * @param self the replica that this is
   * @param bufferCapacity how many events may wait for what they depend on
   * @param batchLimits larger batches are refused
   * @param options how it is folded, and its name in error messages
   * @param start what {@link #checkpoint} gave
   */
  public EntityReplica(
      ReplicaId self,
      EntityModel<S, E> model,
      int bufferCapacity,
      SyncLimits<E> batchLimits,
      FoldOptions options,
      FoldCheckpoint<S, E> start) {
    this(
        self,
        model,
        batchLimits,
        options,
        start,
        known -> new CausalBuffer<>(bufferCapacity, start.vector(), known));
  }

  /** With a buffer of the caller's own: tests break it on purpose. */
  EntityReplica(
      ReplicaId self,
      EntityModel<S, E> model,
      SyncLimits<E> batchLimits,
      FoldOptions options,
      FoldCheckpoint<S, E> start,
      Function<Function<Dot, @Nullable ReplicatedEvent<E>>, CausalBuffer<E>> newBuffer) {
    this.held = new Held<>(model, options, start);
    this.buffer = newBuffer.apply(this::known);
    this.minting = new Minting<>(self, model, held, buffer, inFlight);
    this.intake = new Intake<>(held, buffer, inFlight, batchLimits);
  }

  private @Nullable ReplicatedEvent<E> known(Dot dot) {
    ReplicatedEvent<E> flying = inFlight.get(dot);
    return flying != null ? flying : held.log().get(dot);
  }

  /**
   * Takes in what is stored, then folds once. May be called several times, page by page, before
   * anything else; the fold is done at each. What the checkpoint covers is passed over.
   *
   * @param stored in the order in which it was stored
   * @throws IllegalStateException if it is not the log of a replica: a gap, a cause missing, a dot
   *     with two contents
   * @throws TailNeededException if the checkpoint is too new for one of the events: it came when
   *     the entity had been restored, and a crash came before the next checkpoint. Start from an
   *     older one
   */
  public void load(Collection<ReplicatedEvent<E>> stored) {
    intake.load(stored);
  }

  /**
   * As {@link #load}, for when no checkpoint is old enough for all events: what is lacking for one
   * was gone when it came, see {@link #admitWithoutTail}.
   */
  public void loadWithoutTail(Collection<ReplicatedEvent<E>> stored) {
    intake.loadWithoutTail(stored);
  }

  /** An own event that depends on all that is held and minted. See the class's duties. */
  public ReplicatedEvent<E> mint(
      E payload,
      byte[] payloadBytes,
      HybridTimestamp time,
      int schemaVersion,
      @Nullable OriginId originId) {
    return mint(payload, payloadBytes, time, schemaVersion, originId, context());
  }

  /**
   * An own event that depends on less: the author had not seen the rest, as with a client that read
   * elsewhere. What is below the {@linkplain #raiseFloor floor} counts as seen all the same.
   *
   * @param context what the author had seen, no more than {@link #context}
   * @throws IllegalArgumentException if the time is not later than {@link #latestTime}, or the
   *     context has events that are not held
   * @throws TailNeededException if the event may meet what has left memory; nothing is minted then.
   *     {@link #needsTail} tells before
   */
  public ReplicatedEvent<E> mint(
      E payload,
      byte[] payloadBytes,
      HybridTimestamp time,
      int schemaVersion,
      @Nullable OriginId originId,
      CausalContext context) {
    return minting.mint(payload, payloadBytes, time, schemaVersion, originId, context);
  }

  /**
   * Whether an own event with this context could meet events that have left memory: {@link
   * #restore} first, then mint. Never with {@link #context}, nor with one raised to the floor if
   * all that has left memory is below that. O(replicas).
   */
  public boolean needsTail(CausalContext context) {
    return minting.needsTail(context);
  }

  /**
   * Sorts a batch from a peer. See the class's duties. If an event may meet what has left memory,
   * {@link AdmitResult#tailNeeded} says so and nothing of the batch is taken in: {@link #restore},
   * then admit it again.
   */
  public AdmitResult<E> admit(List<ReplicatedEvent<E>> batch) {
    return admit(batch, origin -> true);
  }

  /**
   * As {@link #admit(List)}, and refuses events of strangers.
   *
   * @param origins of which replicas events are taken in: members, and those that were
   */
  public AdmitResult<E> admit(List<ReplicatedEvent<E>> batch, Predicate<ReplicaId> origins) {
    return intake.admit(batch, origins);
  }

  /**
   * As {@link #admit}, for when the tail that an event needs is gone from the journal as well,
   * which a replica that keeps to its promises and its floor never causes. An event is not refused
   * for it: it is folded with the rivals that are left, and {@link #ignorant} or {@link
   * IndexedFold#cameTooLate} names it. An alarm: other replicas may judge it otherwise.
   */
  public AdmitResult<E> admitWithoutTail(List<ReplicatedEvent<E>> batch) {
    return intake.admitAnyway(batch, origin -> true);
  }

  /**
   * These events, minted or admitted, are stored: they count from now on. Folds once. Events that
   * are held already are passed over.
   *
   * @throws IllegalArgumentException if an event was neither minted nor admitted
   */
  public void applied(List<ReplicatedEvent<E>> stored) {
    intake.applied(stored);
  }

  /**
   * Takes note of how far all replicas are: events become final, and what is final and stable
   * leaves memory. Costs O(events in memory), and at most one call of the handler for each event
   * that leaves. A frontier that is behind an earlier one changes nothing.
   *
   * @return the events that have become final by this, with their outcome, in the order of the
   *     fold. After a start from a checkpoint those behind it are given again: to act on one is to
   *     be idempotent by its dot
   * @throws FoldException if the handler or the resolver threw
   */
  public List<Folded<E>> advance(EntityFrontier frontier) {
    List<CausalContext> onTheirWay = new ArrayList<>(buffer.contexts());
    onTheirWay.addAll(inFlight.contexts());
    return held.advance(frontier, onTheirWay);
  }

  /**
   * Own events count all of this as seen from now on, whatever context a client gives. To be
   * announced to the other replicas behind it in the log. Never goes back.
   *
   * @throws IllegalArgumentException if it has events that are not held
   */
  public void raiseFloor(VersionVector seen) {
    minting.raiseFloor(seen);
  }

  /**
   * What has left memory, to be stored. With the events of the journal behind its vector it starts
   * this entity again. Costs O(what it lists).
   */
  public FoldCheckpoint<S, E> checkpoint() {
    return held.fold().checkpoint();
  }

  /**
   * Takes events into memory again, from an older checkpoint on. States and decisions stay as they
   * are; events that have become final are not given again. Store a {@link #checkpoint} soon: the
   * last one does not serve what is admitted from now on. Costs what a start costs.
   *
   * @param older one that serves what was needed ({@link TailNeeded#isMetBy}), or {@link
   *     FoldCheckpoint#empty} if the journal has everything
   * @param rows the events of the journal behind that checkpoint, in any order; those in memory may
   *     be missing, and those not applied here are passed over
   * @throws IllegalArgumentException if events are missing; nothing is changed
   * @throws TailNeededException if an event in memory, or among the rows, needs an older checkpoint
   *     still; nothing is changed
   */
  public void restore(FoldCheckpoint<S, E> older, Collection<ReplicatedEvent<E>> rows) {
    held.restore(older, rows);
  }

  /** Events that were admitted although they may have met more than was there. See the alarm. */
  public List<Dot> ignorant() {
    return held.ignorant();
  }

  /** The replica that this is. */
  public ReplicaId self() {
    return minting.self();
  }

  /** What is held: stored and folded. */
  public VersionVector vector() {
    return held.log().vector();
  }

  /** What an own event depends on if nothing else is said: all that is held, and own minted. */
  public CausalContext context() {
    return minting.context();
  }

  /** The name of the next own event. */
  public Dot nextDot() {
    return minting.nextDot();
  }

  /** The latest time of an event held or in flight; the next own event must be later. */
  public HybridTimestamp latestTime() {
    return minting.latestTime();
  }

  /**
   * The next part of what a peer lacks. If it lacks what has left memory, {@link
   * SyncBatch#fromJournal} says what.
   */
  public SyncBatch<E> missingFor(VersionVector theirs, SyncLimits<E> limits) {
    return held.log().missingFor(theirs, limits);
  }

  /** What fills a peer's {@link #gaps}, as much as the limits allow. */
  public GapAnswer<E> within(List<DotRange> ranges, SyncLimits<E> limits) {
    return held.log().within(ranges, limits);
  }

  /** What waiting events lack. */
  public List<DotRange> gaps() {
    return buffer.gaps();
  }

  /** How many events wait for what they depend on. */
  public int waiting() {
    return buffer.size();
  }

  /**
   * The state to decide the next command against while own events are still being stored: {@link
   * #state} with those on top. A guess about a commit under way, never to be shown.
   */
  public S runningState() {
    return minting.runningState();
  }

  /**
   * All events in memory that are concurrent with one, whether or not they touch the same thing: to
   * show, not to judge by. In dot order; empty if that one is not in memory. Costs O(n).
   *
   * @param limit how many at most
   */
  public List<Dot> concurrentWith(Dot dot, int limit) {
    return held.log()
        .find(dot)
        .map(event -> held.log().concurrentWith(event, limit))
        .orElse(List.of());
  }

  @Override
  public IndexedFold<S, E> fold() {
    return held.fold();
  }
}
