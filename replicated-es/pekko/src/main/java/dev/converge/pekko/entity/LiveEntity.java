package dev.converge.pekko.entity;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.FoldException;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.replica.TailNeededException;
import dev.converge.pekko.Choice;
import dev.converge.pekko.CommandRefusedException;
import dev.converge.pekko.Effect;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.EntityUnavailableException;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.OpenConflict;
import dev.converge.pekko.ReplicatedEntity;
import dev.converge.pekko.SessionToken;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LoggedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An entity in memory: the user's entity over the engine's replica. Translates between them; the
 * actor around it stores. Single-threaded, without I/O.
 *
 * <p>Own events count as soon as they are decided, so that the next command is decided on the state
 * with them; they are stored before anybody is told. If they cannot be stored, this object is to be
 * thrown away.
 */
final class LiveEntity<C, E, S> {
  private final EntityKind<C, E, S> kind;
  private final String id;
  private final ReplicatedEntity<C, E, S> entity;
  private final EntityMemory<S, E> memory;
  private final NodeClock clock;

  /** What is known to be final. */
  private HybridTimestamp finalTime = HybridTimestamp.ZERO;

  /** What the fold was told of that; behind {@link #finalTime} while nothing was to be settled. */
  private HybridTimestamp settledTime = HybridTimestamp.ZERO;

  LiveEntity(
      EntityKind<C, E, S> kind,
      String id,
      ReplicatedEntity<C, E, S> entity,
      EntityMemory<S, E> memory,
      NodeClock clock) {
    this.kind = kind;
    this.id = id;
    this.entity = entity;
    this.memory = memory;
    this.clock = clock;
    clock.observe(replica().latestTime());
  }

  private EntityReplica<S, E> replica() {
    return memory.replica();
  }

  EntityMemory<S, E> memory() {
    return memory;
  }

  /** What a name and a context are to a command. */
  record Request(@Nullable OriginId name, @Nullable VersionVector seen) {
    static final Request PLAIN = new Request(null, null);
  }

  /**
   * Decides a command, and takes its events in.
   *
   * @throws CommandRefusedException if the entity refuses
   * @throws TailWantedException if its context needs what has left memory; nothing is done then
   */
  Decided<S> run(C command, Request request) {
    return perform(request, state -> entity.onCommand(state, command));
  }

  /** As {@link #run}, for a person's decision on a conflict. */
  Decided<S> decide(Dot conflict, Choice<C> choice, Request request) {
    return perform(
        request,
        state -> {
          OpenConflict<E> open =
              conflicts().stream()
                  .filter(one -> one.escalation().id().equals(conflict))
                  .findFirst()
                  .orElseThrow(
                      () -> new CommandRefusedException("no conflict " + conflict + " is open"));
          if (choice instanceof Choice.Side<C> side
              && !open.escalation().sides().contains(side.side())) {
            throw new CommandRefusedException(
                side.side() + " is no side of the conflict; it has " + open.escalation().sides());
          }
          return entity.onDecision(state, open, choice);
        });
  }

  /**
   * Writes an event of a former incarnation as an own one, unless its name counts already. What
   * follows from it was decided long ago, so nothing is decided anew.
   *
   * @throws UnreadableException if its payload cannot be read
   * @throws TailWantedException as in {@link #run}
   */
  Decided<S> bring(EventRecord former, OriginId name, CausalContext seen) {
    Optional<Dot> counted = replica().find(name);
    if (counted.isPresent()) {
      return new Decided<>(
          replica().state(), replica().vector(), List.of(counted.get()), List.of(), null);
    }
    E event = decoded(former);
    List<EventRecord> records = mint(List.of(event), name, seen);
    return new Decided<>(
        replica().state(), replica().vector(), List.of(records.get(0).dot()), records, null);
  }

  /** The record that the entity is erased. It is not folded: with it this object is of no use. */
  EventRecord erase(String reason) {
    if (memory.parked().hasOf(replica().self())) {
      throw new EntityUnavailableException(
          "this node wrote events of it with newer code than it runs now; upgrade it", null);
    }
    clock.observe(replica().latestTime());
    Dot next = replica().vector().next(replica().self());
    return Erased.record(next, clock.now(), replica().context(), reason);
  }

  private E decoded(EventRecord former) {
    if (former.schemaVersion() > kind.schema().schemaVersion()) {
      throw new EntityUnavailableException(
          "event " + former.dot() + " was written by newer code than runs here; upgrade the node",
          null);
    }
    return kind.schema().decode(former.payload(), former.schemaVersion());
  }

  private Decided<S> perform(Request request, Function<S, Effect<E>> decide) {
    if (memory.parked().hasOf(replica().self())) {
      throw new EntityUnavailableException(
          "this node wrote events of "
              + kind.type().key(id)
              + " with newer code than it runs now; upgrade it",
          null);
    }
    OriginId name = request.name();
    Optional<Dot> counted = name == null ? Optional.empty() : replica().find(name);
    if (counted.isPresent()) {
      return new Decided<>(
          replica().state(), replica().vector(), List.of(counted.get()), List.of(), null);
    }
    CausalContext context = context(request.seen());
    Effect<E> effect;
    try {
      effect = decide.apply(replica().state());
    } catch (IllegalArgumentException e) {
      throw new CommandRefusedException(String.valueOf(e.getMessage()));
    }
    if (effect instanceof Effect.Refuse<E> refusal) {
      throw new CommandRefusedException(refusal.reason());
    }
    List<EventRecord> records =
        effect instanceof Effect.Persist<E> persist
            ? mint(persist.events(), name, context)
            : List.of();
    List<Dot> written = records.stream().map(EventRecord::dot).toList();
    try {
      return new Decided<>(replica().state(), replica().vector(), written, records, null);
    } catch (FoldException e) {
      return new Decided<>(null, replica().vector(), written, records, e);
    }
  }

