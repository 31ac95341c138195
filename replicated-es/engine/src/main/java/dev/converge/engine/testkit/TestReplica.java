package dev.converge.engine.testkit;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridLogicalClock;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.Judged;
import dev.converge.engine.replica.EntityFrontier;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.SyncBatch;
import dev.converge.engine.sync.SyncLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The entity at one replica of a {@link ReplicatedEntityTestKit}: a real {@link EntityReplica} with
 * a journal in memory.
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 * @param <C> the type of commands
 */
public final class TestReplica<S, E, C> {
  private static final int ALL = Integer.MAX_VALUE;
  private static final int MAY_WAIT = 10_000;

  private final String name;
  private final EntityModel<S, E> model;
  private final CommandHandler<S, E, C> commands;
  private final LongSupplier time;
  private final List<ReplicatedEvent<E>> journal = new ArrayList<>();
  private final List<Folded<E>> finals = new ArrayList<>();
  private EntityReplica<S, E> replica;
  private HybridLogicalClock clock = HybridLogicalClock.START;
  private long ahead;

  TestReplica(
      String name, EntityModel<S, E> model, CommandHandler<S, E, C> commands, LongSupplier time) {
    this.name = name;
    this.model = model;
    this.commands = commands;
    this.time = time;
    this.replica = start();
  }

  private EntityReplica<S, E> start() {
    return new EntityReplica<>(
        ReplicaId.of(name),
        model,
        MAY_WAIT,
        SyncLimits.events(ALL),
        new FoldOptions("the entity at " + name, true));
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /**
   * Decides a command against the state here, and stores what it leads to. Other replicas do not
   * know until it is delivered.
   */
  public CommandResult<S, E, C> run(C command) {
    return run(command, null, replica.context());
  }

  /**
   * A command with a name of its own, as from a client that may send it again, here or elsewhere.
   * Its events bear the name; if one with it is held already, nothing happens.
   */
  public CommandResult<S, E, C> run(C command, OriginId request) {
    return run(command, request, replica.context());
  }

  /**
   * A command of somebody who had not seen all that is here, as a client that read elsewhere, or
   * long ago.
   *
   * @param seen what they had seen: {@link #context} of a replica at some time
   * @throws IllegalArgumentException if that has events that are not held here
   */
  public CommandResult<S, E, C> run(C command, CausalContext seen) {
    return run(command, null, seen);
  }

  private CommandResult<S, E, C> run(C command, @Nullable OriginId request, CausalContext seen) {
    if (request != null && replica.find(request).isPresent()) {
      return result(command, List.of(), CommandOutcome.none());
    }
    CommandOutcome<E> outcome;
    try {
      outcome = commands.decide(state(), command);
    } catch (IllegalArgumentException e) {
      outcome = CommandOutcome.refuse(String.valueOf(e.getMessage()));
    }
    return result(command, write(outcome.events(), request, seen), outcome);
  }

  /** Stores an event without a command, as an import or a person's decision. */
  public CommandResult<S, E, E> persist(E event) {
    return persist(event, replica.context());
  }

  /** As {@link #persist(Object)}, by somebody who had not seen all that is here. */
  public CommandResult<S, E, E> persist(E event, CausalContext seen) {
    return result(event, write(List.of(event), null, seen), CommandOutcome.none());
  }

  private List<ReplicatedEvent<E>> write(
      List<E> payloads, @Nullable OriginId request, CausalContext seen) {
    List<ReplicatedEvent<E>> events = new ArrayList<>();
    CausalContext context = seen;
    Dot first = replica.vector().next(replica.self());
    for (E payload : payloads) {
      clock = clock.observe(replica.latestTime()).tick(Math.max(0, time.getAsLong() + ahead));
      ReplicatedEvent<E> event =
          replica.mint(
              payload,
              payload.toString().getBytes(StandardCharsets.UTF_8),
              clock.last(),
              1,
              request == null ? null : request.event(events.size() + 1, payloads.size(), first),
              context);
      context = context.with(event.dot());
      events.add(event);
    }
    store(events);
    return events;
  }

  private <X> CommandResult<S, E, X> result(
      X command, List<ReplicatedEvent<E>> events, CommandOutcome<E> outcome) {
    return new CommandResult<>(
        command,
        List.copyOf(events),
        events.stream().map(event -> became(event.dot()).decision()).toList(),
        state(),
        outcome.reply(),
        Optional.ofNullable(outcome.refusal()));
  }

  private void store(List<ReplicatedEvent<E>> events) {
    journal.addAll(events);
    replica.applied(events);
  }

  void takeAllFrom(TestReplica<S, E, C> other) {
    SyncBatch<E> missing = other.replica.missingFor(replica.vector(), SyncLimits.events(ALL));
    take(missing.events());
  }

  void take(List<ReplicatedEvent<E>> events) {
    AdmitResult<E> result = replica.admit(events);
    if (!result.refused().isEmpty()) {
      throw new AssertionError(name + " refuses " + result.refused());
    }
    store(result.toPersist());
  }

  @Nullable ReplicatedEvent<E> stored(Dot dot) {
    return journal.stream().filter(event -> event.dot().equals(dot)).findFirst().orElse(null);
  }

  List<ReplicatedEvent<E>> storedEvents() {
    return List.copyOf(journal);
  }

  /** The process ends, and a new one starts from what is stored: what waited is gone. */
  public TestReplica<S, E, C> restart() {
    replica = start();
    replica.load(journal);
    finals.clear();
    return this;
  }

  /** Its clock is so many milliseconds ahead of the kit's, or behind if negative. */
  public TestReplica<S, E, C> clockAhead(long millis) {
    this.ahead = millis;
    return this;
  }

  /** The state after all events held here. */
  public S state() {
    return replica.state();
  }

  /** The events held here in the order of the fold, with what became of them. */
  public List<Folded<E>> history() {
    return replica.history(0, ALL).events();
  }

  /**
   * What became of an event, as known here.
   *
   * @throws AssertionError if it is not held here
   */
  public Folded<E> became(Dot event) {
    return replica
        .eventByDot(event)
        .orElseThrow(() -> new AssertionError(event + " is not held at " + this));
  }

  /** The conflicts that wait for a person, as known here, in the order of the fold. */
  public List<Escalation> conflicts() {
    return replica.openConflicts();
  }

  /**
   * The events of a conflict's sides, in dot order, with what became of them.
   *
   * @param conflict the dot of the escalated event
   */
  public List<Judged<E>> sides(Dot conflict) {
    return replica.sides(conflict);
  }

  /** The events that have become final since the start, in the order of the fold. */
  public List<Folded<E>> becameFinal() {
    return List.copyOf(finals);
  }

  /** How many events have come and wait for others that they depend on. */
  public int waiting() {
    return replica.waiting();
  }

  /** What somebody has seen who reads here now. */
  public CausalContext context() {
    return replica.context();
  }

  /** The dots of the events held here. */
  public VersionVector vector() {
    return replica.vector();
  }

  HybridTimestamp latestTime() {
    return replica.latestTime();
  }

  void makeFinal(HybridTimestamp upTo) {
    clock = clock.observe(upTo);
    finals.addAll(replica.advance(new EntityFrontier(upTo, VersionVector.empty())));
  }

  /** {@code a {a=2, b=1}}, with how many wait, if any do. */
  @Override
  public String toString() {
    int waiting = replica.waiting();
    return name + " " + replica.vector() + (waiting == 0 ? "" : " and " + waiting + " waiting");
  }
}
