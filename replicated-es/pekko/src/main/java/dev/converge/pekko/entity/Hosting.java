package dev.converge.pekko.entity;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.pekko.Entities;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.EntityErasedException;
import dev.converge.pekko.EntityKey;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.EntityUnavailableException;
import dev.converge.pekko.Erasure;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.NodeParts;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.peer.Keys;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.snapshot.CheckpointStore;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.LoggedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;

/**
 * The live entities of a node: hands work and rows to them, tells them of the frontier.
 * Thread-safe; nothing blocks.
 */
public final class Hosting implements EntityHost {
  private static final int DOTS_PAGE = 500;

  private static final Duration TICK = Duration.ofSeconds(1);

  /** Entities that nobody waits for look at the frontier so often. */
  private static final Duration SWEEP = Duration.ofSeconds(1);

  private static final Duration LOOK = Duration.ofSeconds(30);

  private final NodeParts parts;
  private final Map<String, EntityType<?, ?, ?>> types;
  private final Entities.Settings settings;
  private final Executor blocking;
  private final Executor executor;
  private final Registry.Directory directory = new Registry.Directory();
  private final ActorRef<Registry.Msg> registry;
  private final HandedOut handedOut;

  /** Whether the registry was told that the frontier has moved, and has not looked yet. */
  private final AtomicBoolean frontierTold = new AtomicBoolean();

  private final ConflictWatch conflicts;

  /** Null if no type has a hook: then nothing is done for them. */
  private final @Nullable Hooks hooks;

  /** Begins; entities wake when they are asked. Blocks shortly on the database. */
  public Hosting(
      ActorSystem<?> system,
      NodeParts parts,
      Map<String, EntityType<?, ?, ?>> types,
      Entities.Settings settings) {
    this.parts = parts;
    this.types = new TreeMap<>(types);
    this.settings = settings;
    this.blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
    this.executor = system.executionContext();
    this.registry =
        system.systemActorOf(
            Registry.create(this::behaviour, settings.maxLive(), settings.idleTime(), directory),
            "entities",
            Props.empty());
    this.conflicts = new ConflictWatch(this);
    boolean hasHooks = types.values().stream().anyMatch(type -> type.finalHook() != null);
    this.hooks = hasHooks ? new Hooks(this) : null;
    // The listener first: what is committed from now on is handed out, what is held now was before.
    this.handedOut = new HandedOut();
    parts.log().addRowListener(this::committed);
    handedOut.begin(parts.log().held());
    parts.replicas().onFrontier(this::frontierMoved);
    frontierMoved();
    every(system, TICK, this::tick);
    Duration sweep = settings.idleTime().dividedBy(2);
    every(system, sweep.compareTo(SWEEP) < 0 ? sweep : SWEEP, this::settleAgain);
    Hooks all = hooks;
    if (all != null) {
      every(system, LOOK, all::look);
    }
  }

  private static void every(ActorSystem<?> system, Duration interval, Runnable task) {
    system.scheduler().scheduleWithFixedDelay(interval, interval, task, system.executionContext());
  }

  private void tick() {
    conflicts.tick();
    if (hooks != null) {
      hooks.tick();
    }
  }

  /** Events may leave memory. */
  void settleAgain() {
    if (frontierTold.compareAndSet(false, true)) {
      registry.tell(new Registry.Sweep(this::newestFrontier));
    }
  }

  /** What moves from now on is told again. */
  private Frontier newestFrontier() {
    frontierTold.set(false);
    return handedOut.frontier();
  }

  private Behavior<EntityMsg> behaviour(String key, Slot slot) {
    EntityType<?, ?, ?> type = types.get(Keys.typeOf(key));
    if (type == null) {
      throw new IllegalStateException("no entity type for '" + key + "'");
    }
    return EntityActor.create(type, Keys.idOf(key), this, slot);
  }

