package dev.converge.engine.replica;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.causal.CausalBuffer;
import dev.converge.engine.causal.DotRange;
import dev.converge.engine.causal.Offered;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.EventContext;
import dev.converge.engine.fold.FoldCheckpoint;
import dev.converge.engine.fold.FoldException;
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.engine.fold.IndexedFold;
import dev.converge.engine.fold.Judged;
import dev.converge.engine.fold.TailNeeded;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.BatchApplier;
import dev.converge.engine.sync.EventLog;
import dev.converge.engine.sync.SyncBatch;
import dev.converge.engine.sync.SyncLimits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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
public final class EntityReplica<S, E> {
  private final ReplicaId self;
  private final EntityModel<S, E> model;
  private EventLog<E> log;
  private IndexedFold<S, E> fold;

  /** Counts what is in flight as delivered: it is stored before anything that follows it. */
  private final CausalBuffer<E> buffer;

  private final BatchApplier<E> applier;

  private final InFlight<E> inFlight = new InFlight<>();

  /** What every event to come counts as seen, wherever it is made. */
  private VersionVector floor = VersionVector.empty();

  private final List<Dot> ignorant = new ArrayList<>();

  /** What own events count as seen. */
  private VersionVector ownFloor = VersionVector.empty();

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
    this.self = self;
    this.model = model;
    this.log = new EventLog<>(start.vector(), start.time());
    this.fold = new IndexedFold<>(model, options, start);
    this.buffer = newBuffer.apply(this::known);
    this.applier = new BatchApplier<>(buffer, batchLimits);
  }

  private @Nullable ReplicatedEvent<E> known(Dot dot) {
    ReplicatedEvent<E> flying = inFlight.get(dot);
    return flying != null ? flying : log.get(dot);
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
    for (ReplicatedEvent<E> event : stored) {
      if (!log.vector().contains(event.dot())) {
        requireTail(event);
      }
    }
    loadWithoutTail(stored);
  }

  /**
   * As {@link #load}, for when no checkpoint is old enough for all events: what is lacking for one
   * was gone when it came, see {@link #admitWithoutTail}.
   */
  public void loadWithoutTail(Collection<ReplicatedEvent<E>> stored) {
    List<ReplicatedEvent<E>> events = new ArrayList<>(stored.size());
    for (ReplicatedEvent<E> event : stored) {
      if (log.released().contains(event.dot())) {
        continue;
      }
      noteIfIgnorant(event);
      Offered<E> offered = buffer.offer(event);
      if (!(offered instanceof Offered.Delivered<E>)) {
        throw new IllegalStateException(
            "event " + event.dot() + " cannot be replayed after " + log.vector() + ": " + offered);
      }
      log.add(event);
      events.add(event);
    }
    fold.insert(events);
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
    if (time.compareTo(latestTime()) <= 0) {
      throw new IllegalArgumentException(
          "an own event at "
              + time
              + " must be later than all that is held, "
              + latestTime()
              + ": let the clock observe latestTime() before it ticks");
    }
    if (!context().covers(context)) {
      throw new IllegalArgumentException(
          "an own event depends on " + context + ", and only " + context() + " is held");
    }
    ReplicatedEvent<E> event =
        ReplicatedEvent.of(
            nextDot(),
            time,
            context.merge(CausalContext.of(ownFloor)),
            schemaVersion,
            originId,
            payload,
            payloadBytes);
    requireTail(event);
    if (!(buffer.offer(event) instanceof Offered.Delivered<E> delivered)) {
      throw new AssertionError("an own event has nothing to wait for: " + event.dot());
    }
    inFlight.add(event);
    delivered.events().stream().filter(other -> other != event).forEach(inFlight::addWoken);
    return event;
  }

  private void requireTail(ReplicatedEvent<E> event) {
    if (fold.needsTail(event, floor)) {
      throw new TailNeededException(needed(event));
    }
  }

  private TailNeeded needed(ReplicatedEvent<E> event) {
    return new TailNeeded(
        event.dot(), event.time(), event.context().merge(CausalContext.of(floor)));
  }

  /**
   * Whether an own event with this context could meet events that have left memory: {@link
   * #restore} first, then mint. Never with {@link #context}, nor with one raised to the floor if
   * all that has left memory is below that. O(replicas).
   */
  public boolean needsTail(CausalContext context) {
    return fold.needsTail(context.merge(CausalContext.of(ownFloor)), floor);
  }

  /**
   * Sorts a batch from a peer. See the class's duties. If an event may meet what has left memory,
   * {@link AdmitResult#tailNeeded} says so and nothing of the batch is taken in: {@link #restore},
   * then admit it again.
   */
  public AdmitResult<E> admit(List<ReplicatedEvent<E>> batch) {
    if (applier.faultsOfWhole(batch).isEmpty()) {
      for (ReplicatedEvent<E> event : batch) {
        if (!buffer.vector().contains(event.dot()) && fold.needsTail(event, floor)) {
          return AdmitResult.tailNeeded(needed(event));
        }
      }
    }
    return admitWithoutTail(batch);
  }

  /**
   * As {@link #admit}, for when the tail that an event needs is gone from the journal as well,
   * which a replica that keeps to its promises and its floor never causes. An event is not refused
   * for it: it is folded with the rivals that are left, and {@link #ignorant} or {@link
   * IndexedFold#cameTooLate} names it. An alarm: other replicas may judge it otherwise.
   */
  public AdmitResult<E> admitWithoutTail(List<ReplicatedEvent<E>> batch) {
    AdmitResult<E> result = applier.admit(batch);
    for (ReplicatedEvent<E> event : result.toPersist()) {
      inFlight.add(event);
      noteIfIgnorant(event);
    }
    List<ReplicatedEvent<E>> toPersist = inFlight.takeWoken();
    if (toPersist.isEmpty()) {
      return result;
    }
    toPersist.addAll(result.toPersist());
    return new AdmitResult<>(
        toPersist, result.waiting(), result.duplicates(), result.refused(), null);
  }

  private void noteIfIgnorant(ReplicatedEvent<E> event) {
    if (fold.needsTail(event, VersionVector.empty())) {
      ignorant.add(event.dot());
    }
  }

  /**
   * These events, minted or admitted, are stored: they count from now on. Folds once. Events that
   * are held already are passed over.
   *
   * @throws IllegalArgumentException if an event was neither minted nor admitted
   */
  public void applied(List<ReplicatedEvent<E>> stored) {
    List<ReplicatedEvent<E>> fresh = new ArrayList<>(stored.size());
    for (ReplicatedEvent<E> event : stored) {
      if (inFlight.remove(event.dot())) {
        log.add(event);
        fresh.add(event);
      } else if (!log.vector().contains(event.dot())) {
        throw new IllegalArgumentException(
            "event " + event.dot() + " was neither minted nor admitted here");
      }
    }
    fold.insert(fresh);
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
    List<Folded<E>> finals = fold.finalUpTo(frontier.finalTime());
    floor = floor.merge(frontier.floor());
    List<CausalContext> onTheirWay = new ArrayList<>(buffer.contexts());
    onTheirWay.addAll(inFlight.contexts());
    fold.release(frontier.stable(), onTheirWay);
    log.release(fold.releasedVector());
    return finals;
  }

  /**
   * Own events count all of this as seen from now on, whatever context a client gives. To be
   * announced to the other replicas behind it in the log. Never goes back.
   *
   * @throws IllegalArgumentException if it has events that are not held
   */
  public void raiseFloor(VersionVector seen) {
    if (!log.vector().covers(seen)) {
      throw new IllegalArgumentException(
          "a floor of " + seen + " cannot be promised, as only " + log.vector() + " is held");
    }
    ownFloor = ownFloor.merge(seen);
  }

  /**
   * What has left memory, to be stored. With the events of the journal behind its vector it starts
   * this entity again. Costs O(what it lists).
   */
  public FoldCheckpoint<S, E> checkpoint() {
    return fold.checkpoint();
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
    Map<Dot, ReplicatedEvent<E>> events = new HashMap<>();
    for (ReplicatedEvent<E> row : rows) {
      if (log.vector().contains(row.dot()) && !older.vector().contains(row.dot())) {
        events.put(row.dot(), row);
      }
    }
    for (ReplicatedEvent<E> event : log.events()) {
      if (!older.vector().contains(event.dot())) {
        events.put(event.dot(), event);
      }
    }
    EventLog<E> longer = new EventLog<>(older.vector(), older.time());
    events.values().stream().sorted(ReplicatedEvent.TOTAL_ORDER).forEach(longer::add);
    if (!longer.vector().equals(log.vector())) {
      throw new IllegalArgumentException(
          "the checkpoint and the journal lead to " + longer.vector() + ", not " + log.vector());
    }
    for (ReplicatedEvent<E> event : events.values()) {
      if (!older.serves(event, VersionVector.empty()) && !ignorant.contains(event.dot())) {
        throw new TailNeededException(needed(event));
      }
    }
    fold = fold.from(older, events.values());
    log = longer;
  }

  /** How many events are in memory. */
  public int held() {
    return fold.size();
  }

  /** Events that were admitted although they may have met more than was there. See the alarm. */
  public List<Dot> ignorant() {
    return List.copyOf(ignorant);
  }

  /** The replica that this is. */
  public ReplicaId self() {
    return self;
  }

  /** What is held: stored and folded. */
  public VersionVector vector() {
    return log.vector();
  }

  /** What an own event depends on if nothing else is said: all that is held, and own minted. */
  public CausalContext context() {
    CausalContext context = CausalContext.of(log.vector());
    for (ReplicatedEvent<E> event : inFlight.of(self)) {
      context = context.merge(event.context()).with(event.dot());
    }
    return context;
  }

  /** The name of the next own event. */
  public Dot nextDot() {
    return buffer.vector().next(self);
  }

  /** The latest time of an event held or in flight; the next own event must be later. */
  public HybridTimestamp latestTime() {
    return inFlight.latestTime(log.latestTime());
  }

  /**
   * The next part of what a peer lacks. If it lacks what has left memory, {@link
   * SyncBatch#fromJournal} says what.
   */
  public SyncBatch<E> missingFor(VersionVector theirs, SyncLimits<E> limits) {
    return log.missingFor(theirs, limits);
  }

  /** What waiting events lack. */
  public List<DotRange> gaps() {
    return buffer.gaps();
  }

  /** How many events wait for what they depend on. */
  public int waiting() {
    return buffer.size();
  }

  /** The state after all events held. */
  public S state() {
    return fold.state();
  }

  /**
   * The state to decide the next command against while own events are still being stored: {@link
   * #state} with those on top. A guess about a commit under way, never to be shown.
   */
  public S runningState() {
    S state = fold.state();
    for (ReplicatedEvent<E> event : inFlight.of(self)) {
      state =
          model.apply(state, event.payload(), EventContext.of(event, Decision.apply(), List.of()));
    }
    return state;
  }

  /** The history, page by page, in the order of the fold, as far as it is in memory. */
  public HistoryPage<E> history(int from, int limit) {
    return fold.history(from, limit);
  }

  /** An event in memory, with what became of it. */
  public Optional<Folded<E>> eventByDot(Dot dot) {
    return fold.find(dot);
  }

  /** The events that wait for a person, in the order of the fold. */
  public List<Folded<E>> escalated() {
    return fold.escalated();
  }

  /**
   * The conflicts that wait for a person, in the order of the fold, with their sides. Costs
   * O(escalated · sides).
   */
  public List<Escalation> openConflicts() {
    return fold.openConflicts();
  }

  /**
   * What has become of a conflict. One that left memory settled is not known.
   *
   * @param id the dot of the escalated event
   */
  public Optional<Escalation> conflict(Dot id) {
    return fold.conflict(id);
  }

  /**
   * The events of a conflict's sides, in dot order, with what became of them; also when they have
   * left memory otherwise, as long as the conflict is open. Costs O(sides).
   *
   * @param id the dot of the escalated event
   */
  public List<Judged<E>> sides(Dot id) {
    return fold.sides(id);
  }

  /**
   * All events in memory that are concurrent with one, whether or not they touch the same thing: to
   * show, not to judge by. In dot order; empty if that one is not in memory. Costs O(n).
   *
   * @param limit how many at most
   */
  public List<Dot> concurrentWith(Dot dot, int limit) {
    return log.find(dot).map(event -> log.concurrentWith(event, limit)).orElse(List.of());
  }

  /** The event that counts for a request, as long as it is remembered. */
  public Optional<Dot> find(OriginId originId) {
    return fold.find(originId);
  }

  /** The fold, for its counters. */
  public IndexedFold<S, E> fold() {
    return fold;
  }
}
