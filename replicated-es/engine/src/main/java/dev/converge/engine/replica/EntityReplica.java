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
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.engine.fold.IndexedFold;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.BatchApplier;
import dev.converge.engine.sync.EventLog;
import dev.converge.engine.sync.SyncBatch;
import dev.converge.engine.sync.SyncLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
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
 * <tr><td>anywhere</td><td>loss of this object before it was stored</td><td>nowhere</td></tr>
 * </table>
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
public final class EntityReplica<S, E> {
  private final ReplicaId self;
  private final EntityModel<S, E> model;
  private final EventLog<E> log = new EventLog<>();
  private final IndexedFold<S, E> fold;

  /** Counts what is in flight as delivered: it is stored before anything that follows it. */
  private final CausalBuffer<E> buffer;

  private final BatchApplier<E> applier;

  /** Minted or admitted, not yet known to be stored, in the order given out. */
  private final Map<Dot, ReplicatedEvent<E>> inFlight = new LinkedHashMap<>();

  /** Released by an own event: to be stored with the next batch. */
  private final ArrayDeque<ReplicatedEvent<E>> released = new ArrayDeque<>();

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
    this(
        self,
        model,
        batchLimits,
        options,
        known -> new CausalBuffer<>(bufferCapacity, VersionVector.empty(), known));
  }

  /** With a buffer of the caller's own: tests break it on purpose. */
  EntityReplica(
      ReplicaId self,
      EntityModel<S, E> model,
      SyncLimits<E> batchLimits,
      FoldOptions options,
      Function<Function<Dot, @Nullable ReplicatedEvent<E>>, CausalBuffer<E>> newBuffer) {
    this.self = self;
    this.model = model;
    this.fold = new IndexedFold<>(model, options);
    this.buffer = newBuffer.apply(this::known);
    this.applier = new BatchApplier<>(buffer, batchLimits);
  }

  private @Nullable ReplicatedEvent<E> known(Dot dot) {
    ReplicatedEvent<E> flying = inFlight.get(dot);
    return flying != null ? flying : log.get(dot);
  }

  /**
   * Takes in what is stored, then folds once. May be called several times, page by page, before
   * anything else; the fold is done at each.
   *
   * @param stored in the order in which it was stored
   * @throws IllegalStateException if it is not the log of a replica: a gap, a cause missing, a dot
   *     with two contents
   */
  public void load(Collection<ReplicatedEvent<E>> stored) {
    List<ReplicatedEvent<E>> events = new ArrayList<>(stored.size());
    for (ReplicatedEvent<E> event : stored) {
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
   * elsewhere.
   *
   * @param context what the author had seen, no more than {@link #context}
   * @throws IllegalArgumentException if the time is not later than {@link #latestTime}, or the
   *     context has events that are not held
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
            nextDot(), time, context, schemaVersion, originId, payload, payloadBytes);
    if (!(buffer.offer(event) instanceof Offered.Delivered<E> delivered)) {
      throw new AssertionError("an own event has nothing to wait for: " + event.dot());
    }
    inFlight.put(event.dot(), event);
    for (ReplicatedEvent<E> other : delivered.events()) {
      if (other != event) {
        inFlight.put(other.dot(), other);
        released.add(other);
      }
    }
    return event;
  }

  /** Sorts a batch from a peer. See the class's duties. */
  public AdmitResult<E> admit(List<ReplicatedEvent<E>> batch) {
    AdmitResult<E> result = applier.admit(batch);
    result.toPersist().forEach(event -> inFlight.put(event.dot(), event));
    if (released.isEmpty()) {
      return result;
    }
    List<ReplicatedEvent<E>> toPersist = new ArrayList<>(released);
    released.clear();
    toPersist.addAll(result.toPersist());
    return new AdmitResult<>(toPersist, result.waiting(), result.duplicates(), result.refused());
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
      if (inFlight.remove(event.dot()) != null) {
        log.add(event);
        fresh.add(event);
      } else if (log.get(event.dot()) == null) {
        throw new IllegalArgumentException(
            "event " + event.dot() + " was neither minted nor admitted here");
      }
    }
    fold.insert(fresh);
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
    for (ReplicatedEvent<E> event : inFlight.values()) {
      if (event.replica().equals(self)) {
        context = context.merge(event.context()).with(event.dot());
      }
    }
    return context;
  }

  /** The name of the next own event. */
  public Dot nextDot() {
    return buffer.vector().next(self);
  }

  /** The latest time of an event held or in flight; the next own event must be later. */
  public HybridTimestamp latestTime() {
    HybridTimestamp latest = log.latestTime();
    for (ReplicatedEvent<E> event : inFlight.values()) {
      latest = latest.max(event.time());
    }
    return latest;
  }

  /** The next part of what a peer lacks. */
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
    for (ReplicatedEvent<E> event : inFlight.values()) {
      if (event.replica().equals(self)) {
        state =
            model.apply(
                state, event.payload(), EventContext.of(event, Decision.apply(), List.of()));
      }
    }
    return state;
  }

  /** The history, page by page, in the order of the fold. */
  public HistoryPage<E> history(int from, int limit) {
    return fold.history(from, limit);
  }

  /** An event held, with what became of it. */
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
   * What has become of a conflict, open or settled.
   *
   * @param id the dot of the escalated event
   */
  public Optional<Escalation> conflict(Dot id) {
    return fold.conflict(id);
  }

  /**
   * All events that are concurrent with one that is held, whether or not they touch the same thing:
   * to show, not to judge by. In dot order; empty if the event is not held. Costs O(n).
   *
   * @param limit how many at most
   */
  public List<Dot> concurrentWith(Dot dot, int limit) {
    return log.find(dot).map(event -> log.concurrentWith(event, limit)).orElse(List.of());
  }

  /** The event that counts for a request, if one is held. */
  public Optional<Dot> find(OriginId originId) {
    return fold.find(originId);
  }

  /** The fold, for its counters. */
  public IndexedFold<S, E> fold() {
    return fold;
  }
}