  /** On the thread that commits. */
  private void committed(List<LogRow> rows) {
    Set<Slot> touched = new LinkedHashSet<>();
    for (LogRow row : rows) {
      if (row.entry() instanceof LogEntry.Event event) {
        if (isErased(event.key())) {
          conflicts.conflicts(event.key(), false);
        }
        Slot slot = directory.slots.get(event.key());
        if (slot != null) {
          slot.inbox.add(LoggedEvent.of(row, event));
          touched.add(slot);
        }
      }
    }
    touched.forEach(Slot::wake);
    conflicts.committed(rows);
    if (hooks != null) {
      hooks.committed(rows);
    }
    if (handedOut.add(rows)) {
      tellFrontier();
    }
  }

  private void tellFrontier() {
    Frontier frontier = handedOut.frontier();
    directory.waiting.forEach(slot -> slot.frontierMoved(frontier));
    if (hooks != null) {
      executor.execute(hooks::turn);
    }
  }

  private void frontierMoved() {
    Frontier known = parts.replicas().frontier();
    if (handedOut.offer(known, parts.log().held())) {
      tellFrontier();
    }
  }

  /** Gives work to an entity, which wakes if it is not live. */
  void give(String key, EntityMsg.Work work) {
    if (isErased(key)) {
      work.answer().completeExceptionally(erased(parts.log(), key));
      return;
    }
    Slot slot = directory.slot(key);
    if (slot == null || slot.leaving || directory.underway.any(key) || !slot.give(work)) {
      directory.underway.sent(key);
      registry.tell(new Registry.Deliver(key, work));
    }
  }

  /** Whether an entity is erased; from memory. */
  boolean isErased(String key) {
    return parts.log().isErased(key);
  }

  static EntityErasedException erased(ReplicaLog log, String key) {
    return new EntityErasedException(shown(key), log.erasure(key).map(Erasure::of).orElse(null));
  }

