package dev.converge.pekko.entity;

import dev.converge.engine.fold.FoldException;
import dev.converge.engine.replica.TailNeededException;
import dev.converge.pekko.EntityDamagedException;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.EntityUnavailableException;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.ReplicatedEntity;
import dev.converge.pekko.journal.DamagedRowException;
import dev.converge.pekko.journal.FencedException;
import dev.converge.pekko.journal.StoredCheckpoint;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.snapshot.EntityCheckpoint;
import dev.converge.pekko.wire.LoggedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.JournalPersistFailed;
import org.apache.pekko.persistence.typed.JournalPersistRejected;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.SnapshotAdapter;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One live entity: work in, journal writes out, then answers. What to write and what it means is
 * {@link LiveEntity}'s and the engine's business.
 *
 * <p>It stores own events only. Others' are stored by the node, and come through the {@link Inbox}
 * when they are, as do its own, with their places. Nothing is answered before what it rests on is
 * stored.
 *
 * <table>
 * <caption>The life of the actor</caption>
 * <tr><th>is</th><th>on</th><th>becomes</th></tr>
 * <tr><td>recovering</td><td>end of the replay</td><td>ready; loading if the checkpoint or a row does
 * not fit; stopped if a row is damaged</td></tr>
 * <tr><td>loading</td><td>what was read from the journal</td><td>ready</td></tr>
 * <tr><td>ready</td><td>work with events</td><td>storing</td></tr>
 * <tr><td>ready</td><td>a row or command that needs what has left memory</td><td>loading</td></tr>
 * <tr><td>storing</td><td>the commit</td><td>ready, or loading</td></tr>
 * <tr><td>any</td><td>failure of the journal, a damaged row, too many rows</td><td>stopped</td></tr>
 * </table>
 */
