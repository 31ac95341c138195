package dev.converge.pekko.entity;

import dev.converge.engine.fold.FoldException;
import dev.converge.engine.replica.TailNeededException;
import dev.converge.pekko.EntityDamagedException;
import dev.converge.pekko.EntityErasedException;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.EntityUnavailableException;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.ReplicatedEntity;
import dev.converge.pekko.journal.DamagedRowException;
import dev.converge.pekko.journal.FencedException;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.LoggedEvent;
import dev.converge.pekko.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One live entity: work in, journal writes out, then answers. What to write and what it means is
 * {@link LiveEntity}'s and the engine's business.
 *
 * <p>It stores own events only. Others' are stored by the node, and come through the {@link Inbox}
 * when they are, as do its own, with their places. Nothing is answered before what it rests on is
 * stored. It writes to the node's log by itself, not by Pekko's {@code EventSourcedBehavior}: see
 * decision 31.
 *
 * <table>
 * <caption>The life of the actor</caption>
 * <tr><th>is</th><th>on</th><th>becomes</th></tr>
 * <tr><td>loading</td><td>what was read from the journal</td><td>ready; stopped if a row is
 * damaged</td></tr>
 * <tr><td>ready</td><td>work with events</td><td>storing</td></tr>
 * <tr><td>ready</td><td>a row or command that needs what has left memory</td><td>loading</td></tr>
 * <tr><td>storing</td><td>the commit</td><td>ready, or loading</td></tr>
 * <tr><td>any</td><td>failure of the journal, a damaged row, too many rows</td><td>stopped</td></tr>
 * </table>
 */
public final class EntityActor<C, E, S> extends AbstractBehavior<EntityMsg> {
  private static final Logger LOG = LoggerFactory.getLogger(EntityActor.class);

  private final EntityKind<C, E, S> kind;
  private final ReplicatedEntity<C, E, S> entity;
  private final String id;
  private final String key;
  private final EntityHost host;
  private final Slot slot;
  private final Archive<S, E> archive;
  private final Publishing<S> publishing;
  private final Checkpointing<S, E> checkpointing;

  /** Null while it loads for the first time. */
  private @Nullable LiveEntity<C, E, S> live;

  /** Rows that were taken from the inbox and wait for the tail. */
  private List<LoggedEvent> heldRows = List.of();

  private boolean loading;
  private boolean stopping;

  /** What is being stored; null if nothing. */
  private @Nullable Storing<C, E, S> storing;

  /** Whether its handler or resolver threw, and that was said. */
  private boolean broken;

  /** Whether it has said that it has conflicts. */
  private boolean conflicts;

  private boolean waitsForFrontier;
  private NodeClock.@Nullable Minting minting;

  /** What is under way to the journal, and what it needs before it can go on. */
  private record Storing<C, E, S>(Batch<C, E, S> batch, @Nullable TailWanted tail) {}

  private EntityActor(
      ActorContext<EntityMsg> context,
      EntityType<C, E, S> type,
      String id,
      EntityHost host,
      Slot slot) {
    super(context);
    this.entity = type.factory().apply(id);
    this.kind = EntityKind.of(type, entity);
    this.id = id;
    this.key = type.key(id);
    this.host = host;
    this.slot = slot;
    this.archive = new Archive<>(key, kind, host.log(), host.checkpoints());
    this.publishing = new Publishing<>(slot);
    this.checkpointing = new Checkpointing<>(key, kind, host);
    read(
        () -> {
          if (host.log().isErased(key)) {
            throw erased();
          }
          return new EntityMsg.Loaded(archive.load(host.self()));
        });
  }

  private EntityErasedException erased() {
    return Hosting.erased(host.log(), key);
  }

  /** The actor of an entity. */
  static <C, E, S> Behavior<EntityMsg> create(
      EntityType<C, E, S> type, String id, EntityHost host, Slot slot) {
    return Behaviors.setup(context -> new EntityActor<>(context, type, id, host, slot));
  }