  /** What somebody had seen who had seen this much of the logs; null for all that is here. */
  private @Nullable CausalContext context(@Nullable VersionVector seen) {
    if (seen == null) {
      return null;
    }
    VersionVector dots = memory.places().exactlyUpTo(seen);
    if (dots == null) {
      throw new TailWantedException(new TailWanted(null, seen));
    }
    CausalContext context = CausalContext.of(dots.meet(replica().vector()));
    return context.vector().equals(replica().vector()) ? null : context;
  }

  private List<EventRecord> mint(
      List<E> events, @Nullable OriginId name, @Nullable CausalContext seen) {
    // All bytes first: an event that cannot be encoded must leave nothing minted behind.
    List<byte[]> payloads = events.stream().map(kind.schema()::encode).toList();
    clock.observe(replica().latestTime());
    List<ReplicatedEvent<E>> minted = new ArrayList<>(events.size());
    List<EventRecord> records = new ArrayList<>(events.size());
    CausalContext context = seen == null ? replica().context() : seen;
    Dot first = replica().vector().next(replica().self());
    for (int i = 0; i < events.size(); i++) {
      ReplicatedEvent<E> event;
      try {
        event =
            replica()
                .mint(
                    events.get(i),
                    payloads.get(i),
                    clock.now(),
                    kind.schema().schemaVersion(),
                    name == null ? null : name.event(i + 1, events.size(), first),
                    context);
      } catch (TailNeededException e) {
        // Of several events only the first can: the others have seen what it has, and it.
        throw new TailWantedException(new TailWanted(e.needed(), null));
      }
      context = context.with(event.dot());
      minted.add(event);
      records.add(record(event, payloads.get(i)));
    }
    memory.minted(minted);
    return records;
  }

  private static EventRecord record(ReplicatedEvent<?> event, byte[] payload) {
    OriginId originId = event.originId();
    return new EventRecord(
        event.dot(),
        event.time(),
        event.context(),
        event.schemaVersion(),
        originId == null ? null : originId.value(),
        event.hash().bytes(),
        payload);
  }

  /**
   * Takes in rows that were committed, own and others'.
   *
   * @return null, or what is needed first; then nothing but places was taken in
   * @throws UnreadableException if a row is damaged
   */
  @Nullable TailWanted take(List<LoggedEvent> rows) {
    var needed = memory.take(rows);
    clock.observe(replica().latestTime());
    return needed == null ? null : new TailWanted(needed, null);
  }

  /**
   * Takes note of how far all replicas are; all rows that this rests on must have been {@linkplain
   * #take taken}.
   *
   * @param ownHold own events behind this LSN stay in memory
   * @return the events that became final
   */
  List<Folded<E>> advance(Frontier frontier, long ownHold) {
    List<Folded<E>> finals = memory.advance(frontier, ownHold);
    knows(frontier);
    settledTime = finalTime;
    return finals;
  }

  /**
   * Takes note of what is final, and lets nothing go yet; all rows that this rests on must have
   * been {@linkplain #take taken}.
   */
  void knows(Frontier frontier) {
    finalTime = finalTime.max(memory.parked().heldBack(frontier.finalTime()));
  }

  /** Whether all of these events are here and final. */
  boolean isFinal(VersionVector version) {
    return memory.places().areUpTo(version, finalTime);
  }

  private boolean allFinal() {
    return memory.parked().isEmpty() && memory.places().firstAfter(finalTime) == null;
  }

  /** What it waits for from the frontier; null if nothing. */
  @Nullable Unsettled unsettled() {
    Places.Head head = memory.places().head();
    return head == null ? null : new Unsettled(memory.places().firstAfter(settledTime), head);
  }

  /** Whether a conflict waits for a person. */
  boolean hasConflicts() {
    return !replica().openConflicts().isEmpty();
  }

  /** The entity as it is. */
  EntityAnswer<S> answer() {
    return answer(replica().state(), replica().vector(), allFinal(), List.of());
  }

  /** What a command came to, once that is stored and its place is known. */
  EntityAnswer<S> answer(Decided<S> decided) {
    boolean isFinal = memory.parked().isEmpty() && isFinal(decided.version());
    S state = Objects.requireNonNull(decided.state(), "a failure has no answer");
    return answer(state, decided.version(), isFinal, decided.written());
  }

  private EntityAnswer<S> answer(
      S state, VersionVector version, boolean isFinal, List<Dot> written) {
    return new EntityAnswer<>(
        id,
        state,
        version,
        isFinal,
        SessionToken.of(memory.places().lsnsOf(version)),
        written,
        memory.parked().count());
  }

  HistoryPage<E> history(int from, int limit) {
    return replica().history(from, limit);
  }

  /** How many events have left memory. */
  long released() {
    return replica().fold().released();
  }

  Optional<Folded<E>> event(Dot dot) {
    return replica().eventByDot(dot);
  }

  List<OpenConflict<E>> conflicts() {
    SessionToken token = SessionToken.of(memory.places().lsnsOf(replica().vector()));
    List<OpenConflict<E>> open = new ArrayList<>();
    for (Escalation escalation : replica().openConflicts()) {
      open.add(
          new OpenConflict<>(
              kind.type().name(), id, escalation, replica().sides(escalation.id()), token));
    }
    return open;
  }

  ReplicaId self() {
    return replica().self();
  }

  S state() {
    return replica().state();
  }

  VersionVector version() {
    return replica().vector();
  }
}