  /** Erases an entity, of which nothing but the record is answered from then on. */
  CompletionStage<EventRecord> erase(String key, String reason) {
    CompletableFuture<EventRecord> answer = new CompletableFuture<>();
    give(key, new EntityMsg.Erase(reason, answer));
    return answer.orTimeout(settings.askTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The types that are hosted, by name. */
  Map<String, EntityType<?, ?, ?>> types() {
    return types;
  }

  /** What the node's entities rest on. */
  NodeParts parts() {
    return parts;
  }

  HandedOut handedOut() {
    return handedOut;
  }

  Registry.Directory directory() {
    return directory;
  }

  Entities.Settings settings() {
    return settings;
  }

  /** The entities with conflicts that wait for a person, as far as they are known. */
  public List<EntityKey> conflicted() {
    return conflicts.conflicted();
  }

  /** See {@link dev.converge.pekko.membership.ReplicasHost#bring}. */
  public CompletionStage<Dot> bring(
      String key, EventRecord former, OriginId name, CausalContext seen) {
    if (Erased.isErased(former) || isErased(key)) {
      return CompletableFuture.completedFuture(former.dot()); // nothing of it comes back
    }
    if (!types.containsKey(Keys.typeOf(key))) {
      return CompletableFuture.failedFuture(
          new EntityUnavailableException(
              "the type of '" + key + "' is not hosted here; host it, or delete the attic", null));
    }
    if (Erased.isRecord(former)) {
      return erase(key, Erased.reason(former)).thenApply(EventRecord::dot);
    }
    CompletableFuture<EntityAnswer<Object>> answer = new CompletableFuture<>();
    give(key, new EntityMsg.Bring(former, name, seen, answer, new AtomicBoolean()));
    return answer
        .orTimeout(settings.askTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(brought -> brought.written().get(0));
  }

  /** All that is stored was replaced: what is live leaves memory, and is read anew. */
  public void imported() {
    handedOut.begin(parts.log().held());
    registry.tell(new Registry.Replaced());
  }

  /** The dots of an entity that are in the journal. */
  public CompletionStage<VersionVector> dots(String key) {
    return CompletableFuture.supplyAsync(
        () -> {
          VersionVector dots = VersionVector.empty();
          long position = 0;
          while (true) {
            List<LogRow> rows = parts.log().entityRows(key, position, DOTS_PAGE);
            for (LogRow row : rows) {
              position = row.position();
              if (row.entry() instanceof LogEntry.Event event) {
                Dot dot = event.record().dot();
                dots = dots.with(dot.replica(), Math.max(dot.sequence(), dots.get(dot.replica())));
              }
            }
            if (rows.size() < DOTS_PAGE) {
              return dots;
            }
          }
        },
        blocking);
  }

  /**
   * An entity as the whole journal has it, also what has left memory. Blocks.
   *
   * @throws EntityUnavailableException if the journal cannot be read now
   * @throws EntityErasedException if it is erased
   * @throws dev.converge.pekko.EntityDamagedException if a row of it is damaged
   */
  <C, E, S> EntityMemory<S, E> everything(EntityType<C, E, S> type, String key) {
    EntityKind<C, E, S> kind = EntityKind.of(type, type.factory().apply(Keys.idOf(key)));
    try {
      return new Archive<>(key, kind, log(), checkpoints()).everything(self(), this::frontier);
    } catch (JournalException | UnreadableException e) {
      throw isErased(key) ? erased(log(), key) : EntityActor.unreadable(e);
    }
  }

  /** Lets all entities leave memory. */
  public CompletableFuture<Done> stop() {
    CompletableFuture<Done> done = new CompletableFuture<>();
    registry.tell(new Registry.StopAll(done));
    return done;
  }

  /** An entity's journal is whole again. */
  CompletableFuture<Done> repaired(String key) {
    CompletableFuture<Done> done = new CompletableFuture<>();
    registry.tell(new Registry.Repaired(key, done));
    return done;
  }

  @Override
  public ReplicaId self() {
    return parts.log().self();
  }

  @Override
  public NodeClock clock() {
    return parts.clock();
  }

  @Override
  public ReplicaLog log() {
    return parts.log();
  }

  @Override
  public CheckpointStore checkpoints() {
    return parts.checkpoints();
  }

  @Override
  public Frontier frontier() {
    return handedOut.frontier();
  }

  @Override
  public long holdBehind(EntityType<?, ?, ?> type) {
    Hooks all = hooks;
    return all == null || type.finalHook() == null ? Long.MAX_VALUE : all.ownDoneUpTo();
  }

  @Override
  public void conflicts(String key, boolean open) {
    conflicts.conflicts(key, open);
  }

  @Override
  public void waitsForFrontier(Slot slot, boolean waits) {
    if (waits) {
      directory.waiting.add(slot);
    } else {
      directory.waiting.remove(slot);
    }
  }

  @Override
  public Executor blocking() {
    return blocking;
  }

  /** How many own events wait for their finality, or for their hook. */
  long hooksWaiting() {
    return hooks == null ? 0 : hooks.waiting();
  }

  /** The events whose hook failed last time. */
  Map<String, String> hookFailures() {
    return hooks == null ? Map.of() : hooks.failures();
  }

  /** Where users' callbacks run, that must not block. */
  Executor executor() {
    return executor;
  }

  @Override
  public long checkpointEvents() {
    return settings.checkpointEvents();
  }

  @Override
  public Duration checkpointInterval() {
    return settings.checkpointInterval();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  /** How the live ones are. */
  record Census(
      int live, int notSettled, Map<String, Long> parked, Map<String, List<String>> late) {}

  Census census() {
    int notSettled = 0;
    Map<String, Long> parked = new TreeMap<>();
    Map<String, List<String>> late = new TreeMap<>();
    List<Slot> slots = new ArrayList<>(directory.slots.values());
    for (Slot slot : slots) {
      notSettled += slot.unsettled != null ? 1 : 0;
      if (slot.parked > 0) {
        parked.put(shown(slot.key), slot.parked);
      }
      if (!slot.cameTooLate.isEmpty()) {
        late.put(shown(slot.key), slot.cameTooLate.stream().map(Dot::toString).toList());
      }
    }
    return new Census(slots.size(), notSettled, parked, late);
  }

  static String shown(String key) {
    return new EntityKey(Keys.typeOf(key), Keys.idOf(key)).toString();
  }
}