  @Override
  public Receive<EntityMsg> createReceive() {
    return newReceiveBuilder()
        .onMessage(EntityMsg.WorkCame.class, came -> onWork())
        .onMessage(EntityMsg.Stored.class, this::onStored)
        .onMessage(EntityMsg.FrontierMoved.class, moved -> onFrontierMoved())
        .onMessage(EntityMsg.Loaded.class, this::onLoaded)
        .onMessage(EntityMsg.TailRead.class, this::onTailRead)
        .onMessage(EntityMsg.ReadFailed.class, failed -> stop(reason(failed.error())))
        .onMessage(EntityMsg.Stop.class, stop -> onStop())
        .onSignal(PostStop.class, signal -> onPostStop())
        .build();
  }

  private Behavior<EntityMsg> onPostStop() {
    endMinting();
    host.waitsForFrontier(slot, false);
    return this;
  }

  private RuntimeException reason(Throwable failure) {
    return host.log().isErased(key) ? erased() : unreadable(failure);
  }

  /** What who asked is told of a failure to read the journal. */
  static RuntimeException unreadable(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DamagedRowException || cause instanceof UnreadableException) {
        return new EntityDamagedException(
            cause.getMessage() + "; the entity answers again when it is repaired");
      }
    }
    return new EntityUnavailableException("the journal failed: " + failure.getMessage(), failure);
  }

  /** Ends this actor by its own decision; what is in the inbox is dealt with by the registry. */
  private Behavior<EntityMsg> stop(@Nullable RuntimeException why) {
    stopping = true;
    slot.reason = why;
    getContext().getSelf().tell(new EntityMsg.Stop());
    return this;
  }

  private void read(Supplier<EntityMsg> read) {
    loading = true;
    CompletableFuture.supplyAsync(read, host.blocking())
        .exceptionally(error -> new EntityMsg.ReadFailed(cause(error)))
        .thenAccept(getContext().getSelf()::tell);
  }

  private static Throwable cause(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  @SuppressWarnings("unchecked") // from the archive of this entity
  private Behavior<EntityMsg> onLoaded(EntityMsg.Loaded loaded) {
    loading = false;
    EntityMemory<S, E> memory = (EntityMemory<S, E>) loaded.memory();
    live = new LiveEntity<>(kind, id, entity, memory, host.clock());
    checkpointing.loaded(memory);
    slot.changed = true;
    return onWork();
  }

  /** Everything that waits is decided in order, stored together, and then answered. */
  private Behavior<EntityMsg> onWork() {
    LiveEntity<C, E, S> present = live;
    if (present == null || loading || stopping || storing != null) {
      return this;
    }
    if (host.log().isErased(key)) {
      return stop(erased());
    }
    Frontier frontier = host.frontier();
    List<EntityMsg.Work> batch = slot.backlog;
    slot.backlog = new ArrayList<>();
    batch.addAll(slot.inbox.take());
    if (!takeRows(present)) {
      slot.backlog = batch;
      return this;
    }
    Batch<C, E, S> commit = new Batch<>(key, present, publishing);
    if (batch.stream()
        .anyMatch(work -> work instanceof EntityMsg.Write || work instanceof EntityMsg.Erase)) {
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
    if (commit.events().isEmpty()) {
      endMinting();
      end(present, commit, frontier, wanted);
      return this;
    }
    slot.committing = batch.subList(0, batch.size() - slot.backlog.size());
    storing = new Storing<>(commit, wanted);
    // What comes meanwhile, its own rows first of all, is looked at when it is stored.
    slot.inbox.attended();
    host.log()
        .write(key, commit.events())
        .whenComplete(
            (done, error) ->
                getContext()
                    .getSelf()
                    .tell(new EntityMsg.Stored(error == null ? null : cause(error))));
    return this;
  }

  private Behavior<EntityMsg> onStored(EntityMsg.Stored stored) {
    endMinting();
    slot.inbox.unattended();
    Storing<C, E, S> under = storing;
    LiveEntity<C, E, S> present = live;
    storing = null;
    Throwable failure = stored.error();
    if (under == null || present == null) {
      return this;
    }
    if (failure != null) {
      slot.fenced = failure instanceof FencedException;
      slot.reason = reason(failure);
      return Behaviors.stopped();
    }
    slot.committing = List.of();
    Frontier after = host.frontier();
    // Own rows are in the inbox by now, with their places.
    takeRows(present);
    end(present, under.batch(), after, under.tail());
    return stopping ? onStop() : this;
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
    boolean isSettled = heldRows.isEmpty();
    if (isSettled) {
      present.knows(frontier);
    }
    // Before events that the answers speak of leave memory.
    commit.answer();
    if (!stopping && wanted != null && !loading) {
      loadTail(wanted);
    }
    if (!stopping) {
      if (commit.hasLooks() || waitsForFrontier) {
        settle(present, frontier);
      } else {
        slot.changed = true;
        tellConflicts(present);
      }
    }
    // After that, so that what is final is seen to be.
    commit.look();
    watchFrontier();
    if (!stopping
        && !loading
        && (!slot.inbox.isEmpty() || slot.inbox.hasRows())
        && slot.inbox.mustTell()) {
      getContext().getSelf().tell(new EntityMsg.WorkCame());
    }
  }

  /** Who waits for something to become final is to be told soon. */
  private void watchFrontier() {
    boolean waits = !slot.waiters.isEmpty() || !slot.feeds.isEmpty();
    if (waits != waitsForFrontier) {
      waitsForFrontier = waits;
      host.waitsForFrontier(slot, waits);
    }
  }

  private void tellConflicts(LiveEntity<C, E, S> present) {
    try {
      boolean open = present.hasConflicts();
      if (open != conflicts) {
        conflicts = open;
        host.conflicts(key, open);
      }
    } catch (FoldException e) {
      LOG.debug("{} cannot be folded", key, e);
    }
  }

  /**
   * Takes in the rows that came.
   *
   * @return whether work can go on
   */
  private boolean takeRows(LiveEntity<C, E, S> present) {
    List<LoggedEvent> rows = slot.inbox.takeRows();
    if (host.log().isErased(key)) {
      if (!loading) {
        takeFormer(present, rows);
      }
      stop(erased());
      return false;
    }
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

  /** What was committed before the erasure: answers that wait for it are about to be given. */
  private void takeFormer(LiveEntity<C, E, S> present, List<LoggedEvent> rows) {
    try {
      present.take(rows.stream().filter(row -> !Erased.shows(row.record())).toList());
    } catch (UnreadableException | WireException e) {
      LOG.debug("{} is erased, whatever was wrong with it", key, e);
    }
  }

  private Behavior<EntityMsg> onFrontierMoved() {
    slot.frontierTold.set(false);
    LiveEntity<C, E, S> present = live;
    if (present != null && !loading && !stopping && storing == null) {
      Frontier frontier = host.frontier();
      if (takeRows(present)) {
        settle(present, frontier);
        watchFrontier();
      }
    }
    return this;
  }

  /**
   * What follows from rows and from the frontier, once the rows that it rests on are taken in.
   *
   * @param frontier read before those rows were taken
   */
  private void settle(LiveEntity<C, E, S> present, Frontier frontier) {
    slot.changed = false;
    if (!loading && !stopping && heldRows.isEmpty()) {
      try {
        Unsettled waitsFor = present.unsettled();
        if (waitsFor != null && waitsFor.isMovedBy(frontier)) {
          present.advance(frontier, host.holdBehind(kind.type()));
        }
        checkpointing.settled(present.memory());
        tellConflicts(present);
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

  private void loadTail(TailWanted wanted) {
    read(() -> new EntityMsg.TailRead(archive.tail(wanted)));
  }

  @SuppressWarnings("unchecked") // from the archive of this entity
  private Behavior<EntityMsg> onTailRead(EntityMsg.TailRead read) {
    loading = false;
    LiveEntity<C, E, S> present = live;
    if (present == null) {
      return this;
    }
    try {
      Archive.Tail<S, E> tail = (Archive.Tail<S, E>) read.tail();
      present.memory().restore(tail.start(), tail.rows());
      checkpointing.restored();
    } catch (TailNeededException e) {
      loadTail(new TailWanted(e.needed(), null));
      return this;
    } catch (UnreadableException e) {
      return stop(reason(e));
    } catch (IllegalArgumentException e) {
      withoutTail(present, e);
    }
    // At once: a frontier that came first would let the tail go again.
    return onWork();
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

  private Behavior<EntityMsg> onStop() {
    stopping = true;
    if (storing != null) {
      return this; // until it is known what became of that
    }
    slot.clean = true;
    if (live != null && slot.reason == null && !loading && heldRows.isEmpty()) {
      checkpointing.leaves(live.memory());
    }
    return Behaviors.stopped();
  }
}