public final class EntityActor<C, E, S>
    extends EventSourcedBehavior<EntityMsg, LoggedEvent, EntityActor.Recovery> {
  private static final Logger LOG = LoggerFactory.getLogger(EntityActor.class);

  private final ActorContext<EntityMsg> context;
  private final EntityKind<C, E, S> kind;
  private final ReplicatedEntity<C, E, S> entity;
  private final String id;
  private final String key;
  private final EntityHost host;
  private final Slot slot;
  private final Archive<S, E> archive;
  private final Publishing<S> publishing;
  private final Checkpointing<S, E> checkpointing;

  /** Null while it recovers or loads for the first time. */
  private @Nullable LiveEntity<C, E, S> live;

  /** Rows that were taken from the inbox and wait for the tail. */
  private List<LoggedEvent> heldRows = List.of();

  private boolean loading;
  private boolean stopping;

  /** Whether its handler or resolver threw, and that was said. */
  private boolean broken;

  private NodeClock.@Nullable Minting minting;

  /** What Pekko calls the state: what the journal gives while it is replayed, and nothing later. */
  public static final class Recovery {
    private @Nullable StoredCheckpoint checkpoint;
    private List<LoggedEvent> rows = new ArrayList<>();
    private boolean over;

    private Recovery(@Nullable StoredCheckpoint checkpoint) {
      this.checkpoint = checkpoint;
    }
  }

  private EntityActor(
      ActorContext<EntityMsg> context,
      EntityType<C, E, S> type,
      String id,
      EntityHost host,
      Slot slot) {
    super(PersistenceId.ofUniqueId(type.key(id)));
    this.context = context;
    this.entity = type.factory().apply(id);
    this.kind = EntityKind.of(type, entity);
    this.id = id;
    this.key = type.key(id);
    this.host = host;
    this.slot = slot;
    this.archive = new Archive<>(key, kind, host.log(), host.checkpoints());
    this.publishing = new Publishing<>(slot);
    this.checkpointing = new Checkpointing<>(key, kind, host);
  }

  /** The actor of an entity. */
  static <C, E, S> Behavior<EntityMsg> create(
      EntityType<C, E, S> type, String id, EntityHost host, Slot slot) {
    return Behaviors.setup(
        context -> {
          context.setReceiveTimeout(host.idleTime(), new EntityMsg.Idle());
          return new EntityActor<>(context, type, id, host, slot);
        });
  }

  @Override
  public Recovery emptyState() {
    return new Recovery(null);
  }

  @Override
  public EventHandler<Recovery, LoggedEvent> eventHandler() {
    return (recovery, event) -> {
      if (!recovery.over) {
        recovery.rows.add(event);
      }
      return recovery;
    };
  }

  @Override
  public SnapshotAdapter<Recovery> snapshotAdapter() {
    return new SnapshotAdapter<>() {
      @Override
      public Object toJournal(Recovery state) {
        throw new UnsupportedOperationException("checkpoints are not stored by Pekko");
      }

      @Override
      public Recovery fromJournal(Object from) {
        return new Recovery(from instanceof StoredCheckpoint stored ? stored : null);
      }
    };
  }

  @Override
  public SignalHandler<Recovery> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .onSignal(RecoveryFailed.class, (state, failed) -> failed(failed.getFailure()))
        .onSignal(JournalPersistFailed.class, (state, failed) -> failed(failed.getFailure()))
        .onSignal(JournalPersistRejected.class, (state, failed) -> failed(failed.getFailure()))
        .onSignal(PostStop.instance(), state -> endMinting())
        .build();
  }

  /** The journal failed; Pekko stops this actor. */
  private void failed(Throwable failure) {
    stopping = true;
    slot.fenced = failure instanceof FencedException;
    slot.reason = reason(failure);
  }

  private RuntimeException reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DamagedRowException || cause instanceof UnreadableException) {
        return new EntityDamagedException(
            cause.getMessage() + "; the entity answers again when it is repaired");
      }
    }
    return new EntityUnavailableException("the journal failed: " + failure.getMessage(), failure);
  }

  /** Ends this actor by its own decision; what is in the inbox is dealt with by the registry. */
  private void stop(@Nullable RuntimeException why) {
    stopping = true;
    slot.reason = why;
    context.getSelf().tell(new EntityMsg.Stop());
  }

  private void onRecovered(Recovery recovery) {
    recovery.over = true;
    List<LoggedEvent> rows = recovery.rows;
    StoredCheckpoint stored = recovery.checkpoint;
    recovery.rows = List.of();
    recovery.checkpoint = null;
    EntityCheckpoint<S, E> start =
        stored == null ? EntityMemory.nothing(kind.model()) : archive.usable(stored);
    if (start == null) {
      load();
      return;
    }
    try {
      ready(EntityMemory.load(key, host.self(), kind.model(), kind.schema(), start, rows, false));
    } catch (TailNeededException e) {
      load();
    } catch (UnreadableException e) {
      stop(reason(e));
    }
  }

  private void ready(EntityMemory<S, E> memory) {
    live = new LiveEntity<>(kind, id, entity, memory, host.clock());
    checkpointing.loaded(memory);
    context.getSelf().tell(new EntityMsg.WorkCame());
  }

  private void load() {
    read(() -> new EntityMsg.Loaded(archive.load(host.self())));
  }

  private void loadTail(TailWanted wanted) {
    read(() -> new EntityMsg.TailRead(archive.tail(wanted)));
  }

  private void read(Supplier<EntityMsg> read) {
    loading = true;
    CompletableFuture.supplyAsync(read, host.blocking())
        .exceptionally(
            error ->
                new EntityMsg.ReadFailed(
                    error instanceof CompletionException && error.getCause() != null
                        ? error.getCause()
                        : error))
        .thenAccept(context.getSelf()::tell);
  }

  @Override
  public CommandHandler<EntityMsg, LoggedEvent, Recovery> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(EntityMsg.WorkCame.class, this::onWork)
        .onCommand(EntityMsg.FrontierMoved.class, this::onFrontierMoved)
        .onCommand(EntityMsg.Loaded.class, this::onLoaded)
        .onCommand(EntityMsg.TailRead.class, this::onTailRead)
        .onCommand(EntityMsg.ReadFailed.class, this::onReadFailed)
        .onCommand(EntityMsg.Idle.class, this::onIdle)
        .onCommand(EntityMsg.Stop.class, this::onStop)
        .build();
  }

  /** Everything that waits is decided in order, stored together, and then answered. */
  private Effect<LoggedEvent, Recovery> onWork(Recovery state, EntityMsg.WorkCame came) {
    LiveEntity<C, E, S> present = live;
    if (present == null || loading || stopping) {
      return Effect().none();
    }
    Frontier frontier = host.frontier();
    List<EntityMsg.Work> batch = slot.backlog;
    slot.backlog = new ArrayList<>();
    batch.addAll(slot.inbox.take());
    if (!takeRows(present)) {
      slot.backlog = batch;
      return Effect().none();
    }
    Batch<C, E, S> commit = new Batch<>(key, present, publishing);
    if (batch.stream().anyMatch(EntityMsg.Write.class::isInstance)) {
      minting = host.clock().minting();
    }
    TailWanted wanted = null;
    for (int i = 0; i < batch.size() && wanted == null; i++) {
      try {
        commit.deal(batch.get(i));
      } catch (TailWantedException e) {
        wanted = e.wanted();
        slot.backlog = new ArrayList<>(batch.subList(i, batch.size()));
      }
    }
    TailWanted tail = wanted;
    if (commit.events().isEmpty()) {
      endMinting();
      end(present, commit, frontier, tail);
      return Effect().none();
    }
    slot.committing = batch.subList(0, batch.size() - slot.backlog.size());
    return Effect()
        .persist(commit.events())
        .thenRun(
            same -> {
              endMinting();
              slot.committing = List.of();
              Frontier after = host.frontier();
              // Own rows are in the inbox by now, with their places.
              takeRows(present);
              end(present, commit, after, tail);
            });
  }

  private void endMinting() {
    if (minting != null) {
      minting.close();
      minting = null;
    }
  }

  private void end(
      LiveEntity<C, E, S> present,
      Batch<C, E, S> commit,
      Frontier frontier,
      @Nullable TailWanted wanted) {
    // Before events that the answers speak of leave memory.
    commit.answer();
    if (!stopping && wanted != null && !loading) {
      loadTail(wanted);
    }
    if (!stopping) {
      settle(present, frontier);
    }
    // After that, so that what is final is seen to be.
    commit.look();
    if (stopping) {
      return;
    }
    if (!loading && (!slot.inbox.isEmpty() || slot.inbox.hasRows()) && slot.inbox.mustTell()) {
      context.getSelf().tell(new EntityMsg.WorkCame());
    }
  }

  /**
   * Takes in the rows that came.
   *
   * @return whether work can go on
   */
  private boolean takeRows(LiveEntity<C, E, S> present) {
    List<LoggedEvent> rows = slot.inbox.takeRows();
    if (slot.inbox.rowsLost()) {
      LOG.info("more rows of {} came than it could take in; it reads its journal again", key);
      stop(null);
      return false;
    }
    if (!heldRows.isEmpty()) {
      List<LoggedEvent> all = new ArrayList<>(heldRows);
      all.addAll(rows);
      rows = all;
    }
    if (rows.isEmpty()) {
      return true;
    }
    if (loading) {
      heldRows = rows;
      return false;
    }
    try {
      TailWanted wanted = present.take(rows);
      heldRows = wanted == null ? List.of() : rows;
      if (wanted != null) {
        loadTail(wanted);
      }
      return wanted == null;
    } catch (UnreadableException e) {
      LOG.error("{} stops: {}", key, e.getMessage());
      stop(reason(e));
      return false;
    }
  }

  private Effect<LoggedEvent, Recovery> onFrontierMoved(
      Recovery state, EntityMsg.FrontierMoved moved) {
    slot.frontierTold.set(false);
    LiveEntity<C, E, S> present = live;
    if (present != null && !loading && !stopping) {
      Frontier frontier = host.frontier();
      if (takeRows(present)) {
        settle(present, frontier);
      }
    }
    return Effect().none();
  }

  /**
   * What follows from rows and from the frontier, once the rows that it rests on are taken in.
   *
   * @param frontier read before those rows were taken
   */
  private void settle(LiveEntity<C, E, S> present, Frontier frontier) {
    if (!loading && !stopping && heldRows.isEmpty()) {
      try {
        Unsettled waitsFor = present.unsettled();
        if (waitsFor != null && waitsFor.isMovedBy(frontier)) {
          present.advance(frontier, host.holdBehind(kind.type()));
        }
        checkpointing.settled(present.memory());
        host.conflicts(key, present.hasConflicts());
        slot.cameTooLate = present.memory().replica().fold().cameTooLate();
        broken = false;
      } catch (FoldException e) {
        if (!broken) {
          LOG.error("{} cannot be folded: {}", key, e.getMessage());
        }
        broken = true;
      }
    }
    slot.parked = present.memory().parked().count();
    slot.unsettled = present.unsettled();
    publishing.changed(present);
    // The frontier may have moved while this was not yet to be seen.
    Frontier now = host.frontier();
    if (!now.equals(frontier)) {
      slot.frontierMoved(now);
    }
  }

  @SuppressWarnings("unchecked") // from the archive of this entity
  private Effect<LoggedEvent, Recovery> onLoaded(Recovery state, EntityMsg.Loaded loaded) {
    loading = false;
    ready((EntityMemory<S, E>) loaded.memory());
    return Effect().none();
  }

  private Effect<LoggedEvent, Recovery> onReadFailed(Recovery state, EntityMsg.ReadFailed failed) {
    stop(reason(failed.error()));
    return Effect().none();
  }

  @SuppressWarnings("unchecked") // from the archive of this entity
  private Effect<LoggedEvent, Recovery> onTailRead(Recovery state, EntityMsg.TailRead read) {
    loading = false;
    LiveEntity<C, E, S> present = live;
    if (present == null) {
      return Effect().none();
    }
    try {
      Archive.Tail<S, E> tail = (Archive.Tail<S, E>) read.tail();
      present.memory().restore(tail.start(), tail.rows());
      checkpointing.restored();
    } catch (TailNeededException e) {
      loadTail(new TailWanted(e.needed(), null));
      return Effect().none();
    } catch (UnreadableException e) {
      stop(reason(e));
      return Effect().none();
    } catch (IllegalArgumentException e) {
      withoutTail(present, e);
    }
    // At once: a frontier that came first would let the tail go again.
    return onWork(state, new EntityMsg.WorkCame());
  }

  /** The journal no longer has what is wanted. */
  private void withoutTail(LiveEntity<C, E, S> present, IllegalArgumentException why) {
    if (!heldRows.isEmpty()) {
      LOG.error(
          "an event of {} follows what is long gone from the journal ({}); it is folded with what"
              + " there is, and replicas may differ",
          key,
          why.getMessage());
      present.memory().takeWithoutTail(heldRows);
      heldRows = List.of();
    } else if (!slot.backlog.isEmpty()) {
      slot.backlog
          .remove(0)
          .answer()
          .completeExceptionally(
              new EntityUnavailableException(
                  "what the client had seen is too long ago; read again, then decide", why));
    }
  }

  private Effect<LoggedEvent, Recovery> onIdle(Recovery state, EntityMsg.Idle idle) {
    host.offersToLeave(key);
    return Effect().none();
  }

  private Effect<LoggedEvent, Recovery> onStop(Recovery state, EntityMsg.Stop stop) {
    stopping = true;
    slot.clean = true;
    if (live != null && slot.reason == null && !loading && heldRows.isEmpty()) {
      checkpointing.leaves(live.memory());
    }
    return Effect().stop();
  }
}
